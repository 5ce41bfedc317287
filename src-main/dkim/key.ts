/**
 * Private keys for DKIM: made here, or read from what people bring.
 *
 * Promises: nothing of a private key is in an error; a key that it lets through can be verified by today's hosts.
 * Fails: Problem 'invalid' at the field `pem`; 'unavailable' for a stored key that cannot be used.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../engine/core/problem';
import type { DkimAlgorithm } from '../settings/schema';

const makePair = promisify(generateKeyPair);

/** RFC 8301 section 3.2: shorter ones count for nothing. */
const minRsaBits = 1024;
/** The settings hold no longer one, and few hosts verify it. */
const maxRsaBits = 4096;

export interface KeyFacts {
  readonly algorithm: DkimAlgorithm;
  /** Of an RSA key. */
  readonly bits?: number;
  /** Subject public key info, DER. */
  readonly publicKey: Buffer;
}

/** PKCS #8 in base64, as the settings have it. Off the main thread: a long RSA key may take seconds. */
export async function createKey(algorithm: DkimAlgorithm, bits: number): Promise<string> {
  const { privateKey } =
    algorithm === 'rsa-sha256'
      ? await makePair('rsa', { modulusLength: bits, publicExponent: 65_537 })
      : await makePair('ed25519', {});
  return base64Of(privateKey);
}

const base64Of = (key: KeyObject): string => key.export({ format: 'der', type: 'pkcs8' }).toString('base64');

/** A private key as people have it. */
export function readKey(pem: string): { readonly algorithm: DkimAlgorithm; readonly privateKey: string } {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type:.*ENCRYPTED/.test(pem))
    throw wrong('The key is protected by a password. Take the password off first: openssl pkey -in key.pem');
  const [block] = /-----BEGIN ((?:RSA )?PRIVATE KEY)-----[\w\s+/=]+-----END \1-----/.exec(pem) ?? [];
  if (block === undefined)
    throw wrong(
      pem.includes('PUBLIC KEY-----')
        ? 'This is the public key. The private key is needed: text that begins with -----BEGIN PRIVATE KEY-----'
        : 'Paste the whole private key: text from -----BEGIN PRIVATE KEY----- (or RSA PRIVATE KEY) to its END line.',
    );
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: block, format: 'pem' });
  } catch {
    // What the library says tells people nothing, and might repeat a part of it.
    throw wrong('The private key cannot be read. It may have been cut off.');
  }
  const { algorithm, bits } = factsOf(key);
  if (algorithm === undefined) throw wrong('DKIM takes RSA and Ed25519 keys only.');
  if (bits !== undefined && bits < minRsaBits)
    throw wrong(`The key has ${bits} bits; below ${minRsaBits} no signature is believed. Make a new one.`);
  if (bits !== undefined && bits > maxRsaBits)
    throw wrong(`The key has ${bits} bits; few hosts verify more than ${maxRsaBits}. Make one of 2048.`);
  return { algorithm, privateKey: base64Of(key) };
}

const wrong = (reason: string): Problem => new Problem('invalid', reason, 'pem');

function factsOf(key: KeyObject): { readonly algorithm?: DkimAlgorithm; readonly bits?: number } {
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: 'ed25519-sha256' };
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return key.asymmetricKeyType === 'rsa' && bits !== undefined ? { algorithm: 'rsa-sha256', bits } : {};
}

/** @param privateKey in the clear, as in the settings otherwise */
export function describeKey(privateKey: string, expected: DkimAlgorithm): KeyFacts {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    throw new Problem('unavailable', 'The private key cannot be read.');
  }
  const { algorithm, bits } = factsOf(key);
  if (algorithm !== expected) throw new Problem('unavailable', `The private key is not one for ${expected}.`);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { algorithm, publicKey, ...(bits === undefined ? {} : { bits }) };
}
