/**
 * Opens a message for the console: reads it in pieces and hands them to a worker, which alone holds the bytes and
 * answers questions about them. So a message of 256 MB costs its own size once, and neither it nor what a hostile
 * one makes the reader do ever holds up the window.
 *
 * Fails: `openMail` rejects when the message cannot be read, or was cancelled. A message that cannot be taken apart
 * (the worker died or took too long) is open all the same: `problem` says why, and the source can be read.
 */
import { mostReadBytes } from '../../src-main/api/contract';
import type { MailFields, MailStructure, MailSummary } from '../../src-main/mail-content';
import { type MailDesk, openDesk, openPageDesk, ReaderProblem } from './mail-parser';
import type { LineStarts } from './source-lines';
import type { Matches } from './source-search';

/** Where a message comes from; it may be asked again for what it gave before. */
export interface MailSource {
  /** @returns the bytes from `offset` on, as base64 or as they are, and the size of the whole */
  readPiece(
    offset: number,
    signal: AbortSignal,
  ): Promise<{ readonly piece: string | Uint8Array<ArrayBuffer>; readonly totalBytes: number }>;
}

export interface ReadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What is known of a message as soon as it is open. */
export interface MailContent {
  readonly structure: MailStructure;
  readonly summary: MailSummary;
  /** Why the page must not draw the HTML of the summary; undefined: it may. */
  readonly htmlFault: string | undefined;
  /** Of the message itself. */
  readonly fields: MailFields;
}

/** A line of the source; long ones show their beginning. */
export interface SourceLine {
  /** Counted from 0. */
  readonly line: number;
  readonly start: number;
  /** With its line end. */
  readonly end: number;
  readonly text: string;
  /** Bytes of the line that are not in `text`. */
  readonly hiddenBytes: number;
}

export interface DecodedPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isCut: boolean;
  /** It is not what its encoding should be; what could be read is there. */
  readonly isBroken: boolean;
}

export interface PartTextAnswer {
  readonly text: string;
  readonly isCut: boolean;
}

export interface OpenMail {
  /** Bytes that were read. */
  readonly sizeBytes: number;
  /** Only the beginning was read: the message has `totalBytes`. */
  readonly isCut: boolean;
  readonly totalBytes: number;
  /** undefined: only the source can be shown, for the reason in `problem`. */
  readonly content: MailContent | undefined;
  /** A sentence for people. */
  readonly problem: string | undefined;
  /** Header of one part (index of `structure.parts`). */
  fieldsOf(part: number): Promise<MailFields>;
  /** A message inside, read like one: `root` is the child of a message/rfc822 part. */
  summaryOf(root: number): Promise<MailSummary>;
  /** Decoded content of one part, for preview and saving. */
  decode(part: number, maxBytes: number): Promise<DecodedPart>;
  /** Content of one part as text in its charset. */
  readText(part: number, maxCharacters: number): Promise<PartTextAnswer>;
  /** Raw bytes, for saving and copying. */
  readBytes(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Offsets of the beginnings of lines; of more than four million lines the rest counts as one. */
  lineStarts(): Promise<LineStarts>;
  /** Lines of the source, `count` at most. */
  readLines(first: number, count: number): Promise<readonly SourceLine[]>;
  /** Where `text` is in the source, without case (ASCII); another call ends this one with what it has. */
  findAll(text: string): Promise<Matches>;
  /** Frees the bytes; answers that are still due reject. */
  close(): void;
}

export interface OpenMailOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** Reads a message and takes it apart. */
export async function openMail(
  source: MailSource,
  { signal = new AbortController().signal, onProgress }: OpenMailOptions = {},
): Promise<OpenMail> {
  const desk = openDesk();
  try {
    const size = await readInto(desk, source, signal, onProgress);
    if (!desk.isWorker && size.sizeBytes > maxPageBytes)
      return createOpenMail(desk, source, size, undefined, 'It is too large to be read here.');
    const content = await untilAborted(desk.ask('content'), signal);
    return createOpenMail(desk, source, size, content, undefined);
  } catch (error) {
    desk.close();
    signal.throwIfAborted();
    if (!(error instanceof ReaderProblem)) throw error;
    return openSource(source, signal, onProgress, error.message);
  }
}

interface MailSize {
  readonly sizeBytes: number;
  readonly totalBytes: number;
}

/** What the page reads itself where there is no worker. */
const maxPageBytes = 4 * 1024 * 1024;

/** The source alone, held by the page. */
async function openSource(
  source: MailSource,
  signal: AbortSignal,
  onProgress: OpenMailOptions['onProgress'],
  problem: string,
): Promise<OpenMail> {
  const desk = openPageDesk();
  try {
    const size = await readInto(desk, source, signal, onProgress);
    return createOpenMail(desk, source, size, undefined, problem);
  } catch (error) {
    desk.close();
    throw error;
  }
}

async function readInto(
  desk: MailDesk,
  source: MailSource,
  signal: AbortSignal,
  onProgress: OpenMailOptions['onProgress'],
): Promise<MailSize> {
  let totalBytes = 0;
  let sizeBytes = 0;
  let doneBytes = 0;
  do {
    signal.throwIfAborted();
    const read = await source.readPiece(doneBytes, signal);
    signal.throwIfAborted();
    if (doneBytes === 0) {
      totalBytes = read.totalBytes;
      sizeBytes = Math.min(totalBytes, mostReadBytes);
      await desk.ask('begin', sizeBytes);
    }
    const bytes = sizeOf(read.piece);
    // The file became shorter.
    if (bytes === 0) break;
    await desk.ask('add', read.piece);
    doneBytes = Math.min(sizeBytes, doneBytes + bytes);
    onProgress?.({ doneBytes, totalBytes: sizeBytes });
  } while (doneBytes < sizeBytes);
  return { sizeBytes: doneBytes, totalBytes };
}

function sizeOf(piece: string | Uint8Array): number {
  if (typeof piece !== 'string') return piece.length;
  const padding = piece.endsWith('==') ? 2 : piece.endsWith('=') ? 1 : 0;
  return (piece.length / 4) * 3 - padding;
}

function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function createOpenMail(
  first: MailDesk,
  source: MailSource,
  { sizeBytes, totalBytes }: MailSize,
  content: MailContent | undefined,
  problem: string | undefined,
): OpenMail {
  const closing = new AbortController();
  /** Holds the source once the worker is gone. */
  let second: Promise<MailDesk> | undefined;

  const reopen = async (): Promise<MailDesk> => {
    const desk = openPageDesk();
    await readInto(desk, source, closing.signal, undefined);
    return desk;
  };
  /** Questions about the raw bytes are answered whatever became of the worker. */
  async function fromSource<Answer>(ask: (desk: MailDesk) => Promise<Answer>): Promise<Answer> {
    if (!second) {
      try {
        return await ask(first);
      } catch (error) {
        if (!(error instanceof ReaderProblem) || closing.signal.aborted) throw error;
      }
    }
    second ??= reopen();
    return ask(await second);
  }

  return {
    sizeBytes,
    totalBytes,
    isCut: sizeBytes < totalBytes,
    content,
    problem,
    fieldsOf: (part) => first.ask('fieldsOf', part),
    summaryOf: (root) => first.ask('summaryOf', root),
    decode: (part, maxBytes) => first.ask('decode', part, maxBytes),
    readText: (part, maxCharacters) => first.ask('readText', part, maxCharacters),
    readBytes: (start, end) => fromSource((desk) => desk.ask('readBytes', start, end)),
    lineStarts: () => fromSource((desk) => desk.ask('lineStarts')),
    readLines: (from, count) => fromSource((desk) => desk.ask('readLines', from, count)),
    findAll: (text) => fromSource((desk) => desk.ask('findAll', text)),
    close() {
      closing.abort();
      first.close();
      void second?.then(
        (desk) => desk.close(),
        () => undefined,
      );
    },
  };
}
