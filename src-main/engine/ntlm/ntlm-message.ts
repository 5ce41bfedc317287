/**
 * The three messages of NTLM as bytes (MS-NLMP 2.2.1). Pure and total: what comes from the other side is
 * hostile, and every length and offset is checked before it is used.
 */

export const ntlmFlags = {
  unicode: 0x0000_0001,
  oem: 0x0000_0002,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  targetIsDomain: 0x0001_0000,
  targetIsServer: 0x0002_0000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  key128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  key56: 0x8000_0000,
} as const;

/** Kinds of facts in a target info (MS-NLMP 2.2.2.1). */
export const avId = {
  end: 0,
  netbiosComputer: 1,
  netbiosDomain: 2,
  dnsComputer: 3,
  dnsDomain: 4,
  flags: 6,
  timestamp: 7,
} as const;

export interface AvPair {
  readonly id: number;
  readonly value: Buffer;
}

const signature = Buffer.from('NTLMSSP\0', 'latin1');
const negotiateBytes = 16;
/** With empty domain, workstation and version. */
const negotiateMessageBytes = 40;
const challengeHeaderBytes = 56;
/** Up to the target info; older servers have no version behind it. */
const challengeFieldsBytes = 48;
/** Up to the flags; older clients have no version and no MIC behind them. */
const authenticateHeaderBytes = 64;
/** Where a MIC is in an AUTHENTICATE message. */
export const micAt = 72;
const micBytes = 16;
/** A client returns ours with two or three more. */
const mostPairs = 32;

const isMessage = (bytes: Buffer, type: number, leastBytes: number): boolean =>
  bytes.length >= leastBytes && bytes.subarray(0, 8).equals(signature) && bytes.readUInt32LE(8) === type;

/** The flags of a NEGOTIATE message; undefined when it is none. */
export function parseNegotiate(bytes: Buffer): number | undefined {
  return isMessage(bytes, 1, negotiateBytes) ? bytes.readUInt32LE(12) : undefined;
}

export function formatChallenge(facts: {
  readonly flags: number;
  readonly challenge: Buffer;
  readonly targetName: Buffer;
  readonly targetInfo: Buffer;
}): Buffer {
  const header = Buffer.alloc(challengeHeaderBytes);
  signature.copy(header);
  header.writeUInt32LE(2, 8);
  writeField(header, 12, facts.targetName.length, challengeHeaderBytes);
  header.writeUInt32LE(facts.flags >>> 0, 20);
  facts.challenge.copy(header, 24);
  writeField(header, 40, facts.targetInfo.length, challengeHeaderBytes + facts.targetName.length);
  return Buffer.concat([header, facts.targetName, facts.targetInfo]);
}

function writeField(header: Buffer, at: number, length: number, offset: number): void {
  header.writeUInt16LE(length, at);
  header.writeUInt16LE(length, at + 2);
  header.writeUInt32LE(offset, at + 4);
}

export function formatNegotiate(flags: number): Buffer {
  const message = Buffer.alloc(negotiateMessageBytes);
  signature.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(flags >>> 0, 12);
  return message;
}

export interface ChallengeMessage {
  readonly flags: number;
  readonly challenge: Buffer;
  readonly targetInfo: Buffer;
}

/** Undefined when it is none, or one without target info: such a server knows version 1 alone. */
export function parseChallenge(bytes: Buffer): ChallengeMessage | undefined {
  if (!isMessage(bytes, 2, challengeFieldsBytes)) return undefined;
  const targetInfo = readField(bytes, 40);
  if (!targetInfo || targetInfo.length === 0) return undefined;
  return { flags: bytes.readUInt32LE(20), challenge: bytes.subarray(24, 32), targetInfo };
}

/** In UTF-16, without session key; with room for a MIC. */
export function formatAuthenticate(facts: {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly ntResponse: Buffer;
}): Buffer {
  const header = Buffer.alloc(micAt + micBytes);
  signature.copy(header);
  header.writeUInt32LE(3, 8);
  const [domain, user] = [facts.domain, facts.user].map((text) => Buffer.from(text, 'utf16le'));
  // LM response (24 zeros: version 2 has none), NT response, domain, user, workstation, session key.
  const fields = [
    Buffer.alloc(24),
    facts.ntResponse,
    domain ?? Buffer.alloc(0),
    user ?? Buffer.alloc(0),
    Buffer.alloc(0),
    Buffer.alloc(0),
  ];
  let offset = header.length;
  for (const [index, value] of fields.entries()) {
    writeField(header, 12 + index * 8, value.length, offset);
    offset += value.length;
  }
  header.writeUInt32LE(facts.flags >>> 0, 60);
  return Buffer.concat([header, ...fields]);
}

export interface AuthenticateMessage {
  readonly bytes: Buffer;
  readonly flags: number;
  readonly user: string;
  readonly domain: string;
  readonly ntResponse: Buffer;
  readonly encryptedSessionKey: Buffer;
  /** Where a MIC would be; whether it is one, the response says. */
  readonly mic: Buffer | undefined;
}

/** Undefined when it is none. */
export function parseAuthenticate(bytes: Buffer): AuthenticateMessage | undefined {
  if (!isMessage(bytes, 3, authenticateHeaderBytes)) return undefined;
  const [ntResponse, domain, user, encryptedSessionKey] = [20, 28, 36, 52].map((at) => readField(bytes, at));
  if (!ntResponse || !domain || !user || !encryptedSessionKey) return undefined;
  const flags = bytes.readUInt32LE(60);
  const isUnicode = (flags & ntlmFlags.unicode) !== 0;
  if (isUnicode && (user.length % 2 === 1 || domain.length % 2 === 1)) return undefined;
  const textOf = (value: Buffer): string => value.toString(isUnicode ? 'utf16le' : 'utf8');
  return {
    bytes,
    flags,
    user: textOf(user),
    domain: textOf(domain),
    ntResponse,
    encryptedSessionKey,
    mic: bytes.length >= micAt + micBytes ? bytes.subarray(micAt, micAt + micBytes) : undefined,
  };
}

function readField(bytes: Buffer, at: number): Buffer | undefined {
  const length = bytes.readUInt16LE(at);
  if (length === 0) return Buffer.alloc(0);
  const offset = bytes.readUInt32LE(at + 4);
  return offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined;
}

/** The message as it was when its MIC was made. */
export function withoutMic(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0, micAt, micAt + micBytes);
  return copy;
}

export function formatAvPairs(pairs: readonly AvPair[]): Buffer {
  const parts = [...pairs, { id: avId.end, value: Buffer.alloc(0) }].map(({ id, value }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat(parts);
}

/** Undefined when they have no end, too many or a length beyond the bytes. What stands behind their end is left. */
export function parseAvPairs(bytes: Buffer): readonly AvPair[] | undefined {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= bytes.length && pairs.length <= mostPairs; ) {
    const id = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (id === avId.end) return pairs;
    at += 4;
    if (at + length > bytes.length) return undefined;
    pairs.push({ id, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return undefined;
}
