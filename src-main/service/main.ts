/** The program `mailroot`: this process's streams, signals and environment for the command line. */
import '../thread-pool';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Terminal } from './command';
import { type RunServe, runCommandLine } from './command-line';
import { askSecret } from './secret-prompt';
import { type ServeSignals, serve } from './serve';

/** The console's files lie beside the service's in dist/. */
const rendererFolder = join(__dirname, '..', 'renderer');

const lastHandlesMs = 2_000;

const terminal: Terminal = {
  async writeOut(text) {
    const isTaken = process.stdout.write(text);
    // Texts are short; a message may be more than what reads it can take at once.
    if (!isTaken && typeof text !== 'string') await once(process.stdout, 'drain');
  },
  writeError: (text) => void process.stderr.write(text),
  async readInput() {
    let text = '';
    process.stdin.setEncoding('utf8');
    for await (const piece of process.stdin) text += String(piece);
    return text;
  },
  askSecret: (question) => askSecret(question, process.stdin, (text) => void process.stderr.write(text)),
  env: process.env,
  platform: process.platform,
  version: __VERSION__,
};

/** Not process.exit: that waits for file operations under way, and one on a dead network share never ends. */
function endNow(): never {
  process.kill(process.pid, 'SIGKILL');
  process.exit(1);
}

/** A second signal ends at once: the person has waited long enough. */
function listenForSignals(): ServeSignals {
  // On Windows SIGHUP is the closed console window.
  const stopSignals: NodeJS.Signals[] =
    process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM'];
  // conf's file writer brings a package that answers the first signal by sending it again: it would count twice.
  for (const signal of [...stopSignals, 'SIGHUP'] as const) process.removeAllListeners(signal);
  const stop = new Promise<void>((resolve) => {
    let count = 0;
    for (const signal of stopSignals) {
      process.on(signal, () => {
        count += 1;
        if (count > 1) endNow();
        resolve();
      });
    }
  });
  let reload = (): void => undefined;
  // From the first moment: unheard, the signal would end the process.
  if (process.platform !== 'win32') process.on('SIGHUP', () => reload());
  return {
    stop,
    endNow,
    onReload(run) {
      reload = run;
    },
  };
}

const runServe: RunServe = (options) =>
  serve(
    {
      ...options,
      rendererFolder,
      version: terminal.version,
      print: (line) => terminal.writeOut(`${line}\n`),
      log: (line) => terminal.writeError(`mailroot: ${line}\n`),
    },
    listenForSignals(),
  );

const words = process.argv.slice(2);
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // A reader that has seen enough (`| head`) ends a listing; a service goes on without its reader.
    if (!words.includes('serve')) process.exit(0);
  });
}
void runCommandLine(words, terminal, runServe).then((code) => {
  process.exitCode = code;
  // Everything is closed by now. Should a library keep a handle open all the same, it does not keep us.
  setTimeout(() => process.exit(), lastHandlesMs).unref();
});
