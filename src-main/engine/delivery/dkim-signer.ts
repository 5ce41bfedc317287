/**
 * Signs outgoing messages with the DKIM keys of the domain that they are from (RFC 6376, RFC 8463).
 *
 * Promises: the signature is about the bytes that a host gets after DATA; content is read once and not kept, so a
 *   large message costs no memory; a message that cannot be signed for what it is (no From, several, a header that
 *   cannot be read) goes on unsigned, one whose key cannot be used waits.
 * Trusts: nothing in the message.
 * Fails: CannotSign for a key, and with the system's error when the content cannot be read.
 */
import type { DkimKey, ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import { type ContentSource, wholeReadLimitBytes } from '../core/content';
import type { Emit } from '../core/event';
import { createLineEndingNormaliser } from '../core/line-endings';
import { reasonOf } from '../core/problem';
import { type BodyHasher, createBodyHasher } from './dkim-body';
import { authorDomainOf, chooseSignedFields, readFields, type SignedHeader } from './dkim-header';
import { CannotSign, createKeyOpener, hasSigningKeys, keyNameOf, signingKeysOf } from './dkim-keys';
import { makeSignature } from './dkim-signature';
import { longestHeaderBytes } from './header-edit';

export interface SignerOptions {
  readonly settings: () => ServerSettings;
  /** Opens a sealed private key; may throw. */
  readonly unseal: (secret: string) => string;
  readonly clock: Clock;
  readonly serverId: number;
  readonly emit?: Emit;
}

/** The content with its signatures on top; the content itself when no key is for it. */
export type Sign = (content: ContentSource) => Promise<ContentSource>;

export function createSigner({ settings, unseal, clock, serverId, emit }: SignerOptions): Sign {
  const openKey = createKeyOpener(unseal);
  /** Said once for each key until the settings change. */
  let warned: { readonly settings: ServerSettings; readonly keys: Set<string> } | undefined;
  const warn = (about: ServerSettings, { message, keyName, cause }: CannotSign): void => {
    if (warned?.settings !== about) warned = { settings: about, keys: new Set() };
    if (warned.keys.has(keyName)) return;
    warned.keys.add(keyName);
    const why = cause === undefined ? '' : ` (${reasonOf(cause)})`;
    const text = `${message}${why} Mail of this domain waits. Under DKIM on the Delivery tab, make another key or stop signing with this one.`;
    emit?.({ type: 'warning', serverId, code: 'dkim-key-unusable', text });
  };

  return async (content) => {
    const inForce = settings();
    if (!hasSigningKeys(inForce)) return content;
    const read = await readMessage(content, (domain) => signingKeysOf(inForce, domain));
    if (!read) return content;
    let signatures = '';
    try {
      for (const key of read.keys) {
        const { selector, algorithm } = key;
        const object = openKey(key);
        signatures += await makeSignature({
          domain: key.domain.toLowerCase(),
          selector: selector.toLowerCase(),
          algorithm,
          key: object,
          header: read.header,
          bodyHash: read.bodyHash,
          signedAtMs: clock.now(),
        }).catch((error: unknown) => {
          const name = keyNameOf(key);
          throw new CannotSign(`The DKIM key ${name} cannot sign.`, name, { cause: error });
        });
      }
    } catch (error) {
      if (error instanceof CannotSign) warn(inForce, error);
      throw error;
    }
    return withHead(Buffer.from(signatures, 'latin1'), content);
  };
}

function withHead(head: Buffer, content: ContentSource): ContentSource {
  return {
    sizeBytes: head.length + content.sizeBytes,
    read: async () => Buffer.concat([head, await content.read()]),
    async *stream() {
      yield head;
      yield* content.stream();
    },
  };
}

interface MessageToSign {
  readonly keys: readonly DkimKey[];
  readonly header: SignedHeader;
  readonly bodyHash: string;
}

/** Undefined: it is not signed. The body is read only where it is. */
async function readMessage(
  content: ContentSource,
  keysOf: (domain: string) => readonly DkimKey[],
): Promise<MessageToSign | undefined> {
  const collector = createHeaderCollector();
  let begun: { readonly keys: readonly DkimKey[]; readonly header: SignedHeader } | undefined;
  let hasher: BodyHasher | undefined;
  /** False: it is not signed. */
  const begin = (header: string, body: Uint8Array): boolean => {
    begun = judgeHeader(header, keysOf);
    if (!begun) return false;
    hasher = createBodyHasher();
    hasher.push(body);
    return true;
  };
  for await (const chunk of chunksOf(content)) {
    if (hasher) {
      hasher.push(chunk);
      continue;
    }
    const found = collector.push(chunk);
    if (found === 'too-long') return undefined;
    if (found && !begin(found.header, found.body)) return undefined;
  }
  // All of it is header.
  if (!hasher && !begin(collector.end(), new Uint8Array(0))) return undefined;
  return begun && hasher && { ...begun, bodyHash: hasher.end() };
}

async function* chunksOf(content: ContentSource): AsyncGenerator<Uint8Array, void> {
  if (content.sizeBytes > wholeReadLimitBytes) yield* content.stream();
  else yield await content.read();
}

function judgeHeader(
  header: string,
  keysOf: (domain: string) => readonly DkimKey[],
): Pick<MessageToSign, 'keys' | 'header'> | undefined {
  const fields = readFields(header);
  const domain = fields && authorDomainOf(fields);
  const keys = domain === undefined ? [] : keysOf(domain);
  const chosen = keys.length > 0 && fields ? chooseSignedFields(fields) : undefined;
  return chosen && { keys, header: chosen };
}

/** The header as it goes over the wire, one character a byte, and what came behind it. */
function createHeaderCollector() {
  const normaliser = createLineEndingNormaliser();
  let text = '';
  return {
    push(chunk: Uint8Array): { readonly header: string; readonly body: Buffer } | 'too-long' | undefined {
      // A message is read in one piece up to a megabyte; a header that long is none.
      const most = longestHeaderBytes - text.length;
      const looked = Math.max(0, text.length - 3);
      const { buffer, byteOffset, byteLength } = normaliser.push(chunk);
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      const before = text.length;
      text += bytes.toString('latin1', 0, Math.min(byteLength, most));
      const blank = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n', looked);
      if (blank < 0) return text.length >= longestHeaderBytes ? 'too-long' : undefined;
      const end = text.startsWith('\r\n') ? 2 : blank + 4;
      return { header: text.slice(0, end - 2), body: bytes.subarray(end - before) };
    },
    end(): string {
      text += Buffer.from(normaliser.end()).toString('latin1');
      return text.endsWith('\r\n\r\n') ? text.slice(0, -2) : text;
    },
  };
}
