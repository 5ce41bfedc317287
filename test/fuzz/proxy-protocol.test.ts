/** The header of a load balancer, from a hostile one; each property stops by itself. */
import type { Socket } from 'node:net';
import { SocketAddress } from 'node:net';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareSocket } from '../../src-main/engine/smtp-in/proxied-socket';
import { longestHeader, parseProxyHeader } from '../../src-main/engine/smtp-in/proxy-protocol';
import { createManualClock } from '../protocol/manual-clock';

const limits = { interruptAfterTimeLimit: 1500, markInterruptAsFailure: false, numRuns: 30_000 };

const port = fc.oneof(fc.nat(70_000).map(String), fc.constantFrom('025', '', '-1', '+25', '25 ', '1e2'));
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '01.2.3.4',
    '1.2.3',
    'fe80::1%eth0',
    '::1',
    'a.test',
    '',
  ),
);
const word = fc.constantFrom(
  'PROXY',
  'TCP4',
  'TCP6',
  'UNKNOWN',
  'UDP4',
  'proxy',
  ' ',
  '  ',
  '\t',
  '\0',
  '\r',
  '\n',
  '\xff',
);
const ending = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '', ' \r\n', '\n\r\n');
const line = fc
  .oneof(
    fc
      .tuple(fc.constantFrom('TCP4', 'TCP6'), address, address, port, port, ending)
      .map(([family, ...rest]) => `PROXY ${family} ${rest.slice(0, 4).join(' ')}${rest[4]}`),
    fc
      .tuple(
        fc.constantFrom('TCP4', 'TCP6', 'UNKNOWN'),
        fc.array(fc.oneof(word, address, port), { maxLength: 8 }),
        ending,
      )
      .map(([family, words, end]) => `PROXY ${family}${words.join(' ')}${end}`),
    fc.tuple(fc.nat(120), ending).map(([length, end]) => `PROXY UNKNOWN ${'x'.repeat(length)}${end}`),
    fc.array(word, { maxLength: 10 }).map((words) => words.join('')),
  )
  .map((text) => Buffer.from(text, 'latin1'));

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const binary = fc
  .record({
    command: fc.constantFrom(0x20, 0x21, 0x21, 0x21, 0x22, 0x11, 0x00, 0xff),
    family: fc.constantFrom(0x00, 0x11, 0x11, 0x21, 0x21, 0x12, 0x22, 0x31, 0x32, 0xff),
    size: fc.oneof(
      fc.constantFrom(0, 4, 11, 12, 13, 35, 36, 216, longestHeader - 16, longestHeader, 65_535),
      fc.nat(80),
    ),
    body: fc.uint8Array({ maxLength: 80 }),
    damage: fc.option(fc.tuple(fc.nat(15), fc.nat(255)), { freq: 6, nil: undefined }),
  })
  .map(({ command, family, size, body, damage }) => {
    const bytes = Buffer.concat([signature, Buffer.from([command, family, size >> 8, size & 255]), body]);
    if (damage) bytes[damage[0]] = damage[1];
    return bytes;
  });
const behind = fc
  .array(fc.constantFrom('EHLO a.test\r\n', '\r\n', 'PROXY UNKNOWN\r\n', '\x16\x03\x01', '\0', '\xff', 'x'), {
    maxLength: 4,
  })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));
const sent = fc.tuple(fc.oneof(line, binary), behind).map((parts) => Buffer.concat(parts));
const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 });

function* cut(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** Section 2.1 of the specification, read anew: the line that may be taken at the start of the bytes, and its client. */
function readLine(bytes: Buffer): { readonly length: number; readonly source?: string } | undefined {
  const [whole, tcp, source = '', destination = '', from = '', to = ''] =
    /^PROXY (?:UNKNOWN(?: [^\r\n]*)?|TCP([46]) (\S+) (\S+) (\d+) (\d+))\r\n/.exec(bytes.toString('latin1')) ??
    [];
  if (whole === undefined || whole.length > 107) return undefined;
  if (tcp === undefined) return { length: whole.length };
  const family = tcp === '4' ? 'ipv4' : 'ipv6';
  const isNumber = (text: string): boolean => String(Number(text)) === text && Number(text) < 65_536;
  try {
    const read = [source, destination].map((each) => new SocketAddress({ address: each, family }).address);
    const isPlain = ![source, destination].some((each) => each.includes('%'));
    const [client = ''] = read;
    return isPlain && isNumber(from) && isNumber(to)
      ? { length: whole.length, source: client.replace(/^::ffff:(?=.*\.)/, '') }
      : undefined;
  } catch {
    return undefined;
  }
}

describe('the start of a connection', () => {
  it('is a header, none, or not enough yet, within the bound', () => {
    fc.assert(
      fc.property(sent, (bytes) => {
        const header = parseProxyHeader(bytes);
        if (header.kind === 'incomplete') expect(bytes.length).toBeLessThan(longestHeader);
        if (header.kind !== 'complete') return;
        expect(header.lengthBytes).toBeLessThanOrEqual(Math.min(bytes.length, longestHeader));
        expect(parseProxyHeader(bytes.subarray(0, header.lengthBytes))).toEqual(header);
      }),
      limits,
    );
  });

  it('is a header of version 1 only where the grammar has one, and says the same', () => {
    fc.assert(
      fc.property(fc.tuple(line, behind), (parts) => {
        const bytes = Buffer.concat(parts);
        const header = parseProxyHeader(bytes);
        const expected = readLine(bytes);
        expect(header.kind === 'complete' ? header.lengthBytes : undefined).toBe(expected?.length);
        if (header.kind === 'complete') expect(header.addresses?.peerAddress).toBe(expected?.source);
      }),
      limits,
    );
  });

  it('means the same however it is cut', () => {
    fc.assert(
      fc.property(sent, cuts, (bytes, lengths) => {
        const whole = parseProxyHeader(bytes);
        let held = Buffer.alloc(0);
        for (const piece of cut(bytes, lengths)) {
          held = Buffer.concat([held, piece]);
          const header = parseProxyHeader(held);
          if (header.kind === 'incomplete') continue;
          expect(header).toEqual(whole);
          return;
        }
        expect(whole.kind).toBe('incomplete');
      }),
      limits,
    );
  });
});

describe('a connection of a proxy', () => {
  it('gives on every byte behind the header, or ends', async () => {
    await fc.assert(
      fc.asyncProperty(sent, cuts, async (bytes, lengths) => {
        const stream = Object.assign(new PassThrough(), { remoteAddress: '192.0.2.7' });
        const prepared = prepareSocket(stream as unknown as Socket, {
          isProxy: () => true,
          clock: createManualClock(),
        });
        for (const piece of cut(bytes, lengths)) {
          if (stream.destroyed) break;
          stream.write(piece);
          await new Promise(setImmediate);
        }
        if (!stream.destroyed) stream.end();
        const origin = await prepared;
        const header = parseProxyHeader(bytes);
        expect(origin !== undefined).toBe(header.kind === 'complete');
        if (header.kind !== 'complete') {
          expect(stream.destroyed).toBe(true);
          return;
        }
        expect(origin).toMatchObject(header.addresses ?? { peerAddress: '192.0.2.7', isProxy: true });
        const rest: Buffer[] = [];
        for await (const chunk of stream) rest.push(chunk as Buffer);
        expect(Buffer.concat(rest).equals(bytes.subarray(header.lengthBytes))).toBe(true);
      }),
      limits,
    );
  });
});
