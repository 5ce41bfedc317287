/**
 * The header that a load balancer puts before a client's first byte: the PROXY protocol of HAProxy, versions 1
 * and 2. Pure.
 *
 * Promises: strict, since whoever can write a header chooses the address that everything is decided by: what is
 *   not exactly as the specification has it is malformed; bounded: a header is complete or malformed within
 *   `longestHeader` bytes. The answer does not depend on how the bytes were cut.
 */
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { plainAddress } from './access-list';

export interface ProxiedAddresses {
  /** The client's; IPv4-mapped addresses are IPv4. */
  readonly peerAddress: string;
  /** Where the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
}

export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed' }
  /** `addresses` is undefined for a connection of the proxy's own (LOCAL, UNKNOWN). */
  | {
      readonly kind: 'complete';
      readonly lengthBytes: number;
      readonly addresses: ProxiedAddresses | undefined;
    };

/** The specification's longest line of version 1. */
const longestLine = 107;
const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const fixedBytes = 16;
/** Of version 2, with its extensions; a certificate's names are the longest that are in use. */
export const longestHeader = fixedBytes + 16 * 1024;

const incomplete: ProxyHeader = { kind: 'incomplete' };
const malformed: ProxyHeader = { kind: 'malformed' };

/** Reads the header at the start of what came so far. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return incomplete;
  return bytes[0] === signature[0] ? parseBinary(bytes) : parseLine(bytes);
}

const lineStart = 'PROXY ';
const portNumber = /^(?:0|[1-9]\d{0,4})$/;

function parseLine(bytes: Buffer): ProxyHeader {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, longestLine));
  if (!head.startsWith(lineStart.slice(0, head.length))) return malformed;
  // CR or LF alone ends nothing, and stands in no line.
  const end = head.search(/\r(?!$)|\n/);
  if (end < 0) return head.length >= longestLine ? malformed : incomplete;
  if (!head.startsWith('\r\n', end)) return malformed;
  const lengthBytes = end + 2;
  const [, family, ...fields] = head.slice(0, end).split(' ');
  // What follows is to be ignored, whatever it is.
  if (family === 'UNKNOWN') return { kind: 'complete', lengthBytes, addresses: undefined };
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = fields;
  const isAddress =
    family === 'TCP4'
      ? isIPv4
      : family === 'TCP6'
        ? (text: string) => isIPv6(text) && !text.includes('%')
        : () => false;
  const isPort = (text: string): boolean => portNumber.test(text) && Number(text) <= 0xffff;
  const isValid =
    fields.length === 4 &&
    isAddress(source) &&
    isAddress(destination) &&
    isPort(sourcePort) &&
    isPort(destinationPort);
  if (!isValid) return malformed;
  return {
    kind: 'complete',
    lengthBytes,
    addresses: {
      peerAddress: normalise(source),
      localAddress: normalise(destination),
      localPort: Number(destinationPort),
    },
  };
}

const local = 0x20;
const proxied = 0x21;
/** Address family and transport: TCP over IPv4 and IPv6. */
const tcp4 = 0x11;
const tcp6 = 0x21;
/** Not told, and unix sockets: addresses that mean nothing here. */
const withoutAddress: ReadonlySet<number> = new Set([0x00, 0x31]);

function parseBinary(bytes: Buffer): ProxyHeader {
  const known = Math.min(bytes.length, signature.length);
  if (!bytes.subarray(0, known).equals(signature.subarray(0, known))) return malformed;
  if (bytes.length < fixedBytes) return incomplete;
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const lengthBytes = fixedBytes + bytes.readUInt16BE(14);
  if (lengthBytes > longestHeader || (command !== local && command !== proxied)) return malformed;
  const addressBytes = family === tcp4 ? 4 : family === tcp6 ? 16 : 0;
  if (command === proxied) {
    if (addressBytes === 0 && !withoutAddress.has(family)) return malformed;
    if (addressBytes > 0 && lengthBytes < fixedBytes + 2 * addressBytes + 4) return malformed;
  }
  if (bytes.length < lengthBytes) return incomplete;
  if (command === local || addressBytes === 0) return { kind: 'complete', lengthBytes, addresses: undefined };
  const source = fixedBytes;
  const destination = source + addressBytes;
  return {
    kind: 'complete',
    lengthBytes,
    addresses: {
      peerAddress: formatAddress(bytes.subarray(source, destination)),
      localAddress: formatAddress(bytes.subarray(destination, destination + addressBytes)),
      localPort: bytes.readUInt16BE(destination + addressBytes + 2),
    },
  };
}

function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return normalise(groups.join(':'));
}

/** One way of writing for each address: lists and counters compare text. */
function normalise(address: string): string {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  return plainAddress(new SocketAddress({ address, family }).address);
}
