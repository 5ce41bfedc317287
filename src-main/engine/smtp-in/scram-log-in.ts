/**
 * AUTH SCRAM-SHA-256 without channel binding: both sides prove that they know the password, or what was made of it.
 * Promises: a name that nobody has gets a salt that stays the same, over restarts and in all ways of writing it, and
 *   its proof is looked at like any other; names cannot be found out.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Keyring, LogOnSecrets } from '../core/keyring';
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
const secretOfProcess = randomBytes(32);

function decoySecretOf({ decoySecret }: Keyring): Uint8Array {
  try {
    return decoySecret?.() ?? secretOfProcess;
  } catch {
    // Without its key nobody can log in by SCRAM; that is told where somebody tries.
    return secretOfProcess;
  }
}

function fakeKeys({ keyring, defaultLogonDomain }: LogOnMeans, user: string): Keys {
  const secret = decoySecretOf(keyring);
  const name = bareName(user, defaultLogonDomain) ?? user;
  const make = (purpose: string): Buffer =>
    createHmac('sha256', secret)
      .update(`${purpose}\0${name.normalize('NFC').toLowerCase()}`)
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
    const keys = found?.secret ?? fakeKeys(means, user);
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
        ? { kind: 'refused', user, names: waysToWrite(user, means.defaultLogonDomain) }
        : { kind: 'accepted', account, proof: Buffer.from(proof) };
    },
  };
}

function findKeys({ keyring, defaultLogonDomain }: LogOnMeans, user: string) {
  if (!isPlausibleName(user)) return undefined;
  for (const name of waysToWrite(user, defaultLogonDomain)) {
    const found = keyring.logOnSecret(name, 'scram-sha-256');
    if (found) return found;
  }
  return undefined;
}

/** The name without the default domain; undefined where it is of another one. */
function bareName(user: string, defaultDomain: string): string | undefined {
  if (defaultDomain === '') return user;
  const lower = user.toLowerCase();
  const domain = defaultDomain.toLowerCase();
  if (lower.endsWith(`@${domain}`)) return user.slice(0, -domain.length - 1);
  if (lower.startsWith(`${domain}\\`)) return user.slice(domain.length + 1);
  return /[@\\]/.test(user) ? undefined : user;
}

/** Each way finds the account in every other: one salt for some of them and another for the rest would tell of it. */
function waysToWrite(user: string, defaultDomain: string): readonly string[] {
  const bare = bareName(user, defaultDomain);
  return bare === undefined || bare === '' ? [user] : [user, ...namesToTry(bare, defaultDomain)];
}
