/**
 * The console's built files over HTTP. Serves what lies below one folder and nothing else.
 *
 * Trusts: the folder's content. Distrusts: the path of the request; a name is letters, digits, dot, dash and
 * underscore, does not begin with a dot, and has an ending.
 */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentTypeOf, policyHeadersOf } from './console-policy';

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** The bundler puts a hash of the content into these names. */
const hashedName = /^assets\/.*-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

/** The file that a request's path means, as a relative path; undefined when it can mean none. Pure. */
export function filePathOf(urlPath: string): string | undefined {
  if (urlPath === '/') return 'index.html';
  const parts = urlPath.slice(1).split('/');
  // No decoding: none of our names needs it, and %2e%2e is then simply no name.
  if (!urlPath.startsWith('/') || !parts.every((part) => segment.test(part))) return undefined;
  return extname(urlPath) === '' ? undefined : parts.join('/');
}

/** Sends the file, or answers false when there is none. */
export async function sendStaticFile(
  folder: string,
  { urlPath, isHead }: { readonly urlPath: string; readonly isHead: boolean },
  response: ServerResponse,
): Promise<boolean> {
  const name = filePathOf(urlPath);
  if (name === undefined) return false;
  const found = await findFile(folder, name);
  if (!found) return false;
  response.writeHead(200, {
    ...policyHeadersOf(name),
    'content-type': contentTypeOf(extname(name)),
    'content-length': found.sizeBytes,
    // Private: the files are no secret, but no shared cache stands between a page and its loopback.
    'cache-control': hashedName.test(name) ? 'private, max-age=31536000, immutable' : 'no-store',
  });
  if (isHead) response.end();
  else await pipeline(createReadStream(found.path), response);
  return true;
}

async function findFile(
  folder: string,
  name: string,
): Promise<{ path: string; sizeBytes: number } | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, name));
    // A link that leads out of the folder is not ours to serve.
    if (!path.startsWith(root + sep)) return undefined;
    const facts = await stat(path);
    return facts.isFile() ? { path, sizeBytes: facts.size } : undefined;
  } catch {
    return undefined;
  }
}
