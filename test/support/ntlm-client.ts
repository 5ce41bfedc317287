/** A client of NTLM version 2 with its own arithmetic, by the words of MS-NLMP; what it sends can be spoiled. */
import { createHmac } from 'node:crypto';
import { md4 } from '../../src-main/engine/ntlm/md4';

const unicode = 0x1;
const usualFlags = 0xe208_8215;
const keyExchange = 0x4000_0000;

export interface NtlmClient {
  readonly user: string;
  readonly domain?: string;
  readonly password: string;
  /** Says that its messages are protected, and protects them. */
  readonly hasMic?: boolean;
  /** What stands in place of the MIC. */
  readonly mic?: Buffer;
  readonly exchangesKey?: boolean;
  readonly isOem?: boolean;
  /** The server's facts, as the client returns them. */
  readonly changeTargetInfo?: (targetInfo: Buffer) => Buffer;
  /** In place of the answer of version 2. */
  readonly ntResponse?: Buffer;
}

const md5 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export function negotiateMessage(flags = usualFlags): Buffer {
  const message = Buffer.alloc(32);
  message.write('NTLMSSP\0', 'latin1');
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(flags >>> 0, 12);
  return message;
}

export const oemFlags = 0x0000_8206;

export function pair(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** What the server says of itself in its challenge. */
export function targetInfoOf(challengeMessage: Buffer): Buffer {
  const length = challengeMessage.readUInt16LE(40);
  const offset = challengeMessage.readUInt32LE(44);
  return challengeMessage.subarray(offset, offset + length);
}

export function authenticateMessage(client: NtlmClient, negotiate: Buffer, challengeMessage: Buffer): Buffer {
  const { user, domain = '', password, hasMic = false, exchangesKey = false, isOem = false } = client;
  const ours = targetInfoOf(challengeMessage);
  const end = pair(0, Buffer.alloc(0));
  const flag = hasMic ? pair(6, Buffer.from([2, 0, 0, 0])) : Buffer.alloc(0);
  const change = client.changeTargetInfo ?? ((info: Buffer) => info);
  const targetInfo = change(Buffer.concat([ours.subarray(0, -4), flag, end]));
  const blob = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    Buffer.alloc(8, 7),
    Buffer.alloc(8, 0xaa),
    Buffer.alloc(4),
    targetInfo,
    Buffer.alloc(4),
  ]);
  const key = md5(md4(utf16(password)), utf16(user.toUpperCase() + domain));
  const proof = md5(key, challengeMessage.subarray(24, 32), blob);
  const base = md5(key, proof);
  const exported = exchangesKey ? Buffer.alloc(16, 0x55) : base;
  const encode = (text: string): Buffer => (isOem ? Buffer.from(text, 'utf8') : utf16(text));
  const fields = [
    Buffer.alloc(24),
    client.ntResponse ?? Buffer.concat([proof, blob]),
    encode(domain),
    encode(user),
    encode('WORKSTATION'),
    exchangesKey ? encryptKey(base, exported) : Buffer.alloc(0),
  ];
  const header = Buffer.alloc(88);
  header.write('NTLMSSP\0', 'latin1');
  header.writeUInt32LE(3, 8);
  let offset = header.length;
  for (const [index, value] of fields.entries()) {
    const at = 12 + index * 8;
    header.writeUInt16LE(value.length, at);
    header.writeUInt16LE(value.length, at + 2);
    header.writeUInt32LE(offset, at + 4);
    offset += value.length;
  }
  const flags = (isOem ? oemFlags : usualFlags & ~keyExchange) | (exchangesKey ? keyExchange : 0);
  header.writeUInt32LE((isOem ? flags & ~unicode : flags | unicode) >>> 0, 60);
  const message = Buffer.concat([header, ...fields]);
  if (hasMic) (client.mic ?? md5(exported, negotiate, challengeMessage, message)).copy(message, 72);
  return message;
}

/** RC4, which OpenSSL 3 has no more. */
function encryptKey(key: Buffer, data: Buffer): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index);
  let j = 0;
  for (let i = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) % 256;
    [state[i], state[j]] = [state[j] ?? 0, state[i] ?? 0];
  }
  let i = 0;
  j = 0;
  const out = Buffer.alloc(data.length);
  for (const [index, byte] of data.entries()) {
    i = (i + 1) % 256;
    j = (j + (state[i] ?? 0)) % 256;
    [state[i], state[j]] = [state[j] ?? 0, state[i] ?? 0];
    out[index] = byte ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) % 256] ?? 0);
  }
  return out;
}
