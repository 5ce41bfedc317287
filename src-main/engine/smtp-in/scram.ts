/**
 * Messages and proofs of SCRAM-SHA-256 (RFC 5802, RFC 7677), the server's side. Pure; what comes from the client is
 * hostile and bounded by the length of a line.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64, decodeUtf8 } from './sasl';

export interface ClientFirst {
  /** "n,," or "y,,", with the name it wants to act for when it said one. */
  readonly header: string;
  readonly actFor: string;
  readonly user: string;
  readonly nonce: string;
  /** The message without its header. */
  readonly bare: string;
}

export interface ClientFinal {
  /** Header and channel binding, decoded. */
  readonly binding: string;
  readonly nonce: string;
  readonly proof: Buffer;
  readonly withoutProof: string;
}

const proofBytes = 32;

/** 'binding' when the client insists on channel binding, which is not offered. */
export function parseClientFirst(message: Uint8Array): ClientFirst | 'malformed' | 'binding' {
  const text = decodeUtf8(message);
  if (text === undefined) return 'malformed';
  if (text.startsWith('p=')) return 'binding';
  // Behind the nonce anything may come; "m=" before the name is an extension that must be understood.
  const match = /^([ny],(?:a=([^,]+))?,)(n=([^,]+),r=([!-+\--~]{1,256})(?:,.*)?)$/s.exec(text);
  if (!match) return 'malformed';
  const [, header = '', actForText, bare = '', userText = '', nonce = ''] = match;
  const user = decodeName(userText);
  const actFor = actForText === undefined ? '' : decodeName(actForText);
  return user === undefined || actFor === undefined ? 'malformed' : { header, actFor, user, nonce, bare };
}

/** Undefined when it is not that. */
export function parseClientFinal(message: Uint8Array): ClientFinal | undefined {
  const text = decodeUtf8(message);
  const match = text === undefined ? null : /^(c=([^,]+),r=([!-+\--~]+)(?:,.*)?),p=([^,]+)$/s.exec(text);
  if (!match) return undefined;
  const [, withoutProof = '', bindingText = '', nonce = '', proofText = ''] = match;
  const binding = decodeBase64(bindingText);
  const proof = decodeBase64(proofText);
  if (!binding || proof?.length !== proofBytes) return undefined;
  return { binding: binding.toString('utf8'), nonce, proof, withoutProof };
}

/** ',' and '=' come as "=2C" and "=3D". */
function decodeName(text: string): string | undefined {
  return /=(?!2C|3D)/.test(text) ? undefined : text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

export function formatServerFirst(facts: {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}): string {
  return `r=${facts.nonce},s=${Buffer.from(facts.salt).toString('base64')},i=${facts.iterations}`;
}

/** The server's last words when the client's proof is right; undefined when it is not. */
export function verifyProof(
  keys: { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array },
  proof: Uint8Array,
  authMessage: string,
): string | undefined {
  const signature = createHmac('sha256', keys.storedKey).update(authMessage).digest();
  const clientKey = signature.map((byte, index) => byte ^ (proof[index] ?? 0));
  const storedKey = createHash('sha256').update(clientKey).digest();
  if (proof.length !== proofBytes || keys.storedKey.length !== proofBytes) return undefined;
  if (!timingSafeEqual(storedKey, keys.storedKey)) return undefined;
  return `v=${createHmac('sha256', keys.serverKey).update(authMessage).digest('base64')}`;
}
