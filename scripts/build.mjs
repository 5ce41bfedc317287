#!/usr/bin/env node
/**
 * Builds everything that runs: the desktop host, the service host and the console, into dist/.
 *
 * Owns dist/ and nothing else. Every part is one self-contained file (the console a folder), so that neither
 * the packaged application nor the service needs node_modules; dist/native holds the one thing that cannot be
 * bundled, the machine code of koffi. Uses no network. Fails with the bundler's own
 * message and exit code 1; a part that failed leaves no half-written stamp, so the next start builds again.
 *
 *   node scripts/build.mjs [--only service|desktop|renderer] [--stale]
 *
 * --stale leaves out what has not changed since it was last built.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainScript, root } from './process.mjs';

const parts = {
  service: { sources: ['src-main'], build: buildService },
  desktop: { sources: ['src-main'], build: buildDesktop },
  renderer: { sources: ['src-renderer', 'src-main/api/contract', 'src-main/settings'], build: buildRenderer },
};
const always = ['package.json', 'package-lock.json', 'scripts/build.mjs'];

/** Builds the named parts (all by default), whether or not anything changed. */
export async function buildParts(names = Object.keys(parts)) {
  for (const name of names) {
    const started = Date.now();
    await parts[name].build();
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(stampOf(name), `${started}\n`);
    console.log(`built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** Builds only the parts whose sources changed since they were last built. */
export async function buildStaleParts(names = Object.keys(parts)) {
  await buildParts(names.filter(isStale));
}

function stampOf(name) {
  return join(root, 'dist', `.${name}.built`);
}

function isStale(name) {
  if (!existsSync(stampOf(name))) return true;
  // The stamp holds the time the build *began*: a file saved while it ran counts as newer.
  const builtAt = Number(readFileSync(stampOf(name), 'utf8'));
  return [...always, ...parts[name].sources].some((path) => newestChange(join(root, path)) > builtAt);
}

function newestChange(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time changes when a file in it is removed or renamed.
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestChange(join(path, name))),
    stat.mtimeMs,
  );
}

function constants() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { __VERSION__: JSON.stringify(version) };
}

/**
 * One program for Node or Electron's main process. Not minified: the names and lines in a stack trace are what
 * a bug report consists of.
 */
async function buildProgram({ entry, outDir, fileName, format, license = true, plugins = [] }) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: constants(),
    plugins,
    ssr: { target: 'node', noExternal: true },
    build: {
      ssr: true,
      outDir: join(root, outDir),
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node20',
      minify: false,
      // The bundled packages' licences ask for their text to travel with every copy.
      license: license && { fileName: `${fileName}.licenses.md` },
      rolldownOptions: {
        input: join(root, entry),
        external: ['electron'],
        platform: 'node',
        output: { format, entryFileNames: fileName, codeSplitting: false },
      },
    },
  });
}

/**
 * Packages with machine code for the platforms that npm installed, beside the bundles, which load theirs when it is
 * needed (src-main/native/library.ts, libsqlFromNative below). Without koffi's, what is built works but for native
 * calls; without libsql's, but for the index of mail.
 */
function copyNative() {
  copyNativePackages({
    packages: 'node_modules/@koromix',
    prefix: 'koffi-',
    license: 'node_modules/koffi/LICENSE.txt',
  });
  copyNativePackages({
    packages: 'node_modules/@libsql',
    prefix: '',
    target: 'libsql-',
    license: 'node_modules/libsql/LICENSE',
  });
}

function copyNativePackages({ packages: from, prefix, target: newPrefix = prefix, license }) {
  const packages = join(root, from);
  const target = join(root, 'dist/native');
  mkdirSync(target, { recursive: true });
  const names = existsSync(packages) ? readdirSync(packages).filter((name) => name.startsWith(prefix)) : [];
  for (const name of names) {
    const copy = join(target, newPrefix + name.slice(prefix.length));
    if (versionOf(copy) === versionOf(join(packages, name))) continue;
    // Never written over in place: a running program has the old file mapped and would crash.
    const fresh = join(root, 'dist', `.${name}.${process.pid}`);
    cpSync(join(packages, name), fresh, { recursive: true });
    cpSync(join(root, license), join(fresh, 'LICENSE.txt'));
    rmSync(copy, { recursive: true, force: true });
    renameSync(fresh, copy);
  }
}

/** libsql's own entry looks for its machine code in node_modules, which nothing that is built has. */
const libsqlFromNative = {
  name: 'libsql-from-native',
  transform(code, id) {
    if (!/[\\/]node_modules[\\/]libsql[\\/]index\.js$/.test(id)) return undefined;
    const own = /require\(`@libsql\/\$\{target\}`\)/;
    if (!own.test(code)) throw new Error('libsql loads its machine code in another way than expected');
    return code.replace(
      own,
      "require(require('node:path').join(__dirname, '..', 'native', 'libsql-' + target))",
    );
  },
};

/** Worker programs, made once where several parts are built together. */
let workersBuilt;
function buildWorkers() {
  workersBuilt ??= buildEachWorker();
  return workersBuilt;
}

async function buildEachWorker() {
  const names = readdirSync(join(root, 'src-main')).filter((name) =>
    existsSync(join(root, 'src-main', name, 'worker.ts')),
  );
  for (const name of names) {
    await buildProgram({
      entry: `src-main/${name}/worker.ts`,
      outDir: 'dist/workers',
      fileName: `${name}.cjs`,
      format: 'cjs',
      plugins: [libsqlFromNative],
    });
  }
}

function versionOf(folder) {
  const path = join(folder, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined;
}

async function buildService() {
  copyNative();
  await buildWorkers();
  // CommonJS: an ES module's loader has used libuv's thread pool before any of our code could set its size.
  const fileName = 'mailroot.cjs';
  await buildProgram({
    entry: 'src-main/service/main.ts',
    outDir: 'dist/service',
    fileName,
    format: 'cjs',
  });
  // Added here, not as the bundler's banner, which would double the line when the entry has its own.
  const path = join(root, 'dist/service', fileName);
  const code = readFileSync(path, 'utf8');
  if (!code.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${code}`);
  chmodSync(path, 0o755);
}

async function buildDesktop() {
  copyNative();
  await buildWorkers();
  // CommonJS twice: an ES-module main that waits for the application at top level never starts, and a
  // sandboxed preload cannot be a module at all.
  await buildProgram({
    entry: 'src-main/desktop/main.ts',
    outDir: 'dist/desktop',
    fileName: 'main.cjs',
    format: 'cjs',
  });
  await buildProgram({
    entry: 'src-main/desktop/preload.ts',
    outDir: 'dist/desktop',
    fileName: 'preload.cjs',
    format: 'cjs',
    license: false,
  });
}

async function buildRenderer() {
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  await build({
    configFile: false,
    root: join(root, 'src-renderer'),
    // Relative, because the same files are opened by the desktop's own protocol and served over HTTP.
    base: './',
    logLevel: 'warn',
    define: constants(),
    plugins: [react()],
    build: {
      outDir: join(root, 'dist/renderer'),
      emptyOutDir: true,
      // Electron 33, the oldest runtime that is tested.
      target: 'chrome130',
      license: { fileName: 'licenses.md' },
      // One local application, no first visit over a slow line: the size warning has no reader.
      chunkSizeWarningLimit: 4096,
    },
  });
}

if (isMainScript(import.meta.url)) {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, stale: { type: 'boolean' } },
  });
  const unknown = values.only?.find((name) => !(name in parts));
  if (unknown) {
    console.error(`build: --only takes ${Object.keys(parts).join(', ')}; not ${unknown}`);
    process.exit(2);
  }
  try {
    await (values.stale ? buildStaleParts : buildParts)(values.only);
  } catch (error) {
    console.error(`build failed: ${error.message ?? error}`);
    process.exit(1);
  }
}
