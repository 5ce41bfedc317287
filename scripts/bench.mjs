#!/usr/bin/env node
/**
 * `npm run bench`: Mailroot and Postfix in turn under the same load, as a table and in docs/performance.md.
 *
 * Installs Debian's Postfix where it may, never starts the system's own, and measures Mailroot alone where there
 * is none. Uses loopback only. Ends with 1 when a relay breaks under the load, never because it is slow.
 *
 *   npm run bench -- [--quick] [--only Mailroot|Postfix|index]
 *
 * --quick takes about a minute and writes no page; so does --only, but for `--only index`, which measures the index of
 * mail and writes that section.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStaleParts } from './build.mjs';
import { installMissingPackages } from './debian.mjs';
import { findCommand, root } from './process.mjs';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
if (values.only && !['Mailroot', 'Postfix', 'index'].includes(values.only)) {
  console.error(`bench: --only takes Mailroot, Postfix or index; not ${values.only}`);
  process.exit(2);
}
const { rounds, seconds } = values.quick ? { rounds: 1, seconds: 1.5 } : { rounds: 3, seconds: 3 };

try {
  await installMissingPackages(['postfix', 'chromium']);
  await buildStaleParts(['service', 'renderer']);
  await bench();
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error.message ?? error}`);
  process.exit(1);
}

async function bench() {
  const { runnerImport } = await import('vite');
  const { module: parts } = await runnerImport(join(root, 'test/bench/index.ts'), {
    configFile: false,
    logLevel: 'error',
    root,
  });
  const reason = parts.postfixSkipReason();
  if (reason)
    console.log(`Postfix is not measured: ${reason}. The figures of Mailroot stand alone, without ratios.`);
  const smtpSource = findCommand('smtp-source');
  const smtpSink = findCommand('smtp-sink');
  if (!smtpSource || !smtpSink)
    console.log('The load comes from a program of ours: needs Debian package postfix.');

  if (values.only === 'index') return benchIndex(parts, { smtpSource, smtpSink });

  const machine = parts.describeMachine();
  console.log(parts.describeInLines(machine).join('\n'));
  const results = await parts.measureAll({
    relays: values.only ? [values.only] : reason ? ['Mailroot'] : ['Postfix', 'Mailroot'],
    rounds,
    seconds,
    smtpSource,
    smtpSink,
    report: (progress) => console.log(progress),
  });
  console.log(`\n${parts.formatForTerminal(results)}`);

  if (values.quick || values.only) return;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const date = new Date().toISOString().slice(0, 10);
  const page = parts.renderPage({ results, machine, version, date, rounds, seconds });
  writeFileSync(join(root, 'docs/performance.md'), page);
  await benchIndex(parts, { smtpSource, smtpSink });
  console.log('\nWritten to docs/performance.md');
}

async function benchIndex(parts, { smtpSource, smtpSink }) {
  const figures = await parts.measureIndex({
    messages: values.quick ? 5000 : 100_000,
    smtpSource,
    smtpSink,
    report: (progress) => console.log(progress),
  });
  for (const { query, ms, total } of figures.searches)
    console.log(
      `${ms.toFixed(0).padStart(6)} ms  ${String(total).padStart(6)} found  ${query || '(everything)'}`,
    );
  const section = parts.renderIndexSection(figures, new Date().toISOString().slice(0, 10));
  console.log(`\n${section}`);
  if (values.quick) return;
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  const start = page.indexOf(parts.indexSectionStart);
  const end = page.indexOf(parts.indexSectionEnd);
  const rest =
    start < 0 || end < start ? page : page.slice(0, start) + page.slice(end + parts.indexSectionEnd.length);
  const before = rest.indexOf('\n## Machine');
  const at = before < 0 ? rest.length : before + 1;
  writeFileSync(path, `${rest.slice(0, at).trimEnd()}\n\n${section}\n\n${rest.slice(at).trimStart()}`);
}
