/**
 * Opens a message for the console: reads it in pieces and hands them to a worker, which alone holds the bytes and
 * answers questions about them. So a message of 256 MB costs its own size once, and neither it nor what a hostile
 * one makes the reader do ever holds up the window.
 *
 * Fails: `openMail` rejects when the message cannot be read, or was cancelled. A message that cannot be taken apart
 * (the worker died or took too long) is open all the same: `problem` says why, and the source can be read.
 */
import type { MailFields, MailStructure, MailSummary } from '../../src-main/mail-content';

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
  countLines(): Promise<number>;
  /** Lines of the source, `count` at most. */
  readLines(first: number, count: number): Promise<readonly SourceLine[]>;
  /** The line, counted from 0, that has the byte at `offset`. */
  lineOf(offset: number): Promise<number>;
  /** Where `text` is next in the source, without case (ASCII); undefined: nowhere. Looks from `from` on and not around. */
  find(text: string, from: number, isBackward?: boolean): Promise<number | undefined>;
  /** Frees the bytes; answers that are still due reject. */
  close(): void;
}
