/**
 * DKIM from the key to the verifier: keys made and imported by the command line, records in a real DNS server, mail
 * through the real service and a real Postfix, signatures judged by programs that other people wrote.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  DkimKeyRow,
  DkimRecord,
  DkimRecordCheck,
  ServerSettingsInput,
} from '../../src-main/api/contract';
import { type CommandResult, runCommand } from '../support/command';
import { makeDkimKey, recordsOf } from '../support/dkim-keys';
import { verifyWithDkimpy, verifyWithMailauth, verifyWithOpendkim } from '../support/dkim-verifiers';
import { type RunningDnsmasq, startDnsmasq } from '../support/dnsmasq';
import { describeUnless, describeWith, missingReason } from '../support/packages';
import { postfixSkipReason, startPostfix } from '../support/postfix';
import { measureMemory } from '../support/process-memory';
import { type RunningService, startService } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../support/smtp-peer';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  cleanUp.push(() => peer.close());
  return peer;
}

async function dnsmasq(): Promise<RunningDnsmasq> {
  const dns = await startDnsmasq();
  cleanUp.push(() => dns.stop());
  return dns;
}

async function relay(port: number, server: Partial<ServerSettingsInput> = {}): Promise<RunningService> {
  const service = await startService({
    server: { relayList: ['127.0.0.1'], smartHost: '[127.0.0.1]', outboundPort: port, ...server },
  });
  cleanUp.push(() => service.remove());
  return service;
}

const commandsOf =
  (service: RunningService) =>
  (words: readonly string[], input?: string): Promise<CommandResult> =>
    runCommand(['dkim', ...words, '--data', service.dataFolder], input === undefined ? {} : { input });

const read = <T>({ code, out, error }: CommandResult): T => {
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as T;
};

async function submit(
  service: RunningService,
  data: string,
  { from = 'ann@corp.test', to = 'far@far.test' } = {},
): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  expect(await client.send({ from, to: [to], data })).toMatch(/^250 /);
  client.end();
}

const mail = (from: string, body = 'Hello\r\n'): string =>
  `From: ${from}\r\nTo: far@far.test\r\nSubject: hello\r\n\r\n${body}`;

/** What the peer got as its `count`th message. */
async function messageOf(peer: SmtpPeer, count: number): Promise<Buffer> {
  await peer.received(count);
  return peer.transactions[count - 1]?.data as Buffer;
}

describeWith(['dnsmasq', 'dkimpy', 'opendkim'], 'a key from its making to the verifier', () => {
  it('signs only once its record is in DNS, and everybody finds it right', async () => {
    const dns = await dnsmasq();
    const peer = await peerWith();
    const service = await relay(peer.port, { dnsServers: [dns.server] });
    const dkim = commandsOf(service);
    const place = ['corp.test', 's2026'];

    const { row, record } = read<{ row: DkimKeyRow; record: DkimRecord }>(
      await dkim(['create', ...place, '--json']),
    );
    expect(row).toMatchObject({ name: 's2026._domainkey.corp.test', bits: 2048, isSigning: false });
    expect((await dkim(['create', ...place])).error).toContain('listed already');

    type Checked = { record: DkimRecordCheck; spf: { state: string }; dmarc: { state: string } };
    const check = async (): Promise<Checked> => read(await dkim(['check', ...place, '--json']));
    expect(await check()).toMatchObject({
      record: { state: 'missing' },
      spf: { state: 'missing' },
      dmarc: { state: 'missing' },
    });
    const refused = await dkim(['enable', ...place]);
    expect(refused.code).toBe(1);
    expect(refused.error).toMatch(/DNS has no TXT record at s2026\._domainkey\.corp\.test yet.*--anyway/);
    await submit(service, mail('ann@corp.test'));
    expect((await messageOf(peer, 1)).toString()).not.toContain('DKIM-Signature');

    await dns.setRecords({
      [record.name]: record.parts,
      'corp.test': ['v=spf1 ip4:192.0.2.1 -all'],
      '_dmarc.corp.test': ['v=DMARC1; p=reject'],
    });
    expect(await check()).toMatchObject({
      record: { state: 'published', found: [record.value] },
      spf: { state: 'found' },
      dmarc: { state: 'found' },
    });
    expect((await dkim(['enable', ...place])).code).toBe(0);
    expect((await dkim(['list'])).out).toMatch(/corp\.test +s2026 +RSA 2048 +yes +right/);

    await submit(service, mail('Ann <ann@corp.test>', '..dots\r\n\r\n\r\n'));
    const signed = await messageOf(peer, 2);
    expect(await verifyWithDkimpy(signed, dns.server)).toEqual(['rsa-sha256 corp.test pass']);
    expect(await verifyWithOpendkim(signed, { [record.name]: record.value })).toBe('pass');

    // The private key is nowhere in clear.
    const exported = (await service.client.settings.export()).servers[0]?.dkimKeys[0];
    expect(exported?.privateKey).toBe('sealed:kept');
    const onDisk = JSON.parse(readFileSync(`${service.dataFolder}/settings.json`, 'utf8'));
    expect(onDisk.servers[0].dkimKeys[0].privateKey).toMatch(/^sealed:v1:/);

    expect((await dkim(['disable', ...place])).code).toBe(0);
    await submit(service, mail('ann@corp.test'));
    expect((await messageOf(peer, 3)).toString()).not.toContain('DKIM-Signature');
    expect((await dkim(['delete', ...place])).code).toBe(0);
    expect((await dkim(['list'])).out).toContain('There are no DKIM keys');
    expect((await dkim(['record', ...place])).error).toContain('has no DKIM key');
  });

  it('may sign before its record is there for whoever insists, and DNS that is down says so', async () => {
    const dns = await dnsmasq();
    const peer = await peerWith();
    const service = await relay(peer.port, { dnsServers: [dns.server] });
    const { client } = service;
    const key = { serverId: 1, domain: 'corp.test', selector: 'one' };
    const { record } = await client.dkim.create({ ...key, algorithm: 'ed25519-sha256' });
    const other = makeDkimKey('corp.test', 'one', 'ed25519');
    await dns.setRecords({ [record.name]: [other.record] });
    await expect(client.dkim.set({ ...key, isSigning: true })).rejects.toMatchObject({
      code: 'refused',
      data: { field: 'isConfirmed' },
      message: expect.stringContaining('DNS has another key'),
    });
    await dns.stop();
    expect((await client.dkim.check(key)).record.state).toBe('unknown');
    expect(await client.dkim.set({ ...key, isSigning: true, isConfirmed: true })).toMatchObject({
      isSigning: true,
      lastCheck: { state: 'unknown' },
    });
    await submit(service, mail('ann@corp.test'));
    const signed = await messageOf(peer, 1);
    expect(await verifyWithDkimpy(signed, { [record.name]: record.value })).toEqual([
      'ed25519-sha256 corp.test pass',
    ]);
  });
});

describeUnless(
  missingReason('dkimpy', 'opendkim') ?? postfixSkipReason(),
  'mail through a real Postfix',
  () => {
    it('keeps its signatures, whatever it looks like, and imported keys sign', async () => {
      const [rsa, ed25519] = [makeDkimKey('corp.test', 'old'), makeDkimKey('corp.test', 'new', 'ed25519')];
      const records = recordsOf(rsa, ed25519);
      const peer = await peerWith();
      const postfix = await startPostfix({ relayHost: `[127.0.0.1]:${peer.port}` });
      cleanUp.push(() => postfix.stop());
      const service = await relay(postfix.port);
      const dkim = commandsOf(service);
      read(await dkim(['import', 'corp.test', 'old', '-', '--json'], rsa.pkcs1Pem));
      read(await dkim(['import', 'corp.test', 'new', '-', '--json'], ed25519.pkcs8Pem));
      read(await dkim(['enable', 'corp.test', 'old', '--anyway', '--json']));
      read(await dkim(['enable', 'corp.test', 'new', '--anyway', '--json']));

      const bodies = [
        '',
        '\r\n\r\n\r\n',
        '..\r\n...two\r\n. x\r\n',
        ' lead\r\ntrail \t\r\n\t \r\nin  between\r\n\r\n\r\n',
        'no end',
        'gr\u00fc\u00dfe\r\n'.repeat(3),
        `${'long line '.repeat(99)}\r\n`,
      ];
      const messages = [
        ...bodies.map((body) => mail('Ann <ann@corp.test>', body)),
        'From: "Ann,\r\n\tof Corp"\r\n <ann@corp.test>\r\nTo: far@far.test\r\nSubject: a\r\n  b\r\n\t c \r\n\r\nfolded\r\n',
      ];
      for (const [at, message] of messages.entries()) {
        await submit(service, message);
        const received = await messageOf(peer, at + 1);
        expect(received.toString('latin1')).toContain('by postfix.test (Postfix)');
        const both = ['rsa-sha256 corp.test pass', 'ed25519-sha256 corp.test pass'];
        expect(await verifyWithDkimpy(received, records), message).toEqual(both);
        expect(await verifyWithMailauth(received, records), message).toEqual(both);
        expect(await verifyWithOpendkim(received, records), message).toBe('pass');
      }
    });
  },
);

describeWith(['dkimpy'], 'what goes out by itself', () => {
  it('is signed too: a notification, by the key of the domain that it is from', async () => {
    const key = makeDkimKey('corp.test', 'one');
    const peer = await peerWith({
      onRcpt: (address) => (address.startsWith('nobody') ? '550 5.1.1 no such user' : undefined),
    });
    const service = await relay(peer.port, { dkimKeys: [key.setting] });
    await submit(service, mail('ben@far.test'), { from: 'ben@far.test', to: 'nobody@far.test' });
    const notification = await messageOf(peer, 1);
    expect(notification.toString()).toMatch(/^From: .*@corp\.test/m);
    expect(await verifyWithDkimpy(notification, recordsOf(key))).toEqual(['rsa-sha256 corp.test pass']);
  });
});

/** A host that takes one message of any size as fast as it comes; the dots of DATA stay in it. */
async function startSink() {
  const pieces: Buffer[] = [];
  let onReceived: () => void;
  const received = new Promise<void>((resolve) => {
    onReceived = resolve;
  });
  const server = createServer((socket) => {
    let isInData = false;
    let last = '';
    socket.on('error', () => undefined);
    socket.write('220 sink.test ESMTP\r\n');
    socket.on('data', (piece: Buffer) => {
      if (!isInData) {
        for (const line of piece.toString('latin1').split('\r\n').slice(0, -1)) {
          isInData = line === 'DATA';
          socket.write(isInData ? '354 go ahead\r\n' : '250 ok\r\n');
        }
        return;
      }
      pieces.push(piece);
      last = (last + piece.subarray(-5).toString('latin1')).slice(-5);
      if (last !== '\r\n.\r\n') return;
      isInData = false;
      socket.write('250 2.0.0 taken\r\n');
      onReceived();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, pieces, received, close };
}

describe('a message of a hundred megabytes', () => {
  it('is signed and sent without being held in memory', async () => {
    const key = makeDkimKey('corp.test', 'one', 'ed25519');
    const sink = await startSink();
    cleanUp.push(() => sink.close());
    const service = await relay(sink.port, {
      dkimKeys: [key.setting],
      maxMessageKb: null,
      maxSessionKb: null,
    });
    const sizeBytes = 100 * 1024 * 1024;
    const line = `${'all work and no play '.repeat(4)}\r\n`;
    const data = mail('ann@corp.test', line.repeat(Math.ceil(sizeBytes / line.length)));
    const pid = service.process.pid as number;
    const before = measureMemory(pid);
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, measureMemory(pid) - before);
    }, 100);
    try {
      await submit(service, data);
      await sink.received;
    } finally {
      clearInterval(timer);
    }
    const received = Buffer.concat(sink.pieces);
    expect(received.length).toBeGreaterThan(sizeBytes);
    expect(received.subarray(0, 15).toString()).toBe('DKIM-Signature:');
    expect(await verifyWithMailauth(received.subarray(0, -3), recordsOf(key))).toEqual([
      'ed25519-sha256 corp.test pass',
    ]);
    expect(most).toBeLessThan(sizeBytes);
  }, 120_000);
});
