/** The field DKIM-Signature (RFC 6376 section 3.5, RFC 8463 section 3). Values in, bytes out; the key is node's. */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimAlgorithm } from '../../settings/schema';
import { relaxField, type SignedHeader } from './dkim-header';

export interface SignatureFacts {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: DkimAlgorithm;
  readonly key: KeyObject;
  readonly header: SignedHeader;
  /** SHA-256 in base64. */
  readonly bodyHash: string;
  readonly signedAtMs: number;
}

/** RFC 5322 section 2.1.1 */
const longestLine = 78;
const fieldName = 'DKIM-Signature';

const signBytes = promisify(
  (
    algorithm: string | null,
    data: Buffer,
    key: KeyObject,
    done: (error: Error | null, made: Buffer) => void,
  ) => sign(algorithm, data, key, done),
);

/** The whole field with its line ends. Rejects with what the key says. */
export async function makeSignature(facts: SignatureFacts): Promise<string> {
  const { domain, selector, algorithm, key, header, bodyHash } = facts;
  const unsigned = [
    `v=1; a=${algorithm}; c=relaxed/relaxed; d=${domain};`,
    `s=${selector}; t=${Math.floor(facts.signedAtMs / 1000)};`,
    ...foldNames(header.names),
    `bh=${bodyHash};`,
    // Whoever verifies it takes the value out again, so nothing may stand around it (section 3.7).
    'b=',
  ].join('\r\n\t');
  const data = Buffer.from(header.text + relaxField(fieldName, ` ${unsigned}`), 'latin1');
  const signature =
    algorithm === 'rsa-sha256'
      ? await signBytes('sha256', data, key)
      : // RFC 8463 section 3: the hash is what is signed.
        await signBytes(null, createHash('sha256').update(data).digest(), key);
  return `${fieldName}: ${unsigned}${fold(signature.toString('base64'))}\r\n`;
}

/** "h=from:from:to;" in lines that break behind a colon. */
function foldNames(names: readonly string[]): string[] {
  const lines = ['h='];
  names.forEach((name, at) => {
    const piece = at < names.length - 1 ? `${name}:` : `${name};`;
    const last = lines.length - 1;
    if ((lines[last] as string).length + piece.length < longestLine) lines[last] += piece;
    else lines.push(piece);
  });
  return lines;
}

const fold = (base64: string): string => base64.replace(/.{72}(?=.)/g, '$&\r\n\t');
