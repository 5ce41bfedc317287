/**
 * A real dnsmasq on loopback that knows the records it was given and nothing else: names below ".test" that are not
 * listed do not exist, all others are refused. TXT records can be changed: it is started anew on the same port.
 *
 *   const dns = await startDnsmasq(['mx-host=far.test,mx.far.test,10', 'host-record=mx.far.test,192.0.2.1']);
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

/** @param fixed records that stay, in the words of dnsmasq(8) */
export async function startDnsmasq(fixed: readonly string[] = []): Promise<RunningDnsmasq> {
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
    const started = spawn(
      toolPath('dnsmasq') as string,
      [...words.split(' '), ...fixed.map((record) => `--${record}`), ...lines],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
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
