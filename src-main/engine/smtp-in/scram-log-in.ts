/**
 * AUTH SCRAM-SHA-256 without channel binding: both sides prove that they know the password, or what was made of it.
 * Promises: a name that nobody has gets a salt that stays the same, and its proof is looked at like any other; names
 *   cannot be found out.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { LogOnSecrets } from '../core/keyring';
import { isPlausibleName, namesToTry } from './sasl';
import { type LogOnMeans, malformed, nothing, type SaslDialogue, type SaslStep } from './sasl-mechanism';
import {
  type ClientFirst,
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
  verifyProof,
} from './scram';

type Keys = LogOnSecrets['scram-sha-256'];

/** As accounts have them. */
const saltBytes = 16;
const iterations = 10_000;
const fakeSecret = randomBytes(32);

function fakeKeys(user: string): Keys {
  const make = (purpose: string): Buffer =>
    createHmac('sha256', fakeSecret)
      .update(`${purpose}\0${user.normalize('NFC').toLowerCase()}`)
      .digest();
  return {
    salt: make('salt').subarray(0, saltBytes),
    iterations,
    storedKey: make('stored'),
    serverKey: make('server'),
  };
}

export function createScramDialogue(
  means: LogOnMeans,
  serverNonce: string = randomBytes(18).toString('base64'),
): SaslDialogue {
  let begun: { first: ClientFirst; account: string | undefined; keys: Keys; serverFirst: string } | undefined;

  const begin = (message: Buffer): SaslStep => {
    const first = parseClientFirst(message);
    if (first === 'malformed') return malformed;
    if (first === 'binding')
      return { kind: 'refused', user: '', reason: 'It insists on channel binding, which is not offered' };
    const { user, actFor } = first;
    if (actFor !== '' && actFor !== user)
      return { kind: 'refused', user, reason: 'It wants to act for another account' };
    const found = findKeys(means, user);
    const keys = found?.secret ?? fakeKeys(user);
    const serverFirst = formatServerFirst({ ...keys, nonce: first.nonce + serverNonce });
    begun = { first, account: found?.account, keys, serverFirst };
    return { kind: 'challenge', data: Buffer.from(serverFirst) };
  };

  return {
    prompt: nothing,
    step(message) {
      if (!begun) return begin(message);
      const { first, account, keys, serverFirst } = begun;
      const final = parseClientFinal(message);
      if (!final) return malformed;
      const { user } = first;
      const proof = verifyProof(keys, final.proof, `${first.bare},${serverFirst},${final.withoutProof}`);
      const isOurs = final.nonce === first.nonce + serverNonce && final.binding === first.header;
      return proof === undefined || account === undefined || !isOurs
        ? { kind: 'refused', user }
        : { kind: 'accepted', account, proof: Buffer.from(proof) };
    },
  };
}

function findKeys({ keyring, defaultLogonDomain }: LogOnMeans, user: string) {
  if (!isPlausibleName(user)) return undefined;
  for (const name of namesToTry(user, defaultLogonDomain)) {
    const found = keyring.logOnSecret(name, 'scram-sha-256');
    if (found) return found;
  }
  return undefined;
}
