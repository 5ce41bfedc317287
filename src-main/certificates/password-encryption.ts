/**
 * Encryption by a password as PFX files and encrypted private keys use it: PBES2 (PKCS #5) and the older
 * schemes of PKCS #12, which Windows 2003 and 2008 write (3DES and RC2; Node's own library refuses RC2).
 *
 * Promises: never computes longer than a budget allows, whatever a file asks for, and lets others run meanwhile.
 * Fails: Problem 'invalid' at "password" when the password does not fit, at `field` when the method is unknown.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2 as pbkdf2Callback,
  randomBytes,
} from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { Problem } from '../engine/core/problem';
import {
  type Der,
  integer,
  isInteger,
  nothing,
  numberOf,
  octets,
  octetsOf,
  oid,
  oidOf,
  partsOf,
  sequence,
} from './der';

const pbkdf2 = promisify(pbkdf2Callback);

/** What one file may cost: rounds of hashing. Common files take 2,000 to 600,000 for each of three parts. */
const roundBudget = 5_000_000;
/** Those of PKCS #12 are made here one by one, on everybody's time, and take much longer than those of PBKDF2. */
const ownRoundCost = 5;
/** Rounds of hashing between two looks at the rest of the program: a few milliseconds. */
const roundsAtOnce = 1_000;
const maxSaltBytes = 1024;

/** One file's password and what may still be spent on it. */
export interface Unlocking {
  readonly password: string;
  /** Where a method that is unknown belongs. */
  readonly field: string;
  roundsLeft: number;
}

export const startUnlocking = (password: string, field: string): Unlocking => ({
  password,
  field,
  roundsLeft: roundBudget,
});

export const wrongPassword = (): Problem =>
  new Problem(
    'invalid',
    'The password does not open this file. Enter the password that it was made with.',
    'password',
  );

const unknownMethod = (field: string, name: string): Problem =>
  new Problem(
    'invalid',
    `It is encrypted by a method that is not known here (${name}). Export it anew, with AES-256 or 3DES.`,
    field,
  );

function spend(unlocking: Unlocking, rounds: number): void {
  unlocking.roundsLeft -= rounds;
  if (rounds < 1 || unlocking.roundsLeft < 0)
    throw new Problem('invalid', 'This file asks for more computing than is reasonable.', unlocking.field);
}

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2Oid = '1.2.840.113549.1.5.12';
const hmacSha256 = '1.2.840.113549.2.9';
const aes256 = '2.16.840.1.101.3.4.1.42';

const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [hmacSha256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};
const blockCiphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  [aes256]: { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
};
/** Schemes of PKCS #12, all with SHA-1. */
const oldSchemes: Readonly<Record<string, { readonly cipher: 'des3' | 'rc2'; readonly keyBytes: number }>> = {
  '1.2.840.113549.1.12.1.3': { cipher: 'des3', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des3', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2', keyBytes: 5 },
};

/** Opens what `algorithm` (an AlgorithmIdentifier) describes. */
export async function decrypt(
  algorithm: Der | undefined,
  data: Buffer,
  unlocking: Unlocking,
): Promise<Buffer> {
  const [name, parameters] = partsOf(algorithm);
  const method = oidOf(name);
  if (method === pbes2) return decryptPbes2(parameters, data, unlocking);
  const scheme = oldSchemes[method];
  if (scheme === undefined) throw unknownMethod(unlocking.field, method);
  const [salt, rounds] = partsOf(parameters);
  const facts = { hash: 'sha1', salt: octetsOf(salt), rounds: numberOf(rounds), unlocking };
  const key = await derivePkcs12Key({ ...facts, purpose: 1, length: scheme.keyBytes });
  const iv = await derivePkcs12Key({ ...facts, purpose: 2, length: 8 });
  if (scheme.cipher === 'rc2') return decryptRc2(data, key, iv);
  // Two keys: the first is used again as the third.
  const wholeKey = key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key;
  return decipher('des-ede3-cbc', wholeKey, iv, data);
}

async function decryptPbes2(
  parameters: Der | undefined,
  data: Buffer,
  unlocking: Unlocking,
): Promise<Buffer> {
  const [derivation, encryption] = partsOf(parameters).map(partsOf);
  const derivationName = oidOf(derivation?.[0]);
  const [salt, rounds, ...rest] = derivationName === pbkdf2Oid ? partsOf(derivation?.[1]) : [];
  const cipherName = oidOf(encryption?.[0]);
  const cipher = blockCiphers[cipherName];
  const prf = rest.find((part) => !isInteger(part));
  const hash = prf === undefined ? 'sha1' : hmacs[oidOf(partsOf(prf)[0])];
  if (salt === undefined) throw unknownMethod(unlocking.field, derivationName);
  if (cipher === undefined || hash === undefined) throw unknownMethod(unlocking.field, cipherName);
  const saltBytes = boundSalt(octetsOf(salt), unlocking);
  const count = numberOf(rounds);
  spend(unlocking, count);
  const password = Buffer.from(unlocking.password, 'utf8');
  const key = await pbkdf2(password, saltBytes, count, cipher.keyBytes, hash);
  return decipher(cipher.name, key, octetsOf(encryption?.[1]), data);
}

function boundSalt(salt: Buffer, { field }: Unlocking): Buffer {
  if (salt.length > maxSaltBytes) throw new Problem('invalid', 'This file is damaged.', field);
  return salt;
}

/** A wrong key shows as wrong padding, nearly always; the rest shows when the result is read. */
function decipher(name: string, key: Buffer, iv: Buffer, data: Buffer): Buffer {
  try {
    const opened = createDecipheriv(name, key, iv);
    return Buffer.concat([opened.update(data), opened.final()]);
  } catch {
    throw wrongPassword();
  }
}

function decryptRc2(data: Buffer, key: Buffer, iv: Buffer): Buffer {
  const cipher = forge.rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
  cipher.start(iv.toString('latin1'), undefined as unknown as forge.util.ByteBuffer);
  cipher.update(forge.util.createBuffer(data.toString('latin1')));
  if (data.length === 0 || data.length % 8 !== 0 || !cipher.finish()) throw wrongPassword();
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}

interface Pkcs12Derivation {
  readonly hash: string;
  readonly salt: Buffer;
  readonly rounds: number;
  /** RFC 7292, B.3: 1 key, 2 initialisation vector, 3 message authentication. */
  readonly purpose: 1 | 2 | 3;
  readonly length: number;
  readonly unlocking: Unlocking;
}

/** RFC 7292, appendix B.2. `length` is for its caller to bound. */
export async function derivePkcs12Key(derivation: Pkcs12Derivation): Promise<Buffer> {
  const { hash, rounds, purpose, length, unlocking } = derivation;
  const salt = boundSalt(derivation.salt, unlocking);
  const blockBytes = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const password = Buffer.from(`${unlocking.password}\0`, 'utf16le').swap16();
  const diversifier = Buffer.alloc(blockBytes, purpose);
  let input = Buffer.concat([fill(salt, blockBytes), fill(password, blockBytes)]);
  const out: Buffer[] = [];
  for (let made = 0; made < length; ) {
    spend(unlocking, rounds * ownRoundCost);
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) {
      digest = createHash(hash).update(digest).digest();
      if (round % roundsAtOnce === 0) await letOthersRun();
    }
    out.push(digest);
    made += digest.length;
    input = addToBlocks(input, fill(digest, blockBytes).subarray(0, blockBytes));
  }
  return Buffer.concat(out).subarray(0, length);
}

/** Repeated until it fills whole blocks; nothing stays nothing. */
function fill(bytes: Buffer, blockBytes: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
}

/** Each block of `input` plus `addend` plus one, as large numbers. */
function addToBlocks(input: Buffer, addend: Buffer): Buffer<ArrayBuffer> {
  const sum = Buffer.from(input);
  for (let start = 0; start < sum.length; start += addend.length) {
    let carry = 1;
    for (let at = addend.length - 1; at >= 0; at--) {
      carry += (sum[start + at] ?? 0) + (addend[at] ?? 0);
      sum[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum;
}

/** What files that are made here take; Windows since 2016 and every OpenSSL of today read it. */
export const ownRounds = 100_000;

/** Seals by AES-256 (PBES2, HMAC-SHA256): the AlgorithmIdentifier and the sealed bytes. */
export async function encrypt(
  data: Uint8Array,
  password: string,
): Promise<{ algorithm: Der; sealed: Buffer }> {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = await pbkdf2(Buffer.from(password, 'utf8'), salt, ownRounds, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = Buffer.concat([cipher.update(data), cipher.final()]);
  const derivation = sequence(octets(salt), integer(ownRounds), sequence(oid(hmacSha256), nothing()));
  const algorithm = sequence(
    oid(pbes2),
    sequence(sequence(oid(pbkdf2Oid), derivation), sequence(oid(aes256), octets(iv))),
  );
  return { algorithm, sealed };
}
