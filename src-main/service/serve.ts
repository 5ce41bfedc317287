/**
 * `mailroot serve`: the engine in the foreground, with the control channel and the browser console.
 *
 * Promises: "mailroot ready" on standard output when every started virtual server listens; SIGTERM and SIGINT
 *   finish what is under way and end with exit code 0, and within 20 seconds also when a disk does not answer; SIGHUP reads the settings again, and keeps the old ones
 *   when they are wrong. A virtual server that cannot start is one line, and the rest goes on, as the original's
 *   service did; only when nothing at all came up, or the console may not listen where it was told, the exit code is 1.
 */
import type { ListenAddress } from '../api/http/console-address';
import { type ConsoleServer, startConsole } from '../api/http/console-server';
import { type ControlChannel, takeDataFolder } from '../api/http/control-channel';
import { composeMailroot, type Mailroot } from '../compose';
import { systemClock } from '../engine/core/clock';
import { Problem } from '../engine/core/problem';
import { createSecretBox } from '../settings/secret-box';
import { describeFailure, exitCodes } from './command-failure';
import { describeStart, type ServeOptions } from './serve-options';
import { openSettingsFile } from './settings-file';
import { importSettings } from './settings-import';

/** What the process is told from outside. */
export interface ServeSignals {
  /** Settles when the process should end. */
  readonly stop: Promise<void>;
  onReload(run: () => void): void;
  /** Ends the process at once: a file operation that never returns would keep an ordinary end waiting for it. */
  endNow(): void;
}

/** Runs until told to stop; the exit code. Throws Problem when the data folder or its settings cannot be used. */
export async function serve(options: ServeOptions, signals: ServeSignals): Promise<number> {
  const { version, log } = options;
  const channel = await takeDataFolder(options.dataFolder, { product: 'Mailroot', version, host: 'service' });
  try {
    const { dataFolder } = channel;
    const settingsFile = openSettingsFile(dataFolder);
    if (options.config !== undefined)
      importSettings(settingsFile, options.config, createSecretBox(dataFolder));
    const { listen } = options;
    if (listen !== undefined && settingsFile.read() !== undefined)
      log('--listen is for a first run; the virtual servers that are there keep their identities.');
    const mailroot = composeMailroot({
      dataFolder,
      host: 'service',
      settingsFile,
      version,
      log,
      ...(listen === undefined ? {} : { firstBinding: listen }),
    });
    return await run(options, { channel, mailroot, signals });
  } finally {
    await channel.close();
  }
}

interface Parts {
  readonly channel: ControlChannel;
  readonly mailroot: Mailroot;
  readonly signals: ServeSignals;
}

async function run(options: ServeOptions, { channel, mailroot, signals }: Parts): Promise<number> {
  const { log } = options;
  let webConsole: ConsoleServer | undefined;
  channel.serve(mailroot.router, {
    admission: mailroot.admission,
    log,
    createSignInAddress(person) {
      if (!webConsole)
        throw new Problem(
          'unavailable',
          'The browser console is not running. Start serve with --console HOST:PORT.',
        );
      return webConsole.createSignInAddress(person);
    },
  });
  signals.onReload(() => {
    mailroot.reloadSettings().then(
      () => log('The settings were read again.'),
      (error: unknown) => log(describeFailure(error, { hasSettings: true })),
    );
  });
  try {
    webConsole = await openConsole(options, mailroot);
    const started = await Promise.race([mailroot.start(), signals.stop]);
    // Told to end before it was up: a start may hang on a disk that does not answer.
    if (!started) return exitCodes.done;
    for (const line of describeStart(started)) log(line);
    if (started.started.length === 0 && started.failed.length > 0 && !webConsole) return exitCodes.failed;
    if (webConsole) options.print(`Sign in once at ${webConsole.createSignInAddress()}`);
    options.print(`Data folder ${channel.dataFolder}. Stop with Ctrl-C.`);
    options.print('mailroot ready');
    await signals.stop;
    return exitCodes.done;
  } finally {
    await webConsole?.close();
    if (!(await mailroot.stop())) {
      await channel.close();
      signals.endNow();
    }
  }
}

/** A console that cannot start takes nothing else down, unless it was told to listen where it never may. */
async function openConsole(options: ServeOptions, mailroot: Mailroot): Promise<ConsoleServer | undefined> {
  const { console: wanted, rendererFolder, log } = options;
  if (!wanted) return undefined;
  const open = (address: ListenAddress): Promise<ConsoleServer> =>
    startConsole({
      address,
      rendererFolder,
      router: mailroot.router,
      operators: mailroot.people.operators,
      clock: systemClock,
      log,
    });
  try {
    return await open(wanted.address).catch((error: unknown) => {
      if (!wanted.isDefault || !(error instanceof Problem) || error.code !== 'port-in-use') throw error;
      return open({ ...wanted.address, port: 0 });
    });
  } catch (error) {
    // An address that is never allowed is a mistake of the caller. A port that is taken today is not: the relay
    // matters more.
    if (!(error instanceof Problem) || error.code === 'refused') throw error;
    log(describeFailure(error, { hasSettings: true }));
    return undefined;
  }
}
