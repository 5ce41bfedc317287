#!/usr/bin/env node
/**
 * `npm run bench`: Mailroot and Postfix in turn under the same load, as a table and in docs/performance.md.
 *
 * Installs Debian's Postfix where it may, never starts the system's own, and measures Mailroot alone where there
 * is none. Uses loopback only. Ends with 1 when a relay breaks under the load, never because it is slow.
 *
 *   npm run bench -- [--quick] [--only Mailroot|Postfix]
 *
 * --quick takes about a minute and writes no page; so does --only.
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
if (values.only && !['Mailroot', 'Postfix'].includes(values.only)) {
  console.error(`bench: --only takes Mailroot or Postfix; not ${values.only}`);
  process.exit(2);
}
const { rounds, seconds } = values.quick ? { rounds: 1, seconds: 1.5 } : { rounds: 3, seconds: 3 };

try {
  await installMissingPackages(['postfix']);
  await buildStaleParts(['service']);
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
  console.log('\nWritten to docs/performance.md');
}
