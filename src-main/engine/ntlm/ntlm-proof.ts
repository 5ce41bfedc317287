/**
 * The arithmetic of NTLM version 2 (MS-NLMP 3.3.2 and 3.4). Pure.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const proofBytes = 16;
/** The fixed part of a client's challenge, in front of its target info (MS-NLMP 2.2.2.7). */
const blobHeaderBytes = 28;

/** An answer of version 2: its proof, and what it is the proof of. */
export interface NtlmV2Response {
  readonly proof: Buffer;
  readonly blob: Buffer;
  /** Server's facts as the client took them, with its own. */
  readonly targetInfo: Buffer;
}

/** Undefined for what is no answer of version 2. */
export function parseNtlmV2Response(ntResponse: Buffer): NtlmV2Response | undefined {
  if (ntResponse.length < proofBytes + blobHeaderBytes + 4) return undefined;
  const blob = ntResponse.subarray(proofBytes);
  if (blob[0] !== 1 || blob[1] !== 1) return undefined;
  return { proof: ntResponse.subarray(0, proofBytes), blob, targetInfo: blob.subarray(blobHeaderBytes) };
}

const hmacMd5 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

/** As Windows does it: one character becomes one character ("\u00df" stays). */
const upperCase = (text: string): string =>
  [...text].map((char) => (char.toUpperCase().length === char.length ? char.toUpperCase() : char)).join('');

/** NTOWFv2. */
export function ntlmV2Key(ntHash: Uint8Array, user: string, domain: string): Buffer {
  return hmacMd5(ntHash, Buffer.from(upperCase(user) + domain, 'utf16le'));
}

/** NTProofStr. */
export const ntlmV2Proof = (key: Uint8Array, challenge: Uint8Array, blob: Uint8Array): Buffer =>
  hmacMd5(key, challenge, blob);

/** Session base key, which is the key exchange key in version 2. */
export const sessionKey = (key: Uint8Array, proof: Uint8Array): Buffer => hmacMd5(key, proof);

/** Message integrity code over all three messages, the last one without it. */
export const messageIntegrityCode = (exportedKey: Uint8Array, messages: readonly Uint8Array[]): Buffer =>
  hmacMd5(exportedKey, ...messages);

/** Do two digests agree? Takes the same time whatever is wrong. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** RC4; OpenSSL 3 has it no more. For the session key alone: nothing is kept secret by it. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index] as number;
  const swap = (i: number, j: number): void => {
    [state[i], state[j]] = [at(j), at(i)];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] as number)) & 255;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return Buffer.from(data).map((byte) => {
    i = (i + 1) & 255;
    j = (j + at(i)) & 255;
    swap(i, j);
    return byte ^ at((at(i) + at(j)) & 255);
  }) as Buffer;
}
