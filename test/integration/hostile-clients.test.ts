/**
 * Clients that mean harm, on the real service: very many, very slow, very talkative, very large. Each time an honest
 * client next to them is served, and the memory of the service stays bounded. Figures are printed, not asserted
 * closely: they depend on the computer.
 */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureMemory } from '../support/process-memory';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

const kb = 1024;
const mb = 1024 * kb;
const toMb = (bytes: number): string => `${(bytes / mb).toFixed(0)} MB`;

let service: RunningService;
const opened: Socket[] = [];
beforeEach(() => {
  opened.length = 0;
});
afterEach(async () => {
  for (const socket of opened) socket.resetAndDestroy();
  await service?.remove();
});

/** A connection that reads only when it is told to. */
async function open(): Promise<Socket> {
  const socket = connect({ port: service.port, host: '127.0.0.1', noDelay: true });
  // Cut off in the middle of its flood, as it should be.
  socket.on('error', () => undefined);
  opened.push(socket);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Everything that the server says until it closes. */
function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

/** What it says to these lines, sent in one go. */
async function flood(lines: string): Promise<string> {
  const socket = await open();
  const said = readAll(socket);
  socket.write(lines);
  return said;
}

const countOf = (text: string, pattern: RegExp): number => text.match(new RegExp(pattern, 'gm'))?.length ?? 0;

/** Sends a message as an honest client does, and expects that it is taken. */
async function beServed(): Promise<void> {
  const client = await connectSmtp(service.port);
  expect(client.greeting).toMatch(/^220 /);
  expect(await client.say('EHLO honest.test')).toMatch(/^250-/);
  const message = { from: 'a@honest.test', to: ['b@corp.test'], data: 'Subject: honest\r\n\r\nHello\r\n' };
  expect(await client.send(message)).toMatch(/^250 2\.6\.0/);
  client.end();
}

const sessionCount = async (): Promise<number> =>
  (await service.client.sessions.list({ serverId: 1, offset: 0, limit: 1 })).total;
const memory = (): number => measureMemory(service.process.pid ?? 0);

describe('very many clients', () => {
  const clientCount = 10_000;

  it('that connect and say nothing cost little memory, and nobody else his service', async () => {
    service = await startService({ server: { maxConnections: null, maxConnectionsPerAddress: null } });
    await beServed();
    const before = memory();
    const batch = 250;
    for (let count = 0; count < clientCount; count += batch) {
      const sockets = await Promise.all(Array.from({ length: batch }, open));
      // Half of them have begun a command.
      for (const [index, socket] of sockets.entries()) if (index % 2 === 0) socket.write('EHL');
    }
    await waitFor(`${clientCount} sessions`, async () => (await sessionCount()) === clientCount);
    await beServed();
    const growth = memory() - before;
    console.log(`${clientCount} silent connections: ${toMb(growth)} more (${toMb(before)} before)`);
    expect(growth).toBeLessThan(400 * mb);
    for (const socket of opened) socket.resetAndDestroy();
    await waitFor('no sessions', async () => (await sessionCount()) === 0);
    await beServed();
  });

  it('from one address are refused, others are served', async () => {
    service = await startService({ server: { proxyList: ['127.0.0.1'] } });
    const header = (from: string): string => `PROXY TCP4 ${from} 198.51.100.1 55555 25\r\n`;
    const sockets = await Promise.all(Array.from({ length: 150 }, open));
    const greetings: string[] = [];
    for (const socket of sockets) {
      socket.setEncoding('latin1').on('data', (text: string) => greetings.push(text.slice(0, 3)));
      socket.write(header('203.0.113.7'));
    }
    await waitFor('150 answers', () => greetings.length === 150);
    expect(greetings.filter((code) => code === '220')).toHaveLength(100);
    expect(greetings.filter((code) => code === '421')).toHaveLength(50);
    const other = await open();
    const said = readAll(other);
    other.write(`${header('203.0.113.8')}QUIT\r\n`);
    expect(await said).toMatch(/^220 [^\n]+\n221 /);
  });
});

describe('very slow clients', () => {
  it('that drip a command are closed all the same, while another client is served', async () => {
    service = await startService({
      server: { maxConnectionsPerAddress: null, connectionTimeoutMinutes: 0.05 },
    });
    const sockets = await Promise.all(Array.from({ length: 500 }, open));
    const farewells = sockets.map(readAll);
    const timer = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('N');
    }, 100);
    try {
      for (let count = 0; count < 20; count++) await beServed();
      for (const text of await Promise.all(farewells))
        expect(text).toMatch(/^220 [^\n]+\n421 4\.4\.2 Connection timed out\r\n$/);
    } finally {
      clearInterval(timer);
    }
    await beServed();
  });

  it('that drip a message hold up nobody', async () => {
    service = await startService({ server: { maxConnectionsPerAddress: null } });
    const sockets = await Promise.all(Array.from({ length: 500 }, open));
    for (const socket of sockets) {
      socket.resume();
      socket.write('EHLO slow.test\r\nMAIL FROM:<a@slow.test>\r\nRCPT TO:<b@corp.test>\r\nDATA\r\n');
    }
    const inData = async (): Promise<boolean> => {
      const { rows } = await service.client.sessions.list({ serverId: 1, offset: 0, limit: 1000 });
      return rows.filter(({ state }) => state === 'receiving').length === sockets.length;
    };
    await waitFor('500 clients in DATA', inData);
    for (let count = 0; count < 20; count++) {
      for (const socket of sockets) socket.write('x');
      await beServed();
    }
    expect(await inData()).toBe(true);
    for (const socket of sockets) socket.resetAndDestroy();
    await waitFor('no sessions', async () => (await sessionCount()) === 0);
    await waitFor('nothing half in Queue', () => service.files('Queue').length === 0);
  });
});

describe('very talkative clients', () => {
  beforeEach(async () => {
    service = await startService({ server: { allowsBasic: true, proxyList: ['127.0.0.2'] } });
  });

  it('are cut off after a thousand commands that do nothing', async () => {
    const [said] = await Promise.all([flood('NOOP\r\n'.repeat(200_000)), beServed()]);
    expect(countOf(said, /^250 2\.0\.0 OK/)).toBe(1000);
    expect(said).toMatch(/\r\n421 4\.7\.0 Too many commands without a message\r\n$/);
  });

  it('are cut off after fifty errors, of AUTH too', async () => {
    const [said] = await Promise.all([flood(`EHLO x\r\n${'AUTH NONSENSE\r\n'.repeat(10_000)}`), beServed()]);
    expect(countOf(said, /^504 /)).toBe(50);
    expect(said).toMatch(/\r\n421 4\.7\.0 Too many errors\r\n$/);
  });

  it('may not try one address after the other', async () => {
    const rcpt = Array.from({ length: 20_000 }, (_, index) => `RCPT TO:<x${index}@elsewhere.test>\r\n`);
    const [said] = await Promise.all([
      flood(`HELO x\r\nMAIL FROM:<a@x.test>\r\n${rcpt.join('')}`),
      beServed(),
    ]);
    expect(countOf(said, /^550 5\.7\.1/)).toBe(50);
    expect(said).toMatch(/\r\n421 4\.7\.0 Too many errors\r\n$/);
  });

  it('may not name recipients without end', async () => {
    const rcpt = Array.from({ length: 20_000 }, (_, index) => `RCPT TO:<x${index}@corp.test>\r\n`);
    const [said] = await Promise.all([
      flood(`HELO x\r\nMAIL FROM:<a@x.test>\r\n${rcpt.join('')}`),
      beServed(),
    ]);
    expect(countOf(said, /^250 2\.1\.5/)).toBe(100);
    // HELO and MAIL were commands too.
    expect(countOf(said, /^452 4\.5\.3/)).toBe(998);
    expect(said).toMatch(/\r\n421 4\.7\.0 Too many commands without a message\r\n$/);
  });
});

describe('a client that guesses passwords', () => {
  it('over many connections is locked out, alone, seen and let in again', async () => {
    service = await startService({
      server: { allowsBasic: true, proxyList: ['127.0.0.1'], maxFailedLogOns: 5 },
    });
    const from = (address: string, lines: string): string =>
      `PROXY TCP4 ${address} 198.51.100.1 55555 25\r\n${lines}`;
    const wrong = `AUTH PLAIN ${Buffer.from('\0ann\0wrong').toString('base64')}\r\n`;
    const guess = from('203.0.113.7', `EHLO x\r\n${wrong}QUIT\r\n`);
    const said = await Promise.all(Array.from({ length: 5 }, () => flood(guess)));
    expect(said.filter((text) => /\n535 5\.7\.3/.test(text))).toHaveLength(5);
    expect(await flood(guess)).toMatch(/^421 4\.7\.0 Too many failed authentications from your address/);
    expect(await flood(from('203.0.113.8', 'QUIT\r\n'))).toMatch(/^220 [^\n]+\n221 /);
    const rows = await service.client.sessions.lockOuts({ serverId: 1 });
    expect(rows).toMatchObject([{ address: '203.0.113.7', failureCount: 5, lastUser: 'ann' }]);
    const lifted = await service.client.sessions.liftLockOuts({ serverId: 1, addresses: ['203.0.113.7'] });
    expect(lifted).toEqual({ count: 1 });
    expect(await flood(from('203.0.113.7', 'QUIT\r\n'))).toMatch(/^220 [^\n]+\n221 /);
  });
});

describe('very large messages', () => {
  const piece = Buffer.from(`${'x'.repeat(62)}\r\n`.repeat(mb / 64), 'latin1');
  const pieceCount = 1024;

  beforeEach(async () => {
    service = await startService();
  });

  /** Sends as fast as it is read; stops when the connection is over. Answers the highest memory on the way. */
  async function pour(socket: Socket, pieces: Iterable<Buffer | string>): Promise<number> {
    let highest = 0;
    let count = 0;
    for (const bytes of pieces) {
      if (!socket.writable) break;
      if (!socket.write(bytes))
        await new Promise<void>((resolve) => {
          const go = (): void => {
            socket.off('drain', go).off('close', go);
            resolve();
          };
          socket.on('drain', go).on('close', go);
        });
      if (++count % 32 === 0) highest = Math.max(highest, memory());
    }
    return Math.max(highest, memory());
  }

  it('a gigabyte of DATA is refused at its end and kept nowhere', async () => {
    await beServed();
    const socket = await open();
    const said = readAll(socket);
    const before = memory();
    socket.write('EHLO big.test\r\nMAIL FROM:<a@big.test>\r\nRCPT TO:<b@corp.test>\r\nDATA\r\n');
    function* pieces(): Iterable<Buffer | string> {
      for (let count = 0; count < pieceCount; count++) yield piece;
      yield '.\r\nNOOP\r\nQUIT\r\n';
    }
    const [highest] = await Promise.all([pour(socket, pieces()), beServed()]);
    expect(await said).toMatch(/\n354 [^\n]+\n552 5\.3\.4 [^\n]+\n250 2\.0\.0 OK\r\n221 /);
    console.log(`1 GB of DATA: ${toMb(highest - before)} more at most (${toMb(before)} before)`);
    expect(highest - before).toBeLessThan(150 * mb);
    expect(service.files('Queue')).toEqual([]);
    await beServed();
  });

  it('a gigabyte of BDAT is cut off, in one chunk at once and in many after fifty errors', async () => {
    await beServed();
    const hello = 'EHLO big.test\r\nMAIL FROM:<a@big.test>\r\nRCPT TO:<b@corp.test>\r\n';
    const before = memory();
    const inOne = await open();
    const saidToOne = readAll(inOne);
    inOne.write(`${hello}BDAT ${pieceCount * mb} LAST\r\n`);
    expect(await saidToOne).toMatch(/\n552 5\.3\.4 [^\n]+\n$/);
    const inMany = await open();
    const saidToMany = readAll(inMany);
    inMany.write(hello);
    function* pieces(): Iterable<Buffer | string> {
      for (let count = 0; count < pieceCount; count++) {
        yield `BDAT ${mb}\r\n`;
        yield piece;
      }
    }
    const [highest] = await Promise.all([pour(inMany, pieces()), beServed()]);
    const said = await saidToMany;
    expect(countOf(said, /^250 2\.0\.0 \d+ octets received/)).toBe(2);
    expect(countOf(said, /^552 5\.3\.4/)).toBe(1);
    console.log(`1 GB of BDAT: ${toMb(highest - before)} more at most (${toMb(before)} before)`);
    expect(highest - before).toBeLessThan(150 * mb);
    expect(service.files('Queue')).toEqual([]);
    await beServed();
  });
});
