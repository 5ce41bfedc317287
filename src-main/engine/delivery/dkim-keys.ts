/**
 * DKIM keys of the settings: which of them sign a message, and the private keys themselves.
 *
 * Owns: the keys that were opened, for as long as the settings that hold them are in force.
 * Fails: CannotSign, in words for people; nothing of the key is in them.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { DkimKey, ServerSettings } from '../../settings/schema';
import { normaliseDomain } from '../core/address';
import { Problem } from '../core/problem';

/** The message waits: a domain's mail that suddenly goes unsigned is taken for forged. */
export class CannotSign extends Problem {
  /** Place of the key in DNS. */
  readonly keyName: string;

  constructor(message: string, keyName: string, options?: { cause?: unknown }) {
    super('unavailable', message, undefined, options);
    this.keyName = keyName;
  }
}

/** By object identity: settings are replaced as a whole when they change. */
const known = new WeakMap<ServerSettings, ReadonlyMap<string, readonly DkimKey[]>>();

function keysByDomain(settings: ServerSettings): ReadonlyMap<string, readonly DkimKey[]> {
  const found = known.get(settings);
  if (found) return found;
  const keys = new Map<string, DkimKey[]>();
  for (const key of settings.dkimKeys) {
    if (!key.isSigning || key.privateKey === '') continue;
    const domain = normaliseDomain(key.domain);
    const others = keys.get(domain);
    if (others) others.push(key);
    else keys.set(domain, [key]);
  }
  known.set(settings, keys);
  return keys;
}

/** False: no message is signed, whoever it is from. */
export const hasSigningKeys = (settings: ServerSettings): boolean => keysByDomain(settings).size > 0;

/**
 * All keys of the domain that the message is from; where it has none, of the nearest domain above it that has: DMARC
 * takes that for the same organization (RFC 7489 section 3.1.1).
 *
 * @param domain normalised
 */
export function signingKeysOf(settings: ServerSettings, domain: string): readonly DkimKey[] {
  const keys = keysByDomain(settings);
  for (let name = domain; name !== ''; ) {
    const found = keys.get(name);
    if (found) return found;
    const dot = name.indexOf('.');
    name = dot < 0 ? '' : name.slice(dot + 1);
  }
  return [];
}

/** "mail._domainkey.example.com" */
export const keyNameOf = ({ selector, domain }: Pick<DkimKey, 'selector' | 'domain'>): string =>
  `${selector}._domainkey.${domain}`.toLowerCase();

const keyTypes = { 'rsa-sha256': 'rsa', 'ed25519-sha256': 'ed25519' } as const;

/** @param unseal opens a sealed text; may throw */
export function createKeyOpener(unseal: (secret: string) => string): (key: DkimKey) => KeyObject {
  const opened = new WeakMap<DkimKey, KeyObject>();
  return (key) => {
    const ready = opened.get(key);
    if (ready) return ready;
    const name = keyNameOf(key);
    let object: KeyObject;
    try {
      const der = Buffer.from(unseal(key.privateKey), 'base64');
      object = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    } catch (error) {
      throw new CannotSign(`The private key of the DKIM key ${name} cannot be opened.`, name, {
        cause: error,
      });
    }
    if (object.asymmetricKeyType !== keyTypes[key.algorithm])
      throw new CannotSign(`The private key of the DKIM key ${name} is not one for ${key.algorithm}.`, name);
    opened.set(key, object);
    return object;
  };
}
