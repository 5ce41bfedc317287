#!/usr/bin/env node
/**
 * Writes docs/settings.md from the declared settings, or, with --check, fails when the file is not what the
 * declarations say. Uses no network.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainScript, root } from './process.mjs';

const target = join(root, 'docs', 'settings.md');

/** The page as text. */
export async function renderSettingsPage() {
  const { runnerImport } = await import('vite');
  const { module: schemas } = await runnerImport(join(root, 'src-main/settings/schema/index.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  const sections = [
    ['Virtual server', '`servers[]`', schemas.serverSettings, ['domains']],
    ['Identity', '`servers[].bindings[]`', schemas.binding, []],
    [
      'Default and alias domain',
      '`servers[].domains[]` with `type` `default` or `alias`',
      schemas.localDomain,
      ['type'],
    ],
    ['Remote domain', '`servers[].domains[]` with `type` `remote`', schemas.remoteDomain, ['type']],
  ];
  const { z } = await import('zod');
  return [
    '# Settings',
    '',
    'Made from the declarations in `src-main/settings/schema` by `npm run docs`; do not edit.',
    '',
    'All settings are one JSON document, `settings.json` in the data folder: `{ "version": 1, "servers": [ ... ] }`.',
    'What is left out has its default. "live" takes effect at once, "restart" when the virtual server is started the next time.',
    'Rules between settings (one default domain, no identity twice, session size not below message size, ...) are',
    'checked with the whole document; a refused change changes nothing.',
    '',
    ...sections.flatMap(([title, where, schema, skipped]) =>
      renderSection({
        title,
        where,
        schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
        skipped,
      }),
    ),
  ].join('\n');
}

function renderSection({ title, where, schema, skipped }) {
  const rows = Object.entries(schema.properties)
    .filter(([name]) => !skipped.includes(name))
    .map(
      ([name, facts]) =>
        `| \`${name}\` | ${facts.title ?? ''} | ${describeDefault(facts)} | ${describeLimits(facts)} | ${facts['x-applies'] ?? ''} | ${facts['x-iis'] ? `\`${facts['x-iis']}\`` : ''} | ${facts.description ?? ''} |`,
    );
  return [
    `## ${title}`,
    '',
    `${where}`,
    '',
    '| Setting | Label | Default | Limits | Applies | IIS name | Meaning |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function describeDefault(facts) {
  if (facts.default === undefined) return 'required';
  if (facts.default === null) return 'no limit';
  if (facts.default === '') return 'empty';
  if (Array.isArray(facts.default) && facts.default.length === 0) return 'empty';
  const unit = facts['x-unit'] ? ` ${facts['x-unit']}` : '';
  return `${typeof facts.default === 'boolean' ? (facts.default ? 'on' : 'off') : facts.default}${unit}`;
}

function describeLimits(facts) {
  const kinds = facts.anyOf ?? [facts];
  const number = kinds.find((kind) => kind.type === 'number' || kind.type === 'integer');
  if (number?.minimum !== undefined)
    return `${number.minimum} to ${number.maximum}${kinds.some((kind) => kind.type === 'null') ? ', or none' : ''}`;
  if (facts.enum) return facts.enum.map((value) => `\`${value}\``).join(', ');
  if (facts.type === 'array') return `${facts.minItems ?? 0} to ${facts.maxItems} entries`;
  return '';
}

if (isMainScript(import.meta.url)) {
  const text = await renderSettingsPage();
  if (process.argv.includes('--check')) {
    let written = '';
    try {
      written = readFileSync(target, 'utf8');
    } catch {
      // Missing counts as out of date.
    }
    if (written !== text) {
      console.error('docs/settings.md is not what the settings declare. Run: npm run docs');
      process.exit(1);
    }
  } else {
    writeFileSync(target, text);
    console.log('wrote docs/settings.md');
  }
}
