/**
 * Cuts what a directory server sends into whole LDAP messages (RFC 4511) and lets through only those that are well
 * formed and wanted. It stands before ldapts, whose parser trusts lengths: a value that claims to be longer than its
 * message makes it loop until the memory is full.
 *
 * Promises: what comes out is an answer to a bind or a search or an extended operation, with no element that reaches
 *   beyond the one around it, without controls, referrals and other additions. No more is kept than the limits allow.
 * Fails: with Problem 'refused' on anything else; the connection is of no use then.
 */
import { Problem } from '../core/problem';

/** One message: a group of 50,000 members, each with a long name. */
const longestMessage = 16 * 1024 * 1024;
/** Entries of all searches that are not over. */
const mostOpenBytes = 32 * 1024 * 1024;
/** Entries of one search. We never ask for more than a few. */
const mostEntries = 20;

const sequence = 0x30;
const set = 0x31;
const integer = 0x02;
const octets = 0x04;
const enumerated = 0x0a;
const bindResponse = 0x61;
const searchEntry = 0x64;
const searchDone = 0x65;
const searchReference = 0x73;
const extendedResponse = 0x78;
const intermediateResponse = 0x79;

interface Element {
  readonly tag: number;
  /** Where the header begins. */
  readonly at: number;
  /** Content, without `to`. */
  readonly from: number;
  readonly to: number;
}

const refused = (what: string): Problem =>
  new Problem('refused', `What the directory server sent is not LDAP as it should be: ${what}.`);

export class MessageGate {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Length of the message that is coming in; 0: not known yet. */
  #wanted = 0;
  readonly #searches = new Map<number, { entries: number; bytes: number }>();
  #openBytes = 0;

  /** The messages that are complete with this piece, in their order. */
  push(chunk: Uint8Array): Buffer[] {
    const passed: Buffer[] = [];
    if (chunk.length === 0) return passed;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#wanted === 0) this.#wanted = this.#readLength();
      if (this.#wanted === 0 || this.#length < this.#wanted) return passed;
      const bytes = this.#joined();
      const message = bytes.subarray(0, this.#wanted);
      const rest = bytes.subarray(this.#wanted);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
      this.#wanted = 0;
      const checked = this.#check(message);
      if (checked) passed.push(checked);
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const bytes =
      this.#chunks.length === 1 && first
        ? Buffer.from(first.buffer, first.byteOffset, first.length)
        : Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    return bytes;
  }

  /** Length of the next message with its header; 0 while the header is not complete. */
  #readLength(): number {
    if (this.#length < 2) return 0;
    const bytes = this.#joined();
    if (bytes[0] !== sequence) throw refused('it does not begin as a message does');
    const header = readHeader(bytes, 0, Number.POSITIVE_INFINITY);
    if (!header) return 0;
    if (header.to > longestMessage) throw refused('a message is too long');
    return header.to;
  }

  #check(message: Buffer): Buffer | undefined {
    const whole = readElement(message, 0, message.length);
    const id = expectTag(readElement(message, whole.from, whole.to), integer);
    if (id.to - id.from < 1 || id.to - id.from > 4) throw refused('a message has no usable number');
    const messageId = message.readIntBE(id.from, id.to - id.from);
    const operation = readElement(message, id.to, whole.to);
    // Behind it there may be controls, which we never asked for; they are left out.
    switch (operation.tag) {
      case searchEntry:
        checkEntry(message, operation);
        this.#countEntry(messageId, message.length);
        return rebuild(message.subarray(id.at, operation.to));
      case searchDone:
        this.#openBytes -= this.#searches.get(messageId)?.bytes ?? 0;
        this.#searches.delete(messageId);
        return resultOf(message, id, operation);
      case bindResponse:
      case extendedResponse:
        // Number 0 is the notice that the connection is about to be closed; it will be.
        return messageId === 0 ? undefined : resultOf(message, id, operation);
      case searchReference:
      case intermediateResponse:
        return undefined;
      default:
        throw refused(`an answer of type ${operation.tag}`);
    }
  }

  #countEntry(messageId: number, bytes: number): void {
    const known = this.#searches.get(messageId) ?? { entries: 0, bytes: 0 };
    known.entries++;
    known.bytes += bytes;
    this.#openBytes += bytes;
    this.#searches.set(messageId, known);
    if (known.entries > mostEntries) throw refused('more entries than were asked for');
    if (this.#openBytes > mostOpenBytes) throw refused('its entries are too large');
  }
}

/** The header of an element; undefined while it is not there as a whole. `end` bounds the content. */
function readHeader(bytes: Buffer, at: number, end: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if ((tag & 0x1f) === 0x1f) throw refused('a tag of more than one byte');
  let from = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw refused('a length that cannot be read');
    if (bytes.length < from + count) return undefined;
    length = bytes.readUIntBE(from, count);
    from += count;
  }
  if (from + length > end) throw refused('an element that is longer than what it is in');
  return { tag, at, from, to: from + length };
}

function readElement(bytes: Buffer, at: number, end: number): Element {
  const element = at < end ? readHeader(bytes, at, end) : undefined;
  if (!element || element.from > end) throw refused('an element is missing');
  return element;
}

function expectTag(element: Element, tag: number): Element {
  if (element.tag !== tag) throw refused(`type ${element.tag} in place of ${tag}`);
  return element;
}

/** LDAPOID and options; what ldapts makes of them are the names of an object's members. */
const attributePattern = /^(?!dn$)[a-z0-9][a-z0-9.;=*-]{0,200}$/i;

function checkEntry(bytes: Buffer, entry: Element): void {
  const name = expectTag(readElement(bytes, entry.from, entry.to), octets);
  const list = expectTag(readElement(bytes, name.to, entry.to), sequence);
  if (list.to !== entry.to) throw refused('an entry with more in it than attributes');
  for (let at = list.from; at < list.to; ) {
    const attribute = expectTag(readElement(bytes, at, list.to), sequence);
    const type = expectTag(readElement(bytes, attribute.from, attribute.to), octets);
    if (!attributePattern.test(bytes.toString('latin1', type.from, type.to)))
      throw refused('an attribute with an impossible name');
    const values = expectTag(readElement(bytes, type.to, attribute.to), set);
    if (values.to !== attribute.to) throw refused('an attribute with more in it than values');
    for (let value = values.from; value < values.to; )
      value = expectTag(readElement(bytes, value, values.to), octets).to;
    at = attribute.to;
  }
}

/** Code, name and text; referrals and what else may follow are left out. */
function resultOf(bytes: Buffer, id: Element, operation: Element): Buffer {
  const code = expectTag(readElement(bytes, operation.from, operation.to), enumerated);
  if (code.to - code.from < 1 || code.to - code.from > 4) throw refused('a result without a code');
  const name = expectTag(readElement(bytes, code.to, operation.to), octets);
  const text = expectTag(readElement(bytes, name.to, operation.to), octets);
  const kept = bytes.subarray(code.at, text.to);
  return rebuild(Buffer.concat([bytes.subarray(id.at, id.to), headerOf(operation.tag, kept.length), kept]));
}

const rebuild = (content: Buffer): Buffer => Buffer.concat([headerOf(sequence, content.length), content]);

function headerOf(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  const header = Buffer.alloc(6);
  header[0] = tag;
  header[1] = 0x84;
  header.writeUInt32BE(length, 2);
  return header;
}
