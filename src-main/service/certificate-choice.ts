/** Which certificate a command means: by name (case does not count) or number. */
import type { CertificateRow } from '../api/contract';
import type { ContractClient } from '../api/http/control-client';
import { Problem } from '../engine/core/problem';

/** By number, or by a name that only one has. Pure. Throws Problem 'not-found' or 'refused'. */
export function chooseCertificate<T extends Pick<CertificateRow, 'id' | 'name'>>(
  rows: readonly T[],
  wanted: string,
): T {
  const name = wanted.trim().toLowerCase();
  const found = rows.filter((row) => row.id === name || row.name.toLowerCase() === name);
  const [row] = found;
  if (row === undefined)
    throw new Problem(
      'not-found',
      `There is no certificate named "${wanted}". mailroot cert list lists them.`,
    );
  if (found.length > 1)
    throw new Problem(
      'refused',
      `${found.length} certificates are called "${wanted}". Give the number of one.`,
    );
  return row;
}

export const findCertificate = async (client: ContractClient, wanted: string): Promise<CertificateRow> =>
  chooseCertificate(await client.certificates.list(), wanted);

const isNumber = (text: string): boolean => /^[0-9a-f]{16}$/.test(text);

/** What a word says of certificates by their names; undefined: nothing, or it is JSON. */
function readNames(word: string): { readonly key: string; readonly names: readonly string[] } | undefined {
  const match = /^(certificate|furtherCertificates)=([^["]*)$/.exec(word);
  const [, key, text] = match ?? [];
  if (key === undefined || text === undefined) return undefined;
  const names = (key === 'certificate' ? [text] : text.split(',')).map((name) => name.trim());
  return names.every((name) => name === '' || isNumber(name)) ? undefined : { key, names };
}

/** Whether "certificate=Relay" stands there, which no schema can judge. Pure. */
export const namesCertificate = (word: string): boolean => readNames(word) !== undefined;

/** The same words with the numbers of certificates for their names. Throws Problem naming the setting. */
export async function replaceCertificateNames(
  client: ContractClient,
  words: readonly string[],
): Promise<string[]> {
  if (!words.some(namesCertificate)) return [...words];
  const rows = await client.certificates.list();
  return words.map((word) => {
    const named = readNames(word);
    if (named === undefined) return word;
    try {
      const numbers = named.names.map((name) => (isNumber(name) ? name : chooseCertificate(rows, name).id));
      return `${named.key}=${numbers.join(',')}`;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, error.message, named.key, { cause: error });
    }
  });
}
