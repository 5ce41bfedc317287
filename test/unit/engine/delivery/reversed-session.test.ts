/** Held mail over a connection that its host opened and turned around: the deliverer against a peer on loopback. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { openSecurity, type RouteSecurity } from '../../../../src-main/engine/core/delivery';
import { playSmtpPeer } from '../../../support/smtp-peer';
import { benchWith, brief, jobOf } from './delivery-bench';

async function turned() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  const peer = playSmtpPeer(host);
  const target = { name: 'branch.test', address: '127.0.0.1', port: 25 };
  const bench = benchWith([]);
  const opened = await bench.reverse({ socket, target, sessionId: 'in-1' }, new AbortController().signal);
  if ('failure' in opened) throw new Error(opened.failure.reason);
  const send = (security: RouteSecurity) =>
    opened.deliver(jobOf({ route: { security } }), new AbortController().signal);
  return { send, peer };
}

it.each<[claim: string, security: RouteSecurity]>([
  ['required', { ...openSecurity, tls: 'required' }],
  ['verified', { ...openSecurity, tls: 'verified' }],
  ['from the first byte', { ...openSecurity, isImplicitTls: true }],
])(
  'TLS that is %s only since the connection was turned around keeps its mail from it',
  async (_c, security) => {
    const { send, peer } = await turned();
    expect(brief(await send(openSecurity))[0]).toContain('250 2.0.0');
    expect(await send(security)).toEqual({ results: [], isDestinationDown: false });
    expect(peer.transactions).toHaveLength(1);
  },
);
