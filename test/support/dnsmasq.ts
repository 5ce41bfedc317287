/**
 * A real dnsmasq on loopback with the records a test names, in its own words (dnsmasq(8)), and nothing else: no hosts
 * file, no other server. Names below ".test" that are not listed do not exist; all others are refused.
 *
 *   const dns = await startDnsmasq(['mx-host=far.test,mx.far.test,10', 'host-record=mx.far.test,192.0.2.1']);
 *   settings.dnsServers = [dns.server];
 *   await dns.stop();
 */
import { spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { toolPath } from './packages';
import { findFreePort, waitFor } from './service';

export interface RunningDnsmasq {
  /** "127.0.0.1:port", the form in the settings. */
  readonly server: string;
  stop(): Promise<void>;
}

export async function startDnsmasq(records: readonly string[]): Promise<RunningDnsmasq> {
  const port = await findFreePort();
  const words = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
    '--listen-address=127.0.0.1',
    `--port=${port}`,
    '--pid-file=',
    '--local=/test/',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ...records.map((record) => `--${record}`),
  ];
  const child = spawn(toolPath('dnsmasq') as string, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (piece: Buffer) => {
    printed += piece.toString();
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const server = `127.0.0.1:${port}`;
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([server]);
  await waitFor('dnsmasq', async () => {
    if (child.exitCode !== null) throw new Error(`dnsmasq ended with ${child.exitCode}: ${printed}`);
    return resolver.resolve4('no-such-name.test').then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOTFOUND',
    );
  });
  return { server, stop };
}
