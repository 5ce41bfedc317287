/** A message as a person reads it: who, what, when, the text in both forms, and what is attached. */
import { type MailAddress, parseAddresses } from './addresses';
import { decodeText, estimateBytes } from './content';
import { findField, type MailFields, readFields } from './fields';
import { type MailPart, type MailStructure, mailLimits } from './mail-part';
import { scanMail } from './scan';
import { unfold } from './words';

export interface MailAttachment {
  /** Index of the part. */
  readonly part: number;
  /** As sent, decoded; '' where there is none. Clean it before it becomes the name of a file. */
  readonly name: string;
  readonly type: string;
  /** Without angle brackets; '' where there is none. */
  readonly contentId: string;
  readonly disposition: string;
  /** Of the decoded content; close, and mostly exact. */
  readonly sizeBytes: number;
  /** The HTML shows it. */
  readonly isInline: boolean;
}

export interface MailSummary {
  readonly subject: string;
  readonly from: MailAddress | undefined;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  /** Of the Date field, in milliseconds since 1970 UTC. */
  readonly date: number | undefined;
  /** With its angle brackets, as written. */
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
  readonly html: string | undefined;
  readonly text: string | undefined;
  /** `html` and `text` are not the whole. */
  readonly isHtmlCut: boolean;
  readonly isTextCut: boolean;
  readonly attachments: readonly MailAttachment[];
}

export interface SummaryOptions {
  /** So that a message is not scanned twice. */
  readonly structure?: MailStructure;
  /** Index of a message inside: the child of a message/rfc822 part. */
  readonly root?: number;
  /** Of HTML and of text, each. */
  readonly maxCharacters?: number;
}

const longestSubject = 2000;
const defaultCharacters = 2 * 1024 * 1024;

export function summariseMail(bytes: Uint8Array, options: SummaryOptions = {}): MailSummary {
  const structure = options.structure ?? scanMail(bytes);
  const root = structure.parts[options.root ?? 0] as MailPart;
  const fields = readFields(bytes, root);
  const { bodies, others } = sortLeaves(structure.parts, root);
  const { html, text } = readBodies(
    bytes,
    structure.parts,
    bodies,
    options.maxCharacters ?? defaultCharacters,
  );
  const shown = contentIdsIn(html?.text ?? '');
  return {
    subject: fieldOf(fields, 'subject').slice(0, longestSubject),
    from: addressesOf(fields, 'from')[0],
    to: addressesOf(fields, 'to'),
    cc: addressesOf(fields, 'cc'),
    bcc: addressesOf(fields, 'bcc'),
    replyTo: addressesOf(fields, 'reply-to'),
    date: parseDate(fieldOf(fields, 'date')),
    messageId: fieldOf(fields, 'message-id').slice(0, 1000),
    inReplyTo: fieldOf(fields, 'in-reply-to').slice(0, 1000),
    references: listReferences(fieldOf(fields, 'references')),
    html: html?.text,
    text: text?.text,
    isHtmlCut: html?.isCut ?? false,
    isTextCut: text?.isCut ?? false,
    attachments: others.map((part) => ({
      part: part.index,
      name: part.fileName,
      type: part.type,
      contentId: part.contentId,
      disposition: part.disposition,
      sizeBytes: estimateBytes(bytes, part),
      isInline: part.contentId !== '' && shown.has(part.contentId),
    })),
  };
}

const fieldOf = (fields: MailFields, name: string): string => findField(fields, name)?.decoded ?? '';

/** Names are decoded after the list is taken apart: an encoded comma separates nothing. */
function addressesOf(fields: MailFields, name: string): readonly MailAddress[] {
  const wanted = name.toLowerCase();
  const found: MailAddress[] = [];
  for (const field of fields.fields) {
    if (field.name.toLowerCase() !== wanted) continue;
    found.push(...parseAddresses(unfold(field.raw), mailLimits.addresses - found.length));
    if (found.length >= mailLimits.addresses) break;
  }
  return found;
}

/** RFC 5322 with what people make of it; undefined when nothing sensible is there. */
function parseDate(text: string): number | undefined {
  const cleaned = text
    .slice(0, 200)
    .replace(/\([^()]*\)/g, ' ')
    .trim();
  if (cleaned === '') return undefined;
  const at = Date.parse(cleaned);
  return Number.isFinite(at) ? at : undefined;
}

function listReferences(text: string): readonly string[] {
  const found = text.match(/<[^<>\s]{1,1000}>/g) ?? [];
  return found.slice(-mailLimits.references);
}

interface Leaves {
  readonly bodies: readonly MailPart[];
  readonly others: readonly MailPart[];
}

/** What is read and what is attached, in one message: a message inside is attached as a whole. */
function sortLeaves(parts: readonly MailPart[], root: MailPart): Leaves {
  const bodies: MailPart[] = [];
  const others: MailPart[] = [];
  /** Parts of this message that may have children of it. */
  const own = new Set<number>([root.index]);
  let isFirst = true;
  for (let index = root.index; index < parts.length; index += 1) {
    const part = parts[index] as MailPart;
    if (part !== root && !own.has(part.parent)) continue;
    if (part.isMultipart) {
      own.add(part.index);
      continue;
    }
    const isText = part.type === 'text/plain' || part.type === 'text/html';
    const isBody = isText && part.disposition !== 'attachment' && (part.fileName === '' || isFirst);
    (isBody ? bodies : others).push(part);
    isFirst = false;
  }
  return { bodies, others };
}

interface Block {
  /** Index of the alternative around the part, or of the part itself. */
  readonly key: number;
  html: MailPart[];
  text: MailPart[];
}

interface Collected {
  text: string;
  isCut: boolean;
}

function readBodies(
  bytes: Uint8Array,
  parts: readonly MailPart[],
  bodies: readonly MailPart[],
  most: number,
): { html: Collected | undefined; text: Collected | undefined } {
  const blocks: Block[] = [];
  for (const part of bodies) {
    const key = alternativeAround(parts, part);
    let block = blocks.at(-1);
    if (block?.key !== key) {
      block = { key, html: [], text: [] };
      blocks.push(block);
    }
    const list = part.type === 'text/html' ? 'html' : 'text';
    // Of two versions of one thing, the last is the best (RFC 2046 section 5.1.4).
    if (part.parent === key) block[list] = block[list].filter((other) => other.parent !== key);
    block[list].push(part);
  }
  const hasHtml = blocks.some((block) => block.html.length > 0);
  const hasText = blocks.some((block) => block.text.length > 0);
  const html = hasHtml ? { text: '', isCut: false } : undefined;
  const text = hasText ? { text: '', isCut: false } : undefined;
  for (const block of blocks) {
    for (const part of block.text) {
      const piece = text && readPiece(bytes, part, text, most);
      if (html && block.html.length === 0 && piece !== undefined && piece.trim() !== '')
        addText(html, `<pre style="white-space:pre-wrap">${escapeHtml(piece)}</pre>`, most);
    }
    for (const part of block.html) if (html) readPiece(bytes, part, html, most);
  }
  return { html, text };
}

function readPiece(bytes: Uint8Array, part: MailPart, into: Collected, most: number): string {
  const room = most - into.text.length;
  if (room <= 0) {
    into.isCut = true;
    return '';
  }
  const { text, isCut } = decodeText(bytes, part, room);
  into.isCut ||= isCut;
  addText(into, text, most);
  return text;
}

function addText(into: Collected, text: string, most: number): void {
  const joint = into.text === '' || into.text.endsWith('\n') ? '' : '\n';
  const room = Math.max(0, most - into.text.length - joint.length);
  if (text.length > room) into.isCut = true;
  into.text += joint + text.slice(0, room);
}

/** The outermost multipart/alternative around a part of this message; the part itself when there is none. */
function alternativeAround(parts: readonly MailPart[], part: MailPart): number {
  let key = part.index;
  for (let parent = parts[part.parent]; parent?.isMultipart; parent = parts[parent.parent])
    if (parent.type === 'multipart/alternative') key = parent.index;
  return key;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeHtml = (text: string): string => text.replace(/[&<>]/g, (sign) => signs[sign] ?? sign);

/** The Content-IDs that HTML refers to. */
function contentIdsIn(html: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const match of html.matchAll(/\bcid:([^\s"'<>)]{1,1000})/gi)) {
    const id = match[1] ?? '';
    found.add(id);
    found.add(decodePercent(id));
    if (found.size > mailLimits.parts) break;
  }
  return found;
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
