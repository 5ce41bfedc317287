/** Questions about one open message, and their answers: the same in a worker and in the page. */
import {
  decodeContent,
  decodeText,
  type MailPart,
  type MailStructure,
  readFields,
  scanMail,
  summariseMail,
} from '../../src-main/mail-content';
import { whyNotDrawn } from './html-limits';
import type { DecodedPart, MailContent, PartTextAnswer, SourceLine } from './mail-reader';
import { decodeLine, type LineStarts, maxPieceBytes } from './source-lines';
import { findInSource, type Matches } from './source-search';

/** Of HTML and text, each, in the summary; more than a page can show. */
const maxBodyCharacters = 2 * 1024 * 1024;
const maxLines = 4_000_000;
const maxLinesAtOnce = 1000;

/** What can be asked, by name. */
export interface MailQuestions {
  /** Makes room for a message. */
  begin(totalBytes: number): void;
  /** The next bytes, as base64 or as they are. */
  add(piece: string | Uint8Array<ArrayBuffer>): void;
  /** All bytes are there. */
  content(): MailContent;
  fieldsOf(part: number): MailContent['fields'];
  summaryOf(root: number): MailContent['summary'];
  decode(part: number, maxBytes: number): DecodedPart;
  readText(part: number, maxCharacters: number): PartTextAnswer;
  readBytes(start: number, end: number): Uint8Array<ArrayBuffer>;
  lineStarts(): LineStarts;
  readLines(first: number, count: number): readonly SourceLine[];
  findAll(text: string): Promise<Matches>;
  /** Forgets the message. */
  end(): void;
}

export type QuestionName = keyof MailQuestions;

export interface ParseRequest {
  readonly id: number;
  readonly name: QuestionName;
  readonly given: readonly unknown[];
}

export type ParseAnswer = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly problem: string }
);

/** Answers about one message at a time. Throws what the page shows as a problem. */
export function createAnswerer(): MailQuestions {
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  let length = 0;
  let structure: MailStructure | undefined;
  let lines: LineStarts | undefined;
  let lastSearch = 0;

  const scanned = (): MailStructure => {
    structure ??= scanMail(bytes);
    return structure;
  };
  const partAt = (index: number): MailPart => {
    const part = scanned().parts[index];
    if (!part) throw new Error('The message has no such part.');
    return part;
  };
  const starts = (): LineStarts => {
    lines ??= findStarts(bytes);
    return lines;
  };
  const forget = (): void => {
    bytes = new Uint8Array();
    length = 0;
    structure = undefined;
    lines = undefined;
    lastSearch += 1;
  };

  return {
    begin(totalBytes) {
      forget();
      bytes = new Uint8Array(totalBytes);
    },
    add(piece) {
      const added = typeof piece === 'string' ? decodeBase64(piece) : piece;
      bytes.set(added.subarray(0, bytes.length - length), length);
      length = Math.min(bytes.length, length + added.length);
    },
    content() {
      // A file that became shorter while it was read.
      bytes = bytes.subarray(0, length);
      const known = scanned();
      const summary = summariseMail(bytes, { structure: known, maxCharacters: maxBodyCharacters });
      return {
        structure: known,
        summary,
        htmlFault: whyNotDrawn(summary.html ?? ''),
        fields: readFields(bytes, partAt(0)),
      };
    },
    fieldsOf: (part) => readFields(bytes, partAt(part)),
    summaryOf: (root) =>
      summariseMail(bytes, {
        structure: scanned(),
        root: partAt(root).index,
        maxCharacters: maxBodyCharacters,
      }),
    decode(part, maxBytes) {
      const decoded = decodeContent(bytes, partAt(part), maxBytes);
      // A copy: what crosses to the page is given away.
      return {
        bytes: decoded.bytes.slice(),
        isCut: decoded.isCut,
        isBroken: decoded.fault !== undefined,
      };
    },
    readText(part, maxCharacters) {
      const { text, isCut } = decodeText(bytes, partAt(part), maxCharacters);
      return { text, isCut };
    },
    readBytes: (start, end) => bytes.slice(start, end),
    lineStarts() {
      const { starts: offsets, headerEnd } = starts();
      return { starts: offsets.slice(), headerEnd };
    },
    readLines(first, count) {
      const { starts: offsets } = starts();
      const found: SourceLine[] = [];
      const last = Math.min(offsets.length, first + Math.min(count, maxLinesAtOnce));
      for (let line = Math.max(0, first); line < last; line += 1) {
        const start = offsets[line] ?? 0;
        const end = offsets[line + 1] ?? bytes.length;
        const shownEnd = Math.min(end, start + maxPieceBytes);
        const text = decodeLine(bytes.subarray(start, shownEnd));
        found.push({ line, start, end, text, hiddenBytes: end - shownEnd });
      }
      return found;
    },
    findAll(text) {
      lastSearch += 1;
      const own = lastSearch;
      return findInSource(bytes, text, pause, () => own === lastSearch);
    },
    end: forget,
  };
}

/** Lets the next question in. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const lineFeed = 10;
const carriageReturn = 13;

/** In two passes, so that the table is made once and as large as needed. */
function findStarts(bytes: Uint8Array): LineStarts {
  let count = bytes.length === 0 ? 0 : 1;
  for (let at = bytes.indexOf(lineFeed); at !== -1 && at + 1 < bytes.length && count < maxLines; ) {
    count += 1;
    at = bytes.indexOf(lineFeed, at + 1);
  }
  const starts = new Uint32Array(count);
  let headerEnd = -1;
  let start = 0;
  for (let line = 0; line < count; line += 1) {
    starts[line] = start;
    const feed = bytes.indexOf(lineFeed, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    const isEmpty = feed === start || (feed === start + 1 && bytes[start] === carriageReturn);
    if (headerEnd === -1 && isEmpty) headerEnd = start;
    start = end;
  }
  return { starts, headerEnd: headerEnd === -1 ? bytes.length : headerEnd };
}

interface Base64Constructor {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

/** Base64 as the engine writes it. Throws on anything else. */
function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const { fromBase64 } = Uint8Array as Base64Constructor;
  if (fromBase64) return fromBase64.call(Uint8Array, base64);
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Answers one request; `transfer` is what the answer gives away. */
export async function answerParseRequest(
  answerer: MailQuestions,
  { id, name, given }: ParseRequest,
): Promise<{ readonly answer: ParseAnswer; readonly transfer: readonly ArrayBuffer[] }> {
  try {
    const ask = answerer[name] as (...values: readonly unknown[]) => unknown;
    const value = await ask(...given);
    return { answer: { id, value }, transfer: buffersOf(value) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { answer: { id, problem }, transfer: [] };
  }
}

function buffersOf(value: unknown): readonly ArrayBuffer[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  if ('bytes' in value && value.bytes instanceof Uint8Array) return [value.bytes.buffer as ArrayBuffer];
  if ('starts' in value && value.starts instanceof Uint32Array) return [value.starts.buffer as ArrayBuffer];
  return [];
}
