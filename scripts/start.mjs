#!/usr/bin/env node
/**
 * `npm start`: builds what changed and opens Mailroot.
 *
 * With a display and an Electron that is the desktop application. Otherwise one line says which of the two is
 * missing, and the service runs in this terminal with its browser console on loopback: a newcomer always gets the
 * relay. Signals and the exit code are those of the program that runs.
 *
 *   npm start -- [--trial-runtime] [--service] [--data DIR] [anything else goes to the program]
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { findElectron } from './electron-runtime.mjs';
import { packageQuietly } from './package-test.mjs';
import { root } from './process.mjs';

const { isTrial, isService, rest } = readArguments(process.argv.slice(2));
// In a process of its own, which takes the bundler's memory along when it ends.
const build = await runToTheEnd(process.execPath, [
  join(root, 'scripts/build.mjs'),
  '--stale',
  ...(isService ? ['--only', 'service', '--only', 'renderer'] : []),
]);
if (build !== 0) process.exit(build);

const desktop = isService ? undefined : await findDesktop();
if (desktop?.command) {
  // Chromium refuses its sandbox to root.
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const args = [...desktop.args, ...(isRoot ? ['--no-sandbox'] : []), ...rest];
  process.exit(await runToTheEnd(desktop.command, args));
} else {
  if (desktop) {
    console.log(`${desktop.reason}: running the service with the browser console.`);
  }
  process.exit(
    await runToTheEnd(process.execPath, [join(root, 'dist/service/mailroot.cjs'), 'serve', ...rest]),
  );
}

function readArguments(words) {
  const rest = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === '--trial-runtime' || word === '--service') continue;
    // One word, and absolute: Chromium may put its own switches between two words, and npm changed the folder.
    if (word === '--data' && words[index + 1] !== undefined) {
      rest.push(`--data=${fromCaller(words[index + 1])}`);
      index += 1;
    } else if (word.startsWith('--data=')) rest.push(`--data=${fromCaller(word.slice('--data='.length))}`);
    else rest.push(word);
  }
  return { isTrial: words.includes('--trial-runtime'), isService: words.includes('--service'), rest };
}

function fromCaller(path) {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

async function findDesktop() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return { reason: 'There is no display' };
  if (isTrial) return packagedForTrial();
  const electron = await findElectron();
  if (!electron.reason) return { command: electron.executable, args: [root] };
  const hint =
    process.platform === 'linux' && process.arch === 'x64'
      ? ' (for a look in an old one: npm start -- --trial-runtime)'
      : '';
  return { reason: `${electron.reason}${hint}` };
}

/** The test Electron cannot open a folder, so the application is packaged with it. */
async function packagedForTrial() {
  const made = await packageQuietly();
  if (made.notice) console.log(made.notice);
  if (made.isBroken) console.error(made.output);
  return made.executable ? { command: made.executable, args: [] } : { reason: made.reason };
}

/** Hands signals on; the exit code. */
function runToTheEnd(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const hand = () => {
      // Ctrl+C in a terminal reaches the program by itself; a second one would cut its draining short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, hand);
    return () => process.off(signal, hand);
  });
  return new Promise((done) => {
    const finish = (code) => {
      for (const remove of handlers) remove();
      done(code);
    };
    child.on('error', (error) => {
      console.error(`start: ${error.message}`);
      finish(1);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
