/** Files of certificates as the command line reads and writes them. */
import { readFile, writeFile } from 'node:fs/promises';
import { Problem, reasonOf } from '../engine/core/problem';
import type { CommandContext } from './command';

/** Nothing that the engine takes is larger. */
const maxFileBytes = 1_100_000;

/** The bytes of a file; "-" is standard input. */
async function readBytes({ terminal }: CommandContext, file: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = file === '-' ? Buffer.from(await terminal.readInput()) : await readFile(file);
  } catch (error) {
    throw new Problem('invalid', `${file} cannot be read: ${reasonOf(error)}`, undefined, { cause: error });
  }
  if (bytes.length > maxFileBytes) throw new Problem('invalid', `${file} is too large for a certificate.`);
  return bytes;
}

const isPem = (bytes: Buffer): boolean => bytes.includes('-----BEGIN ');

/** PEM as it is; bytes get the lines of PEM around them. */
function pemOf(bytes: Buffer, label: string): string {
  if (isPem(bytes) || bytes[0] !== 0x30) return bytes.toString('utf8');
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

export const readPem = async (context: CommandContext, file: string, label: string): Promise<string> =>
  pemOf(await readBytes(context, file), label);

/** What a file to import is: PEM text, or a PFX file. */
export async function readImport(
  context: CommandContext,
  file: string,
): Promise<{ readonly pem: string } | { readonly pfxBase64: string }> {
  const bytes = await readBytes(context, file);
  return isPem(bytes) ? { pem: bytes.toString('utf8') } : { pfxBase64: bytes.toString('base64') };
}

/** Never over another file, and for nobody else's eyes. */
export async function writeNew(file: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Problem('refused', `${file} was not written: ${reasonOf(error)}`, undefined, { cause: error });
  }
}
