/**
 * Passwords as they lie on the disk: scrypt with its parameters beside the hash, so that stronger ones can be
 * chosen later and old hashes still verify.
 *
 * Promises: the password itself is kept nowhere; comparisons take the same time whatever is wrong; a name that
 *   nobody has costs as much as a wrong password (`undefined` is compared with a hash that nothing matches).
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const saltBytes = 16;
const keyBytes = 32;
/** About 32 MB and a tenth of a second for each guess. */
const cost = { n: 2 ** 15, r: 8, p: 1 } as const;

const base64 = (bytes: number) =>
  z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === bytes, `Expected ${bytes} bytes in base64.`);

/** Bounded: a damaged file must not make us reserve gigabytes. */
export const passwordHash = z.strictObject({
  scheme: z.literal('scrypt'),
  n: z
    .number()
    .int()
    .min(2 ** 14)
    .max(2 ** 18)
    .refine((value) => Number.isInteger(Math.log2(value)), 'Expected a power of two.'),
  r: z.number().int().min(8).max(16),
  p: z.number().int().min(1).max(4),
  salt: base64(saltBytes),
  key: base64(keyBytes),
});
export type PasswordHash = z.infer<typeof passwordHash>;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(saltBytes);
  const key = await deriveKey(password, { ...cost, salt });
  return { scheme: 'scrypt', ...cost, salt: salt.toString('base64'), key: key.toString('base64') };
}

const nobody: PasswordHash = {
  scheme: 'scrypt',
  ...cost,
  salt: randomBytes(saltBytes).toString('base64'),
  key: randomBytes(keyBytes).toString('base64'),
};

/** True when `password` is the one that was hashed; never for `undefined`, at the same cost. */
export async function verifyPassword(stored: PasswordHash | undefined, password: string): Promise<boolean> {
  const { n, r, p, salt, key } = stored ?? nobody;
  const derived = await deriveKey(password, { n, r, p, salt: Buffer.from(salt, 'base64') });
  return timingSafeEqual(derived, Buffer.from(key, 'base64')) && stored !== undefined;
}

/** The same letters typed on another system may come as other code points. */
export const normalizePassword = (password: string): string => password.normalize('NFC');

/** What SASLprep makes of a password (RFC 4013 sections 2.1 and 2.2), as clients of SCRAM do. */
export const prepareScramPassword = (password: string): string =>
  password
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu, '')
    .normalize('NFKC');

function deriveKey(
  password: string,
  { n, r, p, salt }: { readonly n: number; readonly r: number; readonly p: number; readonly salt: Buffer },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // What scrypt needs is 128 * N * r, and a little.
    const options = { N: n, r, p, maxmem: 128 * n * r * 2 };
    scrypt(normalizePassword(password), salt, keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
