/** ETRN, ATRN and TURN through a whole virtual server, over real sockets. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Engine } from '../../../src-main/engine/engine';
import type { VirtualServer } from '../../../src-main/engine/virtual-server';
import { type ServerSettingsInput, settingsDocument } from '../../../src-main/settings/schema';
import { createMemoryKeyring, testCertificate } from '../../protocol/memory-keyring';
import { findFreePort, waitFor } from '../../support/service';
import { startSmtpPeer } from '../../support/smtp-peer';
import { connectTurning, type TurningClient } from '../../support/turning-client';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const holding = { type: 'remote', name: 'branch.test', holdsForTrigger: true } as const;
const listed = { ...holding, turnAccounts: ['ann'] };

interface Opened {
  readonly engine: Engine;
  readonly server: VirtualServer;
  readonly port: number;
  readonly queueFiles: () => string[];
  change(change: Partial<ServerSettingsInput>): Promise<void>;
}

async function open(change: Partial<ServerSettingsInput> = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-trigger-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const port = await findFreePort();
  const parse = (with_: Partial<ServerSettingsInput>) =>
    settingsDocument.parse({
      version: 1,
      servers: [
        {
          id: 1,
          name: 'Server',
          bindings: [{ address: '127.0.0.1', port }],
          homeDirectory: join(folder, 'mailroot'),
          fullyQualifiedDomainName: 'relay.corp.test',
          domains: [{ type: 'default', name: 'corp.test' }, listed],
          allowsBasic: true,
          certificate: testCertificate,
          ...change,
          ...with_,
        },
      ],
    });
  let settings = parse({});
  const engine = new Engine({
    settings: () => settings,
    productVersion: '0',
    dataFolder: folder,
    keyring: createMemoryKeyring(),
  });
  undo.push(() => engine.stop(0));
  await engine.start();
  const server = engine.server(1);
  return {
    engine,
    server,
    port,
    queueFiles: () => readdirSync(join(folder, 'mailroot', 'Queue')),
    async change(next) {
      const before = settings;
      settings = parse(next);
      await engine.settingsChanged(before);
    },
  };
}

async function accept({ server }: Opened, ...to: string[]): Promise<string> {
  const transaction = server.running.intake.open(
    {
      serverId: 1,
      sender: 'a@corp.test',
      recipients: to.map((address) => ({ address })),
      body: '7bit',
      source: { kind: 'test' },
    },
    {},
  );
  await transaction.write(Buffer.from(`Subject: for ${to.join()}\r\n\r\n.body\r\n`));
  return (await transaction.commit()).queueId;
}

async function connected({ port }: Opened): Promise<TurningClient> {
  const client = await connectTurning(port);
  undo.push(() => client.socket.destroy());
  return client;
}

async function loggedIn(opened: Opened): Promise<TurningClient> {
  const client = await connected(opened);
  expect(await client.logIn('ann', 'secret')).toMatch(/^235/);
  return client;
}

const total = ({ server }: Opened): number => server.running.runner.stats().total;
const recipientOf = async ({ server }: Opened, queueId: string) =>
  (await server.running.runner.get(queueId))?.envelope.recipients[0];
const sessionOf = ({ server }: Opened) => server.running.listener.sessions()[0];

const noSessions = ({ server }: Opened): Promise<unknown> =>
  waitFor('no sessions', () => server.running.listener.sessions().length === 0);

describe('ETRN', () => {
  it('sends what is held to the smart host of the domain, over a new connection', async () => {
    const peer = await startSmtpPeer();
    undo.push(() => peer.close());
    const to = { smartHost: '[127.0.0.1]', port: peer.port };
    const opened = await open({
      domains: [
        { type: 'default', name: 'corp.test' },
        { ...holding, ...to },
      ],
    });
    await accept(opened, 'x@branch.test');
    await accept(opened, 'y@branch.test');
    const client = await connected(opened);
    await client.say('EHLO branch.test');
    expect(peer.connections).toBe(0);
    expect(await client.say('ETRN branch.test')).toBe(
      '253 2.0.0 2 pending messages for node branch.test started',
    );
    await peer.received(2);
    await waitFor('an empty queue', () => total(opened) === 0);
    expect(await client.say('ETRN branch.test')).toBe('251 2.0.0 No messages waiting for node branch.test');
  });
});

describe('ATRN and TURN', () => {
  it('deliver over the same connection, message after message, and end it', async () => {
    const opened = await open({ maxMessagesPerConnection: 1 });
    await accept(opened, 'x@branch.test');
    await accept(opened, 'y@branch.test', 'z@branch.test');
    const client = await loggedIn(opened);
    const { reply, peer } = await client.turn('ATRN branch.test');
    expect(reply).toBe('250 2.0.0 OK now reversing the connection');
    await peer.received(2);
    await client.closed;
    expect(peer.commands.map(({ line }) => line)).toEqual(
      [
        'EHLO relay.corp.test',
        'MAIL FROM:<a@corp.test> SIZE=163',
        'RCPT TO:<x@branch.test>',
        'DATA',
        'MAIL FROM:<a@corp.test> SIZE=178',
        'RCPT TO:<y@branch.test>',
        'RCPT TO:<z@branch.test>',
        'DATA',
        'QUIT',
      ].map((line) =>
        line.startsWith('MAIL') ? expect.stringMatching(/^MAIL FROM:<a@corp.test> SIZE=/) : line,
      ),
    );
    expect(peer.transactions[0]?.data.toString()).toMatch(/\r\n\r\n\.body\r\n$/);
    await waitFor('an empty queue', () => total(opened) === 0 && opened.queueFiles().length === 0);
    await noSessions(opened);
  });

  it('work over TLS, which stays on', async () => {
    const opened = await open();
    await accept(opened, 'x@branch.test');
    const client = await connected(opened);
    const protocol = (await client.startTls()).getProtocol();
    expect(await client.logIn('ann', 'secret')).toMatch(/^235/);
    // The peer offers STARTTLS again; there is nothing to begin.
    const { peer } = await client.turn('TURN', { extensions: ['STARTTLS', 'PIPELINING'] });
    await peer.received(1);
    await client.closed;
    expect(protocol).toMatch(/^TLSv1/);
    expect(peer.commands.map(({ line }) => line)).not.toContain('STARTTLS');
    await waitFor('an empty queue', () => total(opened) === 0);
  });

  it('show the session as what it is, and let an operator end it; nothing is lost', async () => {
    const opened = await open();
    const queueId = await accept(opened, 'x@branch.test');
    const client = await loggedIn(opened);
    const { peer } = await client.turn('TURN', { silentAfter: 'data' });
    await waitFor('the content is asked for', () => peer.commands.some(({ line }) => line === 'DATA'));
    expect(sessionOf(opened)).toMatchObject({ state: 'turned', user: 'ann', command: 'TURN' });
    expect(opened.server.running.listener.terminate(sessionOf(opened)?.id ?? '')).toBe(true);
    await client.closed;
    await noSessions(opened);
    expect(await recipientOf(opened, queueId)).toMatchObject({ attempts: 0 });
    await waitFor('held again', () => opened.server.running.runner.heldDomains().includes('branch.test'));
  });

  it('leave the mail where it is when the client never greets, greets badly or goes away', async () => {
    const opened = await open({ outboundTimeoutMinutes: 0.05 });
    const queueId = await accept(opened, 'x@branch.test');
    for (const options of [
      { silentAfter: 'connect' },
      { greeting: '554 5.3.2 not today' },
      { dropAfter: 'connect' },
      { dropAfter: 'mail' },
    ] as const) {
      const client = await loggedIn(opened);
      await client.turn('TURN', options);
      await client.closed;
      await noSessions(opened);
      await waitFor('nothing under way', () => opened.server.running.runner.stats().active === 0);
      expect(await recipientOf(opened, queueId)).toMatchObject({ attempts: 0 });
    }
    // Here the whole message was sent: that is told, as it may arrive twice.
    const last = await loggedIn(opened);
    await last.turn('TURN', { dropAfter: 'message' });
    await waitFor('the end of the attempt', async () => (await recipientOf(opened, queueId))?.attempts === 1);
    expect((await recipientOf(opened, queueId))?.last?.status.text).toContain(
      'whether it arrived is unknown',
    );
    await noSessions(opened);
    const client = await loggedIn(opened);
    const { peer } = await client.turn('TURN');
    await peer.received(1);
    await client.closed;
  });

  it('hold again what the client defers, and go on with the next message', async () => {
    const opened = await open();
    const deferred = await accept(opened, 'x@branch.test');
    await accept(opened, 'y@branch.test');
    const client = await loggedIn(opened);
    const { peer } = await client.turn('TURN', {
      onRcpt: (address) => (address.startsWith('x') ? '450 4.2.1 busy' : undefined),
    });
    await peer.received(1);
    await client.closed;
    await waitFor('one left', () => total(opened) === 1);
    expect(await recipientOf(opened, deferred)).toMatchObject({
      attempts: 1,
      last: { status: { code: 450, enhanced: '4.2.1', text: 'busy' }, remote: { name: 'branch.test' } },
    });
    expect(opened.server.running.runner.heldDomains()).toEqual(['branch.test']);
  });

  it('end behind the message under way when the virtual server is stopped', async () => {
    const opened = await open();
    await accept(opened, 'x@branch.test');
    await accept(opened, 'y@branch.test');
    const client = await loggedIn(opened);
    let stopped: Promise<void> | undefined;
    const { peer } = await client.turn('TURN', {
      onData: () => {
        stopped = opened.server.stop();
        return undefined;
      },
    });
    await client.closed;
    await stopped;
    expect(peer.transactions).toHaveLength(1);
    expect(opened.queueFiles()).toHaveLength(2);
  });

  it('never send one message over two connections', async () => {
    const opened = await open();
    const names = Array.from({ length: 12 }, (_, count) => `r${count}@branch.test`);
    for (const name of names) await accept(opened, name);
    const clients = await Promise.all([loggedIn(opened), loggedIn(opened), loggedIn(opened)]);
    const peers = await Promise.all(clients.map((client) => client.turn('TURN')));
    await Promise.all(clients.map(({ closed }) => closed));
    await waitFor('an empty queue', () => total(opened) === 0);
    const got = peers.flatMap(({ peer }) => peer.transactions.flatMap(({ recipients }) => recipients));
    expect(got.sort()).toEqual([...names].sort());
  });
});

it('mail goes at once when its domain does not hold any more', async () => {
  const peer = await startSmtpPeer();
  undo.push(() => peer.close());
  const opened = await open();
  await accept(opened, 'x@branch.test');
  const next = { ...holding, holdsForTrigger: false, smartHost: '[127.0.0.1]', port: peer.port };
  await opened.change({ domains: [{ type: 'default', name: 'corp.test' }, next] });
  await peer.received(1);
});
