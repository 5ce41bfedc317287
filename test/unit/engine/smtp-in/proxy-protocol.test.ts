/** Headers of the PROXY protocol, byte by byte. Each group has its reason. */
import { describe, expect, it } from 'vitest';
import { longestHeader, parseProxyHeader } from '../../../../src-main/engine/smtp-in/proxy-protocol';

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A version 2 header; `size` may lie about what follows. */
function binary(options: {
  readonly command?: number;
  readonly family?: number;
  readonly body?: Buffer;
  readonly size?: number;
}): Buffer {
  const { command = 0x21, family = 0x11, body = Buffer.alloc(0), size = body.length } = options;
  return Buffer.concat([signature, Buffer.from([command, family, size >> 8, size & 255]), body]);
}
const ipv4 = Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0xd9, 0x03, 0, 25]);
const ipv6 = Buffer.concat([
  Buffer.from('20010db8000100020000000000000007', 'hex'),
  Buffer.from('20010db8ffff00000000000000000001', 'hex'),
  Buffer.from([0xd9, 0x03, 0, 25]),
]);
const mapped = Buffer.concat([
  Buffer.from('00000000000000000000ffffc0000207', 'hex'),
  Buffer.from('00000000000000000000ffffc6336401', 'hex'),
  Buffer.from([0xd9, 0x03, 0, 25]),
]);
const fromV4 = { peerAddress: '192.0.2.7', localAddress: '198.51.100.1', localPort: 25 };
const fromV6 = { peerAddress: '2001:db8:1:2::7', localAddress: '2001:db8:ffff::1', localPort: 25 };

const complete: readonly [string, Buffer, object | undefined][] = [
  ['v1 TCP4', Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 55555 25\r\n'), fromV4],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:DB8:1:2:0:0:0:7 2001:db8:ffff::1 55555 25\r\n'), fromV6],
  ['v1 TCP6, mapped', Buffer.from('PROXY TCP6 ::ffff:c000:207 ::ffff:198.51.100.1 55555 25\r\n'), fromV4],
  ['v1 port 0', Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 0 25\r\n'), fromV4],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  ['v1 UNKNOWN with more', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n'), undefined],
  ['v1 UNKNOWN, the longest line', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`), undefined],
  ['v2 TCP4', binary({ body: ipv4 }), fromV4],
  ['v2 TCP4 with extensions', binary({ body: Buffer.concat([ipv4, Buffer.alloc(300, 7)]) }), fromV4],
  ['v2 TCP6', binary({ family: 0x21, body: ipv6 }), fromV6],
  ['v2 TCP6, mapped', binary({ family: 0x21, body: mapped }), fromV4],
  ['v2 LOCAL', binary({ command: 0x20, family: 0 }), undefined],
  ['v2 LOCAL with an address, which counts for nothing', binary({ command: 0x20, body: ipv4 }), undefined],
  ['v2 LOCAL of a datagram', binary({ command: 0x20, family: 0x12, body: ipv4 }), undefined],
  ['v2 not told', binary({ family: 0 }), undefined],
  ['v2 unix socket', binary({ family: 0x31, body: Buffer.alloc(216) }), undefined],
  ['v2, the longest', binary({ body: Buffer.concat([ipv4, Buffer.alloc(16 * 1024 - 12)]) }), fromV4],
];

describe('a header', () => {
  it.each(complete)('%s: is read, and nothing behind it', (_title, bytes, addresses) => {
    const header = { kind: 'complete', lengthBytes: bytes.length, addresses };
    expect(parseProxyHeader(bytes)).toEqual(header);
    expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from('EHLO x\r\n')]))).toEqual(header);
  });

  it.each(complete)('%s: is incomplete in every part of it', (_title, bytes) => {
    for (let length = 0; length < bytes.length; length++)
      expect(parseProxyHeader(bytes.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'incomplete' });
  });

  it.each<[string, Buffer | string]>([
    ['a client without one', 'EHLO client.test\r\n'],
    ['in small letters', 'proxy TCP4 192.0.2.7 198.51.100.1 55555 25\r\n'],
    ['two blanks', 'PROXY  TCP4 192.0.2.7 198.51.100.1 55555 25\r\n'],
    ['a tab', 'PROXY\tTCP4 192.0.2.7 198.51.100.1 55555 25\r\n'],
    ['LF alone', 'PROXY TCP4 192.0.2.7 198.51.100.1 55555 25\n'],
    ['LF alone, with a line behind it', 'PROXY TCP4 192.0.2.7 198.51.100.1 55555 25\nNOOP\r\n'],
    ['no family', 'PROXY\r\n'],
    ['another family', 'PROXY UDP4 192.0.2.7 198.51.100.1 55555 25\r\n'],
    ['UNKNOWN that is none', 'PROXY UNKNOWNX\r\n'],
    ['IPv6 as TCP4', 'PROXY TCP4 2001:db8::7 2001:db8::1 55555 25\r\n'],
    ['IPv4 as TCP6', 'PROXY TCP6 192.0.2.7 198.51.100.1 55555 25\r\n'],
    ['a zone', 'PROXY TCP6 fe80::1%eth0 2001:db8::1 55555 25\r\n'],
    ['a name', 'PROXY TCP4 localhost 198.51.100.1 55555 25\r\n'],
    ['leading zeros in an address', 'PROXY TCP4 192.0.02.7 198.51.100.1 55555 25\r\n'],
    ['leading zeros in a port', 'PROXY TCP4 192.0.2.7 198.51.100.1 055555 25\r\n'],
    ['a port that is none', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n'],
    ['a negative port', 'PROXY TCP4 192.0.2.7 198.51.100.1 -1 25\r\n'],
    ['a field too few', 'PROXY TCP4 192.0.2.7 198.51.100.1 55555\r\n'],
    ['a field too many', 'PROXY TCP4 192.0.2.7 198.51.100.1 55555 25 1\r\n'],
    ['a blank at the end', 'PROXY TCP4 192.0.2.7 198.51.100.1 55555 25 \r\n'],
    ['a line that is too long', `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`],
    ['a line without an end', `PROXY UNKNOWN ${'x'.repeat(93)}`],
    ['another signature', Buffer.from('0d0a0d0a000d0a515549540b', 'hex')],
    ['an empty line', '\r\nEHLO x\r\n'],
    ['version 1 in binary', binary({ command: 0x11, body: ipv4 })],
    ['version 3', binary({ command: 0x31, body: ipv4 })],
    ['another command', binary({ command: 0x22, body: ipv4 })],
    ['datagrams', binary({ family: 0x12, body: ipv4 })],
    ['a family that is none', binary({ family: 0x41, body: ipv4 })],
    ['addresses that do not fit', binary({ body: ipv4.subarray(0, 11) })],
    ['IPv6 in the room of IPv4', binary({ family: 0x21, body: ipv4 })],
    ['longer than anybody needs', binary({ body: ipv4, size: 16 * 1024 + 1 })],
    ['v1 LF within the line', 'PROXY UNKNOWN \n\r\n'],
    ['v1 CR within the line', 'PROXY UNKNOWN \rPROXY TCP4\r\n'],
  ])('%s: is malformed', (_title, bytes) => {
    expect(parseProxyHeader(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'))).toEqual({
      kind: 'malformed',
    });
  });

  it('is decided on within its greatest length, whatever comes', () => {
    const endless = [binary({ size: 0xffff }), Buffer.from('PROXY TCP4 '), binary({ size: 16 * 1024 })];
    for (const start of endless) {
      const bytes = Buffer.concat([start, Buffer.alloc(longestHeader, 'x')]);
      expect(parseProxyHeader(bytes).kind).not.toBe('incomplete');
    }
  });
});
