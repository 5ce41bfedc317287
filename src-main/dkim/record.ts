/** The TXT record of a DKIM key (RFC 6376 section 3.6.1, RFC 8463 section 4): written and read. Pure. */
import { createPublicKey } from 'node:crypto';
import type { DkimRecord } from '../api/contract';
import type { KeyFacts } from './key';

/** RFC 1035 section 3.3: one string of a TXT record. */
const partLength = 255;
const zoneSeconds = 3600;

/** What stands before the 32 bytes of an Ed25519 key in its subject public key info. */
const ed25519PrefixBytes = 12;

/** @param name "mail._domainkey.example.com" */
export function recordOf(name: string, facts: KeyFacts): DkimRecord {
  const publicKey = publicKeyOf(facts);
  const type = facts.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519';
  const value = `v=DKIM1; k=${type}; p=${publicKey}`;
  const parts = value.match(new RegExp(`.{1,${partLength}}`, 'g')) ?? [];
  const quoted = parts.map((part) => `"${part}"`);
  const text = quoted.length === 1 ? quoted[0] : `( ${quoted.join(' ')} )`;
  return { name, value, parts, publicKey, zoneLine: `${name}. ${zoneSeconds} IN TXT ${text}` };
}

function publicKeyOf({ algorithm, publicKey }: KeyFacts): string {
  const bytes = algorithm === 'rsa-sha256' ? publicKey : publicKey.subarray(ed25519PrefixBytes);
  return bytes.toString('base64');
}

/** Whether p= of a record is this key; an RSA key may stand there in either of two wrappings. */
export function isKeyIn(p: string, facts: KeyFacts): boolean {
  const found = Buffer.from(p, 'base64');
  if (facts.algorithm === 'ed25519-sha256') return found.toString('base64') === publicKeyOf(facts);
  if (found.equals(facts.publicKey)) return true;
  const object = createPublicKey({ key: facts.publicKey, format: 'der', type: 'spki' });
  return found.equals(object.export({ format: 'der', type: 'pkcs1' }));
}

/**
 * A list of tags (RFC 6376 section 3.2), names as written and values without the white space around; undefined when it
 * is none, or names a tag twice.
 */
export function readTags(text: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(';');
  if (parts.at(-1)?.trim() === '') parts.pop();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals)).trim();
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || tags.has(name)) return undefined;
    tags.set(name, part.slice(equals + 1).trim());
  }
  return tags;
}
