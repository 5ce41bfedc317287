/**
 * What an account keeps for each way of logging in: made from the password, as little as the way allows.
 *
 * Promises: nothing is kept for a way that is not allowed; what is as good as the password (NT hash, CRAM-MD5's
 *   password) and the SCRAM keys lie on the disk sealed only.
 * Fails: Problem 'unavailable' when the key of a sealed secret is gone.
 */
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type LogOnMethod, type LogOnSecrets, logOnMethods } from '../engine/core/keyring';
import { Problem } from '../engine/core/problem';
import { md4 } from '../engine/ntlm/md4';
import { hashPassword, passwordHash, prepareScramPassword } from './password';

/** Seals what must not lie on the disk in clear. */
export interface SecretSeal {
  seal(clearText: string): string;
  /** Throws Problem 'unavailable'. */
  open(sealed: string): string;
}

const sealedSecret = z.string().max(8192);
/** The fields of a stored account that say how it may log in. */
export const logOnFields = {
  /** Not there: 'basic' alone, as in files from before there was a choice. */
  methods: z.array(z.enum(logOnMethods)).min(1).max(logOnMethods.length).optional(),
  /** Of 'basic'. */
  password: passwordHash.optional(),
  secrets: z
    .strictObject({
      ntlm: sealedSecret.optional(),
      'cram-md5': sealedSecret.optional(),
      'scram-sha-256': sealedSecret.optional(),
    })
    .optional(),
};
const fields = z.object(logOnFields);
export type LogOnFields = Readonly<z.infer<typeof fields>>;
type SealedMethod = keyof LogOnSecrets;

const justBasic: readonly LogOnMethod[] = ['basic'];
const sealedMethods: readonly SealedMethod[] = ['ntlm', 'cram-md5', 'scram-sha-256'];
const words: Readonly<Record<LogOnMethod, string>> = {
  basic: 'PLAIN and LOGIN',
  ntlm: 'NTLM',
  'cram-md5': 'CRAM-MD5',
  'scram-sha-256': 'SCRAM-SHA-256',
  kerberos: 'Kerberos',
};

export const methodsOf = (stored: LogOnFields): readonly LogOnMethod[] => stored.methods ?? justBasic;

/** RFC 7677 asks for 4096 at least. Unknown names are answered with the same number. */
const scramIterations = 10_000;
const scramSaltBytes = 16;
const scramKeyBytes = 32;
const deriveKey = promisify(pbkdf2);

/**
 * What an account stores for its ways of logging in.
 *
 * @param password a new one: everything is made anew; undefined: what is there is kept, for ways that stay
 * @param stored what is there
 */
export async function makeLogOnFields(
  methods: readonly LogOnMethod[],
  password: string | undefined,
  stored: LogOnFields,
  box: SecretSeal,
): Promise<LogOnFields> {
  const allowed = logOnMethods.filter((method) => methods.includes(method));
  if (password === undefined) refuseMissing(allowed, stored);
  else if (allowed.every((method) => method === 'kerberos'))
    throw new Problem('invalid', 'An account that logs in with Kerberos alone has no password.', 'password');
  const sealed: Partial<Record<SealedMethod, string>> = {};
  for (const method of sealedMethods) {
    if (!allowed.includes(method)) continue;
    sealed[method] =
      password === undefined
        ? (stored.secrets?.[method] as string)
        : box.seal(JSON.stringify(await makeSecret[method](password)));
  }
  const hash = password === undefined ? stored.password : undefined;
  return {
    methods: allowed.every((method) => method === 'basic') ? undefined : allowed,
    password: allowed.includes('basic') ? (hash ?? (await hashPassword(password as string))) : undefined,
    secrets: Object.keys(sealed).length === 0 ? undefined : sealed,
  };
}

function refuseMissing(methods: readonly LogOnMethod[], stored: LogOnFields): void {
  const missing = methods.filter((method) => {
    if (method === 'kerberos') return false;
    return (method === 'basic' ? stored.password : stored.secrets?.[method]) === undefined;
  });
  if (missing.length === 0) return;
  const ways = missing.map((method) => words[method]).join(', ');
  throw new Problem('invalid', `Enter the password: ${ways} cannot be allowed without it.`, 'password');
}

/** What is sealed, as JSON. */
const makeSecret: Readonly<Record<SealedMethod, (password: string) => Promise<unknown> | unknown>> = {
  ntlm: (password) => md4(Buffer.from(password, 'utf16le')).toString('base64'),
  'cram-md5': (password) => password,
  'scram-sha-256': async (password) => {
    const salt = randomBytes(scramSaltBytes);
    const salted = await deriveKey(
      prepareScramPassword(password),
      salt,
      scramIterations,
      scramKeyBytes,
      'sha256',
    );
    const keyOf = (purpose: string): Buffer => createHmac('sha256', salted).update(purpose).digest();
    return {
      salt: salt.toString('base64'),
      iterations: scramIterations,
      storedKey: createHash('sha256').update(keyOf('Client Key')).digest('base64'),
      serverKey: keyOf('Server Key').toString('base64'),
    };
  },
};

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const readSecret: { readonly [M in SealedMethod]: z.ZodType<LogOnSecrets[M]> } = {
  ntlm: bytes.transform((ntHash) => ({ ntHash })),
  'cram-md5': z.string().transform((password) => ({ password })),
  'scram-sha-256': z.object({
    salt: bytes,
    iterations: z.number().int().min(4096).max(10_000_000),
    storedKey: bytes,
    serverKey: bytes,
  }),
};

/** Undefined where the account does not allow the way. Throws Problem 'unavailable'. */
export function openLogOnSecret<M extends SealedMethod>(
  stored: LogOnFields,
  method: M,
  box: SecretSeal,
): LogOnSecrets[M] | undefined {
  const sealed = stored.secrets?.[method];
  if (sealed === undefined || !methodsOf(stored).includes(method)) return undefined;
  return readSecret[method].parse(JSON.parse(box.open(sealed)));
}
