#!/usr/bin/env node
/**
 * `npm test`: everything that proves the product, on loopback only.
 *
 * First checks that count as one test each (types, lint, unused code, documentation, build, packaging), then all
 * of Vitest under a display of its own. Ends with the reasons of failures and skips and, alone on the last line,
 * `N passed, N failed, N skipped`; exit code 1 when anything failed. A Vitest that crashed counts as a failure.
 *
 *   npm test -- [--only unit|protocol|fuzz|integration|e2e|e2e-browser|e2e-desktop|checks]... [file filters]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installMissingPackages } from './debian.mjs';
import { packageQuietly } from './package-test.mjs';
import { findCommand, root, run } from './process.mjs';

const kinds = {
  checks: [],
  unit: ['unit'],
  protocol: ['protocol'],
  fuzz: ['fuzz'],
  integration: ['integration'],
  e2e: ['e2e-browser', 'e2e-desktop'],
  'e2e-browser': ['e2e-browser'],
  'e2e-desktop': ['e2e-desktop'],
};

const { values, positionals } = parseArgs({
  options: { only: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const only = values.only?.flatMap((names) => names.split(','));
const unknown = only?.find((name) => !(name in kinds));
if (unknown) {
  console.error(`test: --only takes ${Object.keys(kinds).join(', ')}; not ${unknown}`);
  process.exit(2);
}

const projects = [...new Set((only ?? Object.keys(kinds)).flatMap((name) => kinds[name]))];
const wantsChecks = !only || only.includes('checks');
const runsBuilt = projects.some((name) => name === 'integration' || name.startsWith('e2e'));
const wantsDesktop = projects.includes('e2e-desktop');
const results = [];
const env = { ...process.env };

if (runsBuilt) await installMissingPackages();
if (wantsChecks) {
  await check('types', 'npm', ['run', '--silent', 'types']);
  await check('lint', 'npm', ['run', '--silent', 'lint']);
  await check('unused code', 'npm', ['run', '--silent', 'unused']);
  if (existsSync(join(root, 'scripts/docs.mjs'))) {
    await check('generated documentation is up to date', process.execPath, ['scripts/docs.mjs', '--check']);
  }
}
if (wantsChecks || runsBuilt) await check('build', process.execPath, ['scripts/build.mjs']);
if (wantsChecks || wantsDesktop) await packageDesktop();
if (projects.length > 0) await runVitest();
finish();

async function check(title, command, args) {
  const started = Date.now();
  const { code, output } = await run(command, args, { timeoutMs: 600_000 });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${title} (${seconds} s)`);
  if (code !== 0) console.log(output);
  results.push({
    state: code === 0 ? 'passed' : 'failed',
    title,
    reason: code === 0 ? '' : `exit code ${code}`,
  });
}

async function packageDesktop() {
  const title = 'package the desktop application';
  const made = await packageQuietly();
  if (made.notice) console.log(made.notice);
  if (made.executable) {
    env.MAILROOT_TEST_APP = made.executable;
    results.push({ state: 'passed', title, reason: '' });
    console.log(`ok    ${title}`);
    return;
  }
  if (made.isBroken) console.log(made.output);
  env.MAILROOT_TEST_APP_MISSING = made.reason;
  results.push({ state: made.isBroken ? 'failed' : 'skipped', title, reason: made.reason });
  console.log(`${made.isBroken ? 'FAIL' : 'skip'}  ${title}`);
}

async function runVitest() {
  const report = join(root, 'test-results/report.json');
  mkdirSync(join(root, 'test-results'), { recursive: true });
  rmSync(report, { force: true });
  const display = wantsDesktop ? await startDisplay() : undefined;
  if (display) {
    env.DISPLAY = display.name;
    // Electron would prefer the person's own session to our display.
    delete env.WAYLAND_DISPLAY;
  }
  env.MAILROOT_TEST_REPORT = report;
  let code;
  try {
    ({ code } = await run(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--passWithNoTests',
        // Ours first: it has written its file should the other one fail.
        '--reporter=./scripts/test-report.mjs',
        '--reporter=default',
        ...projects.flatMap((name) => ['--project', name]),
        ...positionals,
      ],
      { env, show: true },
    ));
  } finally {
    display?.stop();
  }
  const counted = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  results.push(...(counted ?? []));
  if (!counted)
    results.push({ state: 'failed', title: 'vitest', reason: `ended without a result, exit code ${code}` });
  else if (code !== 0 && !counted.some(({ state }) => state === 'failed')) {
    results.push({ state: 'failed', title: 'vitest', reason: `exit code ${code} though no test failed` });
  }
}

/** Xvfb on a display number of its own choosing, so that two runs do not meet. */
function startDisplay() {
  const command = process.platform === 'linux' ? findCommand('Xvfb') : undefined;
  if (!command) return undefined;
  return new Promise((done) => {
    const child = spawn(command, ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    let number = '';
    child.stdio[3].on('data', (bytes) => {
      number += bytes;
      if (number.includes('\n')) done({ name: `:${number.trim()}`, stop: () => child.kill() });
    });
    const fail = () => done(undefined);
    child.on('error', fail);
    child.on('exit', fail);
    process.on('exit', () => child.kill());
  });
}

function finish() {
  const of = (state) => results.filter((result) => result.state === state);
  const list = (heading, entries) => {
    if (entries.length === 0) return;
    console.log(`\n${heading}:`);
    for (const { title, reason } of entries) {
      console.log(`  ${title}${reason ? `: ${reason.split('\n')[0]}` : ''}`);
    }
  };
  list('Skipped', of('skipped'));
  list('Failed', of('failed'));
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((state) => of(state).length);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exit(failed > 0 ? 1 : 0);
}
