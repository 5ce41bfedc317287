/**
 * A real dnsmasq on loopback that knows the TXT records it was given and nothing else. Records can be changed: it is
 * started anew on the same port.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { toolPath } from './packages';
import { findFreePort, waitFor } from './service';

export interface RunningDnsmasq {
  /** "127.0.0.1:port", the form in the settings. */
  readonly server: string;
  /** By name; each in its parts of at most 255 characters, without commas. */
  setRecords(records: Readonly<Record<string, readonly string[]>>): Promise<void>;
  stop(): Promise<void>;
}

export async function startDnsmasq(): Promise<RunningDnsmasq> {
  const port = await findFreePort();
  const server = `127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  const start = async (records: Readonly<Record<string, readonly string[]>>): Promise<void> => {
    const lines = Object.entries({ ...records, 'ready.test': ['yes'] }).map(
      ([name, parts]) => `--txt-record=${[name, ...parts].join(',')}`,
    );
    const words = `--keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --pid-file= --bind-interfaces --listen-address=127.0.0.1 --port=${port} --local=/test/`;
    let said = '';
    const started = spawn(toolPath('dnsmasq') as string, [...words.split(' '), ...lines], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    child = started;
    await waitFor('dnsmasq to answer', async () => {
      if (started.exitCode !== null) throw new Error(`dnsmasq ended with ${started.exitCode}: ${said}`);
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers([server]);
      return resolver.resolveTxt('ready.test').then(
        () => true,
        () => false,
      );
    });
  };
  await start({});
  return {
    server,
    async setRecords(records) {
      await stop();
      await start(records);
    },
    stop,
  };
}
