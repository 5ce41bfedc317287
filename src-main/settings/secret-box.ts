/**
 * Seals secrets (passwords, private keys) so that they never lie in clear on the disk.
 *
 * Owns: the key file `secret.key` of the data folder (mode 0600), made at the first use.
 * Promises: AES-256-GCM with a fresh nonce for each secret; a sealed text that was changed or belongs to another
 *   key is refused, never opened wrongly.
 * Trusts: that nobody but the owner of the data folder reads the key file.
 * Fails: Problem 'unavailable' when a secret cannot be opened; 'folder-unusable' when there can be no key.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem, reasonOf, systemCodeOf } from '../engine/core/problem';
import { sealedPrefix } from './schema';

export interface SecretBox {
  /** "sealed:v1:..." for a clear text. */
  seal(clearText: string): string;
  /** The clear text. Throws Problem 'unavailable'. */
  open(sealed: string): string;
  /** A secret of its own for each purpose, always the same under one key. Throws as `seal` does. */
  derive(purpose: string): Uint8Array;
}

const version = `${sealedPrefix}v1:`;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export function createSecretBox(dataFolder: string): SecretBox {
  const path = join(dataFolder, 'secret.key');
  let key: Buffer | undefined;
  const keyOf = (): Buffer => {
    key ??= readKey(path) ?? makeKey(path);
    return key;
  };
  return {
    seal(clearText) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keyOf(), nonce);
      const sealed = Buffer.concat([cipher.update(clearText, 'utf8'), cipher.final()]);
      return version + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    derive: (purpose) => createHmac('sha256', keyOf()).update(purpose).digest(),
    open(text) {
      const known = key ?? readKey(path);
      const bytes = Buffer.from(text.slice(version.length), 'base64');
      if (!text.startsWith(version) || known === undefined || bytes.length < nonceBytes + tagBytes)
        throw cannotOpen(path);
      const cipher = createDecipheriv('aes-256-gcm', known, bytes.subarray(0, nonceBytes));
      cipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      try {
        const body = bytes.subarray(nonceBytes + tagBytes);
        return Buffer.concat([cipher.update(body), cipher.final()]).toString('utf8');
      } catch (error) {
        throw cannotOpen(path, error);
      }
    },
  };
}

const cannotOpen = (path: string, cause?: unknown): Problem =>
  new Problem(
    'unavailable',
    `A stored secret cannot be read: it was sealed with another key than that in ${path}. Enter it again.`,
    undefined,
    { cause },
  );

function readKey(path: string): Buffer | undefined {
  try {
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (key.length !== keyBytes) throw new Problem('unavailable', `${path} holds no usable key.`);
    return key;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written whole under another name first: a key that is there only in part would lose what it sealed. */
function makeKey(path: string): Buffer {
  const key = randomBytes(keyBytes);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // What another process of this number left behind when it was killed; in a container all have the same.
    rmSync(temporary, { force: true });
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, `${key.toString('base64')}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // A link, not a rename: a key that is there already must never be replaced.
    linkSync(temporary, path);
    flushFolderOf(path);
    return key;
  } catch (error) {
    const other = systemCodeOf(error) === 'EEXIST' ? readKey(path) : undefined;
    if (other) return other;
    throw new Problem(
      'folder-unusable',
      `The key file ${path} could not be made: ${reasonOf(error)}`,
      undefined,
      {
        cause: error,
      },
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** What is sealed must not reach the disk before the name of its key does. Where a system cannot do it, it needs it not. */
function flushFolderOf(path: string): void {
  try {
    const handle = openSync(dirname(path), 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (
      !['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(
        systemCodeOf(error) ?? '',
      )
    )
      throw error;
  }
}
