/** Settings that change while mail waits: each is in force for the next attempt, which is made at once. */
import { afterEach, expect, it } from 'vitest';
import { openRelay } from '../../../support/relay-bench';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../../../support/smtp-peer';

const bob = 'bob@far.test';
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  endings.push(() => peer.close());
  return peer;
}

async function waitingAt(server: Parameters<typeof openRelay>[0]) {
  const relay = await openRelay(server);
  await relay.send(bob);
  await relay.deferred(bob);
  return relay;
}
const closedPort = async (): Promise<number> => {
  const peer = await startSmtpPeer();
  await peer.close();
  return peer.port;
};

it('another smart host', async () => {
  const peer = await peerWith({ address: '127.0.0.2' });
  const relay = await waitingAt({ server: { smartHost: '[127.0.0.3]', outboundPort: peer.port } });
  await relay.change({ smartHost: '[127.0.0.2]' });
  expect(await relay.ended(bob)).toMatchObject({ outcome: 'relayed', remote: { name: '[127.0.0.2]' } });
});

it('a further smart host', async () => {
  const peer = await peerWith();
  const relay = await waitingAt({ server: { smartHost: '[127.0.0.1]', outboundPort: await closedPort() } });
  await relay.change({ furtherSmartHosts: [{ host: '[127.0.0.1]', port: peer.port }] });
  expect((await relay.ended(bob)).outcome).toBe('relayed');
});

it('another port', async () => {
  const peer = await peerWith();
  const relay = await waitingAt({
    zones: { 'far.test': { a: ['127.0.0.1'] } },
    server: { outboundPort: await closedPort() },
  });
  await relay.change({ outboundPort: peer.port });
  expect((await relay.ended(bob)).outcome).toBe('relayed');
});

it('another password', async () => {
  const peer = await peerWith({ auth: { user: 'relay', password: 'right' } });
  const relay = await waitingAt({
    server: {
      smartHost: '[127.0.0.1]',
      outboundPort: peer.port,
      outboundAuthentication: 'basic',
      outboundUserName: 'relay',
      outboundPassword: 'wrong',
    },
  });
  await relay.change({ outboundPassword: 'right' });
  expect((await relay.ended(bob)).outcome).toBe('relayed');
  expect(peer.transactions[0]?.user).toBe('relay');
});

it('a route for the sender', async () => {
  const peer = await peerWith();
  const relay = await waitingAt({ server: { smartHost: '[127.0.0.1]', outboundPort: await closedPort() } });
  await relay.change({
    senderRoutes: [{ name: 'App', senders: ['app@corp.test'], smartHost: '[127.0.0.1]', port: peer.port }],
  });
  expect((await relay.ended(bob)).outcome).toBe('relayed');
});

it('a remote domain', async () => {
  const peer = await peerWith();
  const relay = await waitingAt({ server: { smartHost: '[127.0.0.1]', outboundPort: await closedPort() } });
  await relay.change({
    domains: [
      { type: 'default', name: 'corp.test' },
      { type: 'remote', name: 'far.test', smartHost: '[127.0.0.1]', port: peer.port },
    ],
  });
  expect((await relay.ended(bob)).outcome).toBe('relayed');
});
