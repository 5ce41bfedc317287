/** What is left of connections that were refused: entries of the protocol log, and rows among the ended sessions. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { createRefusals, type Refusals, refusalReasons } from '../../../../src-main/engine/smtp-in/refusals';
import { replies } from '../../../../src-main/engine/smtp-in/replies';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { type ListenerUnderTest, startListener } from '../../../protocol/listener-under-test';
import { createManualClock, type ManualClock } from '../../../protocol/manual-clock';

let clock: ManualClock;
let entries: ProtocolEntry[];
let isLogging: boolean;
const write = (entry: ProtocolEntry): void => void entries.push(entry);

beforeEach(() => {
  clock = createManualClock();
  entries = [];
  isLogging = true;
});

describe('refusals', () => {
  let refusals: Refusals;
  let count: number;
  beforeEach(() => {
    count = 0;
    refusals = createRefusals({ clock, isLogging: () => isLogging, write });
  });
  function refuse(peerAddress: string, change: Partial<Parameters<Refusals['note']>[0]> = {}): void {
    refusals.note({
      reason: refusalReasons.lockedOut,
      status: replies.lockedOut,
      isSaid: true,
      id: `id-${++count}`,
      peerAddress,
      localAddress: '192.0.2.1',
      localPort: 25,
      receivedBytes: 0,
      ...change,
    });
  }

  it('of one address for one reason are one row with their number, the latest first', () => {
    refuse('203.0.113.7');
    refuse('203.0.113.8');
    clock.advance(1000);
    for (let index = 0; index < 12; index++) refuse('203.0.113.7');
    refuse('203.0.113.7', { reason: refusalReasons.tooMany, status: replies.tooManyConnections });
    expect(refusals.list().map(({ id }) => id)).toEqual(['id-15', 'id-1', 'id-2']);
    const { session, lines } = refusals.find('id-1') ?? {};
    expect(session).toMatchObject({ from: '203.0.113.7', endedAt: clock.now() });
    expect(lines?.map(({ text }) => text)).toEqual([
      refusalReasons.lockedOut.text,
      '421 4.7.0 Too many failed authentications from your address, try again later',
      '12 more since.',
    ]);
  });

  it('of many addresses are 200 rows', () => {
    for (let index = 0; index < 1000; index++) refuse(`203.0.${index >> 8}.${index & 255}`);
    expect(refusals.list()).toHaveLength(200);
    expect(refusals.list()[0]?.id).toBe('id-1000');
  });

  it('fill the protocol log with 20 entries a second and a number, and nothing where it is off', () => {
    for (let index = 0; index < 500; index++) refuse('203.0.113.7');
    expect(entries).toHaveLength(20);
    clock.advance(1000);
    expect(entries).toHaveLength(21);
    expect(entries[0]).toMatchObject({ method: 'CONNECT', argument: 'locked out', status: 421 });
    expect(entries[20]).toMatchObject({ argument: '480 more refused', remoteAddress: '' });
    refuse('203.0.113.7');
    expect(entries).toHaveLength(22);
    expect(clock.pendingCount()).toBe(0);
    isLogging = false;
    refuse('203.0.113.7');
    expect(entries).toHaveLength(22);
  });

  it('tell that nothing was sent where the connection is encrypted from its first byte', () => {
    refuse('203.0.113.7', { isSaid: false });
    expect(refusals.list()[0]?.lastReply).toBe('');
    expect(refusals.find('id-1')?.lines[1]?.text).toMatch(/^Nothing was sent/);
    expect(entries[0]).toMatchObject({ status: 421, sentBytes: 0 });
  });
});

describe('a listener', () => {
  let server: ListenerUnderTest;
  afterEach(() => server?.close());
  async function start(settings: Partial<ServerSettingsInput>): Promise<void> {
    server = await startListener({ isLogging: true, ...settings }, { clock, logProtocol: write });
  }
  async function expectTrace(argument: string, status: number, note: RegExp): Promise<void> {
    await vi.waitFor(() => expect(entries).toHaveLength(1));
    expect(entries[0]).toMatchObject({ method: 'CONNECT', argument, status, remoteAddress: '127.0.0.1' });
    const [row, ...others] = server.listener.endedSessions();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ from: '127.0.0.1', localPort: server.port() });
    expect(server.listener.dialogue(row?.id ?? '')?.lines[0]?.text).toMatch(note);
  }

  it('keeps who was refused by connection control', async () => {
    await start({ connectionMode: 'only', connectionList: ['192.0.2.1'] });
    expect(await (await server.connect()).reply()).toMatch(/^554/);
    await expectTrace('connection control', 554, /^Refused by connection control/);
  });

  it.each([
    [{ maxConnections: 1 }, 'too many connections'],
    [{ maxConnectionsPerAddress: 1 }, 'too many connections of the address'],
  ])('keeps who was one too many: %j', async (settings, argument) => {
    await start(settings);
    expect(await (await server.connect()).reply()).toMatch(/^220/);
    expect(await (await server.connect()).reply()).toMatch(/^421/);
    await expectTrace(argument, 421, /^Refused by a limit/);
  });

  it('keeps who spoke too early', async () => {
    await start({ greetingDelaySeconds: 10 });
    const client = await server.connect();
    await vi.waitFor(() => expect(server.listener.sessions()).toHaveLength(1));
    client.send('E');
    expect(await client.reply()).toMatch(/^554 5\.5\.1/);
    await expectTrace('spoke before the greeting', 554, /before it was greeted/);
  });

  it('keeps a proxy without a header, and one with another', async () => {
    await start({ proxyList: ['127.0.0.1'] });
    const client = await server.connect();
    client.send('EHLO client.test\r\n');
    await client.closed();
    await expectTrace('PROXY header malformed', 0, /no PROXY header/);
    await server.connect();
    await vi.waitFor(() => expect(clock.pendingCount()).toBe(1));
    clock.advance(10_000);
    await vi.waitFor(() => expect(entries).toHaveLength(2));
    expect(entries[1]).toMatchObject({ argument: 'PROXY header missing', remoteAddress: '127.0.0.1' });
  });
});
