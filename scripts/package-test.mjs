#!/usr/bin/env node
/**
 * Packages the desktop application for tests and trial runs, into release/test/.
 *
 * The same files and the same configuration as a release, with two differences: the Electron is the one at hand
 * (see electron-runtime.mjs), and its inspect arguments stay on, because that is how a test drives the
 * application. Packages again only when dist/, assets/ or the configuration changed. Without an Electron the
 * answer is `{ reason }`; printed, with exit code 3, when run as a program.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from './electron-runtime.mjs';
import { isMainScript, root, run } from './process.mjs';

const output = join(root, 'release/test');
const record = join(output, 'packaged.json');

/**
 * @param {object} options
 * @param {Awaited<ReturnType<typeof findElectron>>} [options.electron] the Electron to use instead of the one found
 * @returns {Promise<{executable: string, electronVersion: string} | {reason: string}>}
 */
export async function packageForTests({ electron } = {}) {
  if (!existsSync(join(root, 'dist/desktop/main.cjs'))) return { reason: 'dist/desktop is not built' };
  // Where there is a test runtime GitHub is not asked: a test must not depend on it.
  const hasTestRuntime = process.platform === 'linux' && process.arch === 'x64';
  const runtime = electron ?? (await findElectron({ allowTestRuntime: true, mayDownload: !hasTestRuntime }));
  if (runtime.reason) return { reason: runtime.reason };

  const hash = contentHash(runtime);
  const made = readRecord();
  if (made?.hash === hash && existsSync(made.executable)) return made;

  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const { build, Platform } = await import('electron-builder');
  await build({
    projectDir: root,
    publish: 'never',
    targets: Platform.current().createTarget('dir'),
    config: {
      extends: join(root, 'electron-builder.yml'),
      electronDist: runtime.dir,
      electronVersion: runtime.version,
      directories: { output },
      electronFuses: { enableNodeCliInspectArguments: true },
    },
  });
  const result = { executable: findExecutable(), electronVersion: runtime.version };
  writeFileSync(record, JSON.stringify({ ...result, hash }));
  return result;
}

/**
 * The same in a process of its own, whose many lines are only shown when it failed.
 * @returns {Promise<{executable: string, notice?: string} | {reason: string, isBroken: boolean, output: string}>}
 */
export async function packageQuietly() {
  const { code, output } = await run(process.execPath, [fileURLToPath(import.meta.url)], {
    timeoutMs: 900_000,
  });
  const lines = output.trim().split('\n');
  const executable = lines.find((line) => existsSync(line));
  if (code === 0 && executable) {
    return { executable, notice: lines.find((line) => line.startsWith('Using Electron')) };
  }
  const reason = lines.find((line) => line.startsWith('package-test: '))?.slice('package-test: '.length);
  // Only "there is no Electron here" is not a defect.
  const isBroken = code !== 3 || reason === undefined || !existsSync(join(root, 'dist/desktop/main.cjs'));
  return { reason: reason ?? `packaging failed, exit code ${code}`, isBroken, output };
}

function readRecord() {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch {
    return undefined;
  }
}

function contentHash(runtime) {
  const hash = createHash('sha256').update(`${runtime.dir} ${runtime.version}`);
  for (const path of [
    'package.json',
    'electron-builder.yml',
    'scripts/package-test.mjs',
    ...filesBelow('dist'),
    ...filesBelow('assets'),
  ]) {
    hash.update(`\n${path}\n`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function findExecutable() {
  const folder = readdirSync(output).find((name) => name.includes('unpacked') || name.startsWith('mac'));
  const name = {
    linux: 'mailroot-desktop',
    win32: 'Mailroot.exe',
    darwin: 'Mailroot.app/Contents/MacOS/Mailroot',
  }[process.platform];
  const executable = join(output, folder ?? '', name ?? '');
  if (!folder || !name || !existsSync(executable)) throw new Error(`no packaged application in ${output}`);
  return executable;
}

if (isMainScript(import.meta.url)) {
  const result = await packageForTests();
  console.log(result.executable ?? `package-test: ${result.reason}`);
  process.exit(result.executable ? 0 : 3);
}
