/**
 * AUTH CRAM-MD5 (RFC 2195): the client proves that it knows the password without sending it.
 * Promises: an unknown name is answered like a wrong password, after the same work.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeText, isPlausibleName, namesToTry } from './sasl';
import { type LogOnMeans, malformed, type SaslDialogue } from './sasl-mechanism';

/** The only thing a client without the password can do is guess: what it compares with must be nobody's. */
const nobodysPassword = randomBytes(24).toString('base64');

/** Is `digest` what somebody with this password answers to the challenge? */
export function isCramDigest(password: string, challenge: string, digest: Uint8Array): boolean {
  const expected = createHmac('md5', Buffer.from(password, 'utf8')).update(challenge, 'latin1').digest();
  return digest.length === expected.length && timingSafeEqual(digest, expected);
}

/** "user SP digest"; the name may hold blanks. Undefined when it is not that. */
export function parseCramResponse(
  message: Buffer,
): { readonly user: string; readonly digest: Buffer } | undefined {
  const match = /^(.+) ([0-9a-f]{32})$/is.exec(decodeText(message));
  return match ? { user: match[1] as string, digest: Buffer.from(match[2] as string, 'hex') } : undefined;
}

export function createCramMd5Dialogue(
  { keyring, fqdn, now, defaultLogonDomain }: LogOnMeans,
  unique: string = randomBytes(16).toString('hex'),
): SaslDialogue {
  const challenge = `<${unique}.${now()}@${fqdn}>`;
  return {
    prompt: Buffer.from(challenge, 'latin1'),
    step(message) {
      const response = parseCramResponse(message);
      if (!response) return malformed;
      const { user, digest } = response;
      let accepted: string | undefined;
      if (isPlausibleName(user))
        for (const name of namesToTry(user, defaultLogonDomain)) {
          const found = keyring.logOnSecret(name, 'cram-md5');
          const isRight = isCramDigest(found?.secret.password ?? nobodysPassword, challenge, digest);
          if (isRight) accepted ??= found?.account;
        }
      return accepted === undefined ? { kind: 'refused', user } : { kind: 'accepted', account: accepted };
    },
  };
}
