/**
 * What every script here needs of the operating system: where the repository is, running a program to its end,
 * and the folder for downloads that are worth keeping between clones.
 *
 * `run` never throws for a program that fails; it answers with the exit code and what was printed.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function isMainScript(moduleUrl) {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}

/** Kept per user, not per clone: what is in it is large and never changes. */
export function cacheDir(name) {
  const base = process.env.MAILROOT_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'));
  return join(base, name);
}

/** The full path of a command on PATH, or undefined. */
export function findCommand(name) {
  // Debian keeps postfix and dnsmasq in /usr/sbin, which an ordinary user's PATH does not have.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    try {
      const path = join(folder, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/**
 * Runs a program to its end. With `show` its output goes to this terminal, else it is collected.
 * A time-out ends the program and counts as failure.
 */
export function run(command, args, { show = false, timeoutMs, env, cwd = root } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      // npm and other commands are scripts on Windows.
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (output += bytes));
    let isTimedOut = false;
    const timer = timeoutMs
      ? setTimeout(() => {
          isTimedOut = true;
          child.kill('SIGKILL');
        }, timeoutMs)
      : undefined;
    child.on('error', (error) => finish(127, String(error.message)));
    child.on('close', (code) => finish(code ?? 1, ''));
    function finish(code, note) {
      clearTimeout(timer);
      done({ code, output: output + note, isTimedOut });
    }
  });
}
