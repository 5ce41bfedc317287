/**
 * Private keys: making them, judging those that come from outside, and describing them.
 *
 * Promises: a key that it lets through can be used for TLS by today's clients, or is a weak RSA key of at least
 *   1024 bits, which the row says.
 * Fails: Problem 'invalid' at the field that the caller names.
 */
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import type { KeyKind } from '../api/contract';
import { Problem } from '../engine/core/problem';

/** Below this today's TLS libraries refuse a key altogether. */
const minRsaBits = 1024;
/** Below this a key is not fit for what people expect of encryption. */
const strongRsaBits = 2048;
/** A handshake with a larger key takes a second of everybody's time. */
const maxRsaBits = 16_384;

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

export interface KeyFacts {
  /** "RSA 2048", "EC P-256". */
  readonly text: string;
  readonly isStrong: boolean;
}

/** Describes a public or private key; undefined for a kind that mail programs cannot use. */
export function describeKeyObject(key: KeyObject): KeyFacts | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength !== undefined)
    return { text: `RSA ${modulusLength}`, isStrong: modulusLength >= strongRsaBits };
  const curve = curves[namedCurve ?? ''];
  if (key.asymmetricKeyType === 'ec' && curve !== undefined) return { text: `EC ${curve}`, isStrong: true };
  return undefined;
}

/** Throws Problem 'invalid' at `field` for a key that cannot serve. */
export function checkKey(key: KeyObject, field: string): void {
  const facts = describeKeyObject(key);
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (facts === undefined) {
    throw new Problem('invalid', 'Mail programs cannot use this kind of key. Use RSA or EC P-256.', field);
  }
  if (key.asymmetricKeyType === 'rsa' && modulusLength < minRsaBits) {
    throw new Problem(
      'invalid',
      `The key has ${modulusLength} bits, which no mail program accepts any more. Use at least ${strongRsaBits}.`,
      field,
    );
  }
  if (modulusLength > maxRsaBits)
    throw new Problem('invalid', `The key is larger than ${maxRsaBits} bits.`, field);
}

/** The kind for a new key that replaces `key`: of its family, RSA no shorter than before as far as it is made here. */
export function kindLike(key: KeyObject): KeyKind {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== 'rsa') return 'ec-p256';
  if (modulusLength > 3072) return 'rsa-4096';
  return modulusLength > 2048 ? 'rsa-3072' : 'rsa-2048';
}

const algorithms = {
  'ec-p256': { name: 'ECDSA', namedCurve: 'P-256' },
  'rsa-2048': rsa(2048),
  'rsa-3072': rsa(3072),
  'rsa-4096': rsa(4096),
} as const satisfies Record<KeyKind, object>;

function rsa(modulusLength: number) {
  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  } as const;
}

export interface NewKey {
  readonly pair: webcrypto.CryptoKeyPair;
  readonly privateKey: KeyObject;
  readonly isRsa: boolean;
}

/** Made off the main thread; an RSA key of 4096 bits may take seconds. */
export async function createKey(kind: KeyKind): Promise<NewKey> {
  const pair = await webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify']);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { pair, privateKey, isRsa: kind !== 'ec-p256' };
}

/** PKCS #8, as keys are kept here. */
export const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
