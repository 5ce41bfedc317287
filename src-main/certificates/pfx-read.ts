/**
 * Reading PFX files (PKCS #12): those of Windows 2003 as well as today's.
 *
 * Trusts: nothing in the file. Its size is bounded by the contract, its nesting and its computing here.
 * Fails: Problem 'invalid' at "password" or "contentBase64".
 */
import {
  createHmac,
  createPrivateKey,
  type KeyObject,
  timingSafeEqual,
  type X509Certificate,
} from 'node:crypto';
import { Problem } from '../engine/core/problem';
import { parseCertificate } from './chain';
import { type Der, isTagged, numberOf, octetsOf, oidOf, parseDer, partsOf, writeDer } from './der';
import {
  decrypt,
  derivePkcs12Key,
  startUnlocking,
  type Unlocking,
  wrongPassword,
} from './password-encryption';

const field = 'contentBase64';
const data = '1.2.840.113549.1.7.1';
const encryptedData = '1.2.840.113549.1.7.6';
const keyBag = '1.2.840.113549.1.12.10.1.1';
const shroudedKeyBag = '1.2.840.113549.1.12.10.1.2';
const certificateBag = '1.2.840.113549.1.12.10.1.3';
const nestedBag = '1.2.840.113549.1.12.10.1.6';

const maxBags = 100;
const maxNesting = 4;

export interface PfxContent {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly X509Certificate[];
}

export async function readPfx(bytes: Buffer, password: string): Promise<PfxContent> {
  try {
    return await openPfx(bytes, startUnlocking(password, field));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('invalid', 'This is no PFX file, or it is damaged.', field, { cause: error });
  }
}

async function openPfx(bytes: Buffer, unlocking: Unlocking): Promise<PfxContent> {
  const [version, authSafe, mac] = partsOf(parseDer(bytes));
  if (numberOf(version) !== 3) throw new Error('Not version 3.');
  const content = contentOf(authSafe);
  if (content.type !== data) {
    throw new Problem(
      'invalid',
      'This file is protected for a Windows account, not by a password. Export it anew with a password.',
      field,
    );
  }
  const safe = octetsOf(content.body);
  const isChecked = await checkMac(mac, safe, unlocking);
  try {
    return await openSafe(parseDer(safe), unlocking);
  } catch (error) {
    // Without a code of its own the file cannot tell a wrong password from damage; the password is likelier.
    if (isChecked || error instanceof Problem) throw error;
    throw wrongPassword();
  }
}

/** ContentInfo: its type, and what is in its [0]. */
function contentOf(node: Der | undefined): { readonly type: string; readonly body: Der | undefined } {
  const [type, wrapped] = partsOf(node);
  return { type: oidOf(type), body: isTagged(wrapped, 0) ? partsOf(wrapped)[0] : undefined };
}

const macHashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Whether the file has an authentication code that is known here; throws when the password does not fit it. */
async function checkMac(mac: Der | undefined, safe: Buffer, unlocking: Unlocking): Promise<boolean> {
  if (mac === undefined) return false;
  const [digestInfo, salt, rounds] = partsOf(mac);
  const [algorithm, digest] = partsOf(digestInfo);
  const hash = macHashes[oidOf(partsOf(algorithm)[0])];
  if (hash === undefined) return false;
  const wanted = octetsOf(digest);
  // A longer one would have a key of its length computed.
  if (wanted.length !== createHmac(hash, '').digest().length)
    throw new Error('The code has the wrong length.');
  const key = await derivePkcs12Key({
    hash,
    salt: octetsOf(salt),
    rounds: rounds === undefined ? 1 : numberOf(rounds),
    purpose: 3,
    length: wanted.length,
    unlocking,
  });
  const found = createHmac(hash, key).update(safe).digest();
  if (!timingSafeEqual(found, wanted)) throw wrongPassword();
  return true;
}

async function openSafe(authenticatedSafe: Der, unlocking: Unlocking): Promise<PfxContent> {
  const found = { keys: [] as KeyObject[], certificates: [] as X509Certificate[], bags: 0 };
  for (const part of partsOf(authenticatedSafe)) {
    const { type, body } = contentOf(part);
    if (type === data) await readBags(parseDer(octetsOf(body)), { unlocking, found, depth: 0 });
    else if (type === encryptedData) {
      const [, sealed] = partsOf(body);
      const [, algorithm, content] = partsOf(sealed);
      const opened = await decrypt(algorithm, octetsOf(content), unlocking);
      await readBags(parseDer(opened), { unlocking, found, depth: 0 });
    }
  }
  return found;
}

interface BagReading {
  readonly unlocking: Unlocking;
  readonly found: { readonly keys: KeyObject[]; readonly certificates: X509Certificate[]; bags: number };
  readonly depth: number;
}

async function readBags(bags: Der, reading: BagReading): Promise<void> {
  const { unlocking, found, depth } = reading;
  for (const bag of partsOf(bags)) {
    found.bags += 1;
    if (found.bags > maxBags || depth > maxNesting) throw new Error('Too many parts.');
    const { type, body } = contentOf(bag);
    if (type === certificateBag) {
      const certificate = parseCertificate(octetsOf(partsOf(partsOf(body)[1])[0]));
      if (certificate !== undefined) found.certificates.push(certificate);
    } else if (type === shroudedKeyBag && body !== undefined) {
      found.keys.push(await openShroudedKey(body, unlocking));
    } else if (type === keyBag && body !== undefined) {
      found.keys.push(createPrivateKey({ key: writeDer(body), format: 'der', type: 'pkcs8' }));
    } else if (type === nestedBag && body !== undefined) {
      await readBags(body, { ...reading, depth: depth + 1 });
    }
  }
}

async function openShroudedKey(node: Der, unlocking: Unlocking): Promise<KeyObject> {
  const [algorithm, sealed] = partsOf(node);
  const opened = await decrypt(algorithm, octetsOf(sealed), unlocking);
  return createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' });
}
