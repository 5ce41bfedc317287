/**
 * Reads a message's header block once: where it ends, and the few fields the queue cares about.
 *
 * Promises: linear in the number of bytes whatever they are; looks at field names without making strings;
 *   changes nothing.
 * Trusts: nothing. A block that is no header at all is an answer (`hasFields` false), not an error.
 */

/** A header longer than this is not searched further; what follows is passed on as it is. */
export const longestHeaderBytes = 256 * 1024;
/** Characters of a Subject that lists get. */
const longestSubject = 250;
/** RFC 5322 section 2.1.1: a line has at most 998 characters; a longer Message-ID is not one. */
const longestMessageId = 998;

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;

export interface HeaderFacts {
  /** False when the block does not begin with a header field: then all of it is body. */
  readonly hasFields: boolean;
  /** "Received" fields, RFC 5321 section 6.3. */
  readonly receivedCount: number;
  readonly hasDate: boolean;
  readonly hasMessageId: boolean;
  /** With angle brackets, printable ASCII; undefined when there is none that can be used. */
  readonly messageId: string | undefined;
  /** First Subject, unfolded, not decoded, without control characters, 250 characters at most. */
  readonly subject: string;
  /** Byte ranges of Bcc fields, folded lines included, in order. */
  readonly bcc: readonly FieldRange[];
  /** From fields, in order. */
  readonly from: readonly (FieldRange & { readonly read: () => string })[];
  /** The first field of each of these names; its value as one line, without control characters. */
  readonly marks: Readonly<Partial<Record<MarkField, () => string>>>;
}

export interface FieldRange {
  readonly from: number;
  readonly to: number;
}

/** What tells a notification from other mail. */
export type MarkField = 'auto-submitted' | 'content-type' | 'precedence' | 'x-failed-recipients';

type KnownField = 'received' | 'date' | 'message-id' | 'subject' | 'bcc' | 'from' | MarkField;
const knownFields: readonly KnownField[] = [
  'received',
  'date',
  'message-id',
  'subject',
  'bcc',
  'from',
  'auto-submitted',
  'content-type',
  'precedence',
  'x-failed-recipients',
];

/** First letter in lower case -> the one field of ours that begins with it. */
const fieldByFirstByte: ReadonlyMap<number, KnownField> = new Map(
  knownFields.map((name) => [name.charCodeAt(0), name]),
);

/**
 * Reads `block`, which is a header with or without its blank line. Stops at the blank line, and at the
 * first line that is neither a field nor a continuation (RFC 5322 section 2.2).
 */
export function scanHeader(block: Uint8Array): HeaderFacts {
  let receivedCount = 0;
  let hasDate = false;
  let hasMessageId = false;
  let messageId: string | undefined;
  let subject: string | undefined;
  const bcc: FieldRange[] = [];
  const from: HeaderFacts['from'][number][] = [];
  const marks: Partial<Record<MarkField, () => string>> = {};
  let fieldCount = 0;

  let at = 0;
  while (at < block.length) {
    const nameEnd = fieldNameEnd(block, at);
    if (nameEnd < 0) break;
    fieldCount++;
    const end = fieldEnd(block, at);
    const name = fieldByFirstByte.get((block[at] as number) | 0x20);
    if (name !== undefined && isNamed(block, at, nameEnd, name)) {
      if (name === 'received') receivedCount++;
      else if (name === 'date') hasDate = true;
      else if (name === 'bcc') bcc.push({ from: at, to: end });
      else {
        const valueAt = block.indexOf(COLON, nameEnd) + 1;
        const read = (): string => textOf(block, valueAt, end);
        if (name === 'subject') subject ??= read().slice(0, longestSubject);
        else if (name === 'message-id') {
          hasMessageId = true;
          messageId ??= messageIdOf(block, valueAt, end);
        } else if (name === 'from') from.push({ from: at, to: end, read });
        else marks[name] ??= read;
      }
    }
    at = end;
  }
  return {
    hasFields: fieldCount > 0,
    receivedCount,
    hasDate,
    hasMessageId,
    messageId,
    subject: subject ?? '',
    bcc,
    from,
    marks,
  };
}

/** Index after the last character of the field name at `at`, or -1 when no field begins there. */
function fieldNameEnd(block: Uint8Array, at: number): number {
  let to = at;
  // RFC 5322 section 3.6.8: printable ASCII except colon.
  while (to < block.length) {
    const byte = block[to] as number;
    if (byte <= SPACE || byte >= 127 || byte === COLON) break;
    to++;
  }
  if (to === at) return -1;
  let colon = to;
  // RFC 5322 section 4.5: old mail may have white space before the colon.
  while (block[colon] === SPACE || block[colon] === TAB) colon++;
  return block[colon] === COLON ? to : -1;
}

/** Index after the field that begins at `at`, folded lines included. */
function fieldEnd(block: Uint8Array, at: number): number {
  let end = at;
  do {
    const newline = block.indexOf(LF, end);
    if (newline < 0) return block.length;
    end = newline + 1;
  } while (block[end] === SPACE || block[end] === TAB);
  return end;
}

function isNamed(block: Uint8Array, at: number, nameEnd: number, name: string): boolean {
  if (nameEnd - at !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = block[at + i] as number;
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** Field body as one line. Bounded before it becomes a string: a field may be 256 KiB long. */
function textOf(block: Uint8Array, from: number, to: number): string {
  const bytes = block.subarray(from, Math.min(to, from + 4 * longestMessageId));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .replace(/\r?\n(?=[ \t])/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .trim();
}

function messageIdOf(block: Uint8Array, from: number, to: number): string | undefined {
  const text = textOf(block, from, to);
  const match = /^<([\u0021-\u003b=\u003f-\u007e]+)>/.exec(text);
  return match && match[0].length <= longestMessageId ? match[0] : undefined;
}

/**
 * Finds the end of a header that arrives in pieces: the index after its blank line. Bytes are looked at
 * once, however small the pieces.
 */
export interface HeaderEndFinder {
  /** Index in `chunk` after the blank line, or -1 when it is not in there. */
  push(chunk: Uint8Array): number;
}

export function createHeaderEndFinder(): HeaderEndFinder {
  // True at the start and after a line feed: the next line may be the blank one.
  let isLineStart = true;
  let hasPendingCr = false;
  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (isLineStart) {
          const byte = chunk[at] as number;
          if (byte === LF) return at + 1;
          if (byte === CR && !hasPendingCr) {
            hasPendingCr = true;
            at++;
            continue;
          }
          isLineStart = false;
          hasPendingCr = false;
        }
        const newline = chunk.indexOf(LF, at);
        if (newline < 0) return -1;
        isLineStart = true;
        at = newline + 1;
      }
      return -1;
    },
  };
}
