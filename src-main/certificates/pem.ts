/**
 * Reading PEM: certificates in any order and company (also PKCS #7, as Windows authorities answer), and private
 * keys, encrypted or not.
 *
 * Trusts: nothing; the length is bounded by the contract.
 * Fails: Problem 'invalid' at the field that the caller names, or at "password".
 */
import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { Problem, systemCodeOf } from '../engine/core/problem';
import { parseCertificate } from './chain';
import { isTagged, octetsOf, oidOf, parseDer, partsOf, writeDer } from './der';
import { decrypt, startUnlocking, wrongPassword } from './password-encryption';

/** Bundles of all authorities have more; they are of no use here. */
const maxCertificates = 50;

interface Block {
  readonly label: string;
  /** With its first and last line. */
  readonly text: string;
  readonly bytes: Buffer;
}

/** The blocks in a text; what stands between them is for people. Takes time in proportion to the length. */
function splitBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (let from = 0; ; ) {
    const begin = text.indexOf('-----BEGIN ', from);
    const end = begin < 0 ? -1 : text.indexOf('-----END ', begin);
    if (end < 0) return blocks;
    const label = /^-----BEGIN ([A-Z0-9 #]{1,40})-----/.exec(text.slice(begin, begin + 80))?.[1];
    from = end + 9;
    if (label === undefined || !text.startsWith(`${label}-----`, from)) continue;
    const body = text.slice(begin + label.length + 16, end);
    // Headers ("Proc-Type: 4,ENCRYPTED") are divided from the content by an empty line.
    const content = /^\s*[\w-]+:/.test(body) ? (body.split(/\r?\n\r?\n/)[1] ?? '') : body;
    blocks.push({
      label,
      text: text.slice(begin, from + label.length + 5),
      bytes: Buffer.from(content, 'base64'),
    });
  }
}

/** All certificates in a text. Throws when there is none. */
export function readCertificates(text: string, field: string): X509Certificate[] {
  const blocks = splitBlocks(text);
  const found = blocks
    .filter(({ label }) => /CERTIFICATE$|^PKCS7$|^CMS$|^PKCS #7/.test(label))
    .slice(0, maxCertificates)
    .flatMap(({ bytes }) => parseCertificate(bytes) ?? readPkcs7(bytes));
  if (found.length > 0) return found.slice(0, maxCertificates);
  const isRequest = blocks.some(({ label }) => label.endsWith('CERTIFICATE REQUEST'));
  throw new Problem(
    'invalid',
    isRequest
      ? 'This is the request itself. Enter the certificate that the authority made of it.'
      : 'There is no certificate in it. Enter the whole text from -----BEGIN CERTIFICATE----- on.',
    field,
  );
}

const signedData = '1.2.840.113549.1.7.2';

/** The certificates in a PKCS #7 "certs only" message; none when it is something else. */
function readPkcs7(bytes: Buffer): X509Certificate[] {
  try {
    const [type, wrapped] = partsOf(parseDer(bytes));
    if (oidOf(type) !== signedData) return [];
    const certificates = partsOf(partsOf(wrapped)[0]).find((part) => isTagged(part, 0));
    return partsOf(certificates)
      .slice(0, maxCertificates)
      .flatMap((node) => parseCertificate(writeDer(node)) ?? []);
  } catch {
    return [];
  }
}

export interface PrivateKeyText {
  readonly text: string;
  readonly password: string;
  readonly field: string;
}

/** The first private key in a text: PKCS #8, PKCS #1 or SEC 1, encrypted ones with their password. */
export async function readPrivateKey({ text, password, field }: PrivateKeyText): Promise<KeyObject> {
  const block = splitBlocks(text).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    throw new Problem(
      'invalid',
      'There is no private key in it. Enter the whole text from -----BEGIN PRIVATE KEY----- on.',
      field,
    );
  }
  const isEncrypted = block.label.startsWith('ENCRYPTED') || /^Proc-Type:.*ENCRYPTED/m.test(block.text);
  if (isEncrypted && password === '')
    throw new Problem('invalid', 'This key is encrypted. Enter its password.', 'password');
  try {
    if (!block.label.startsWith('ENCRYPTED'))
      return createPrivateKey({ key: block.text, format: 'pem', passphrase: password });
    const [algorithm, sealed] = partsOf(parseDer(block.bytes));
    const opened = await decrypt(algorithm, octetsOf(sealed), startUnlocking(password, field));
    return openWith(opened);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const isUnsupported = systemCodeOf(error)?.includes('UNSUPPORTED') === true;
    if (isEncrypted && !isUnsupported && !block.label.startsWith('ENCRYPTED')) throw wrongPassword();
    throw new Problem(
      'invalid',
      'This private key cannot be read. It is damaged or of an unknown kind.',
      field,
      {
        cause: error,
      },
    );
  }
}

/** What a wrong password has opened by chance is no key. */
function openWith(opened: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' });
  } catch {
    throw wrongPassword();
  }
}
