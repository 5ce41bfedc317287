/**
 * Seam: smtp-server's parser. Cuts the client's bytes into command lines, and into message content while a
 * DATA or BDAT is under way.
 *
 * Why not the library's own loop: it closes the connection on an over-long line (RFC 5321 section 4.3.2
 * wants 500 and go on), runs an unfinished last line as a command, spends a turn of the event loop on each
 * stuffed dot, and puts a stream object between socket and queue for every message.
 * Promises: one command at a time; nothing behind a command runs before that command is answered; a chunk
 * full of commands yields to other sessions; memory is bounded by one line and one chunk.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream';
import type { ContentReader } from './content-reader';

/** Takes the content behind one DATA or BDAT. Neither call may reject. */
export interface DataSink {
  /** Next bytes; a returned promise asks to wait. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** The content is whole; resolves when its reply was sent. */
  end(): Promise<void>;
  /** The client went away in the middle. */
  abandon(): void;
}

export interface CommandStreamHandlers {
  /** One line without its end, as latin1. A promise delays the next line. */
  line(line: string): Promise<void> | undefined;
  /** A line longer than `maxLineBytes` was skipped. A promise delays the next line. */
  longLine(): Promise<void> | undefined;
  /** A line that does not end within `maxSkippedBytes`. */
  endlessLine(): void;
  /** Several lines came in one piece, and more are at hand: replies may be collected until `flush`. */
  hold(): void;
  flush(): void;
}

/** RFC 5321 section 4.5.3.1.4 gives 512 and DSN parameters more; nobody needs more than this. */
const maxLineBytes = 4096;
/** An AUTH with its initial response: a Kerberos ticket of Windows does not fit into less. */
const maxAuthLineBytes = 64 * 1024;
/** Beyond this a line is not a mistake but an attack. */
const maxSkippedBytes = 1024 * 1024;
/** Lines answered before other sessions get their turn. */
const linesPerTurn = 100;

const LF = 0x0a;
const CR = 0x0d;

type Next = (error?: Error | null) => void;

export class CommandStream extends SMTPStream {
  readonly #handlers: CommandStreamHandlers;
  #partial: Buffer | undefined;
  #skippedBytes = 0;
  /** Of the next line, when it is no command. */
  #expectedBytes: number | undefined;
  #sink: DataSink | undefined;
  #reader: ContentReader | undefined;

  constructor(handlers: CommandStreamHandlers) {
    super();
    this.#handlers = handlers;
  }

  /** Set while the client has to be silent: called for what it says all the same, which is dropped. */
  onEarlyBytes: (() => void) | undefined;

  /** True between DATA or BDAT and the end of its content. */
  get isReceiving(): boolean {
    return this.#sink !== undefined;
  }

  /** The next line, and it alone, is no command and may be this long. */
  expectLine(maxBytes: number): void {
    this.#expectedBytes = maxBytes;
  }

  /** How long the line may be that begins like this. */
  #longest(partial: Buffer | undefined, rest: Buffer): number {
    if (this.#expectedBytes !== undefined) return this.#expectedBytes;
    const head = `${partial?.toString('latin1', 0, 5) ?? ''}${rest.toString('latin1', 0, 5)}`;
    return /^auth /i.test(head) ? maxAuthLineBytes : maxLineBytes;
  }

  /** From the next byte on everything is content, until the reader finds its end; that may be at once. */
  receiveContent(reader: ContentReader, sink: DataSink): void {
    this.#sink = sink;
    this.#reader = reader;
    this._dataMode = true;
  }

  /** Gives up the message under way, because the connection is gone or going. */
  abandonData(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this._dataMode = false;
    sink?.abandon();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding | 'buffer', next: Next): void {
    this.onEarlyBytes?.();
    if (this.isClosed || this.onEarlyBytes) next();
    else if (this.#sink) this.#readContent(this.#sink, chunk, next);
    else this.#readLines(chunk, 0, next);
  }

  #readLines(chunk: Buffer, from: number, next: Next): void {
    let at = from;
    for (let count = 0; !this.isClosed; count++) {
      // Also behind the last byte at hand: the content may be empty.
      if (this.#sink) {
        this.#handlers.flush();
        this.#readContent(this.#sink, chunk.subarray(at), next);
        return;
      }
      if (at >= chunk.length) break;
      if (count === linesPerTurn) {
        this.#handlers.flush();
        setImmediate(() => this.#readLines(chunk, at, next));
        return;
      }
      const end = chunk.indexOf(LF, at);
      if (end < 0) {
        this.#keepPartial(chunk.subarray(at));
        break;
      }
      const line = this.#takeLine(chunk, at, end);
      at = end + 1;
      if (at < chunk.length) this.#handlers.hold();
      const pending = line === undefined ? this.#handlers.longLine() : this.#handlers.line(line);
      if (pending) {
        this.#handlers.flush();
        const behind = at;
        pending.then(() => this.#readLines(chunk, behind, next));
        return;
      }
    }
    this.#handlers.flush();
    next();
  }

  /** The line that ends at `end`, without its end; undefined when it was too long. */
  #takeLine(chunk: Buffer, at: number, end: number): string | undefined {
    const partial = this.#partial;
    const isSkipped = this.#skippedBytes > 0;
    this.#partial = undefined;
    this.#skippedBytes = 0;
    const lengthBytes = (partial?.length ?? 0) + end - at;
    const isTooLong =
      isSkipped ||
      (lengthBytes > maxLineBytes && lengthBytes > this.#longest(partial, chunk.subarray(at, end)));
    this.#expectedBytes = undefined;
    if (isTooLong) return undefined;
    if (partial) {
      const line = partial.toString('latin1') + chunk.toString('latin1', at, end);
      return line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    return chunk.toString('latin1', at, end > at && chunk[end - 1] === CR ? end - 1 : end);
  }

  #keepPartial(rest: Buffer): void {
    const keptBytes = (this.#partial?.length ?? 0) + rest.length;
    const isKept = keptBytes <= maxLineBytes || keptBytes <= this.#longest(this.#partial, rest);
    if (this.#skippedBytes === 0 && isKept) {
      // A copy: a subarray would hold the whole chunk for as long as the client likes.
      this.#partial = Buffer.concat(this.#partial ? [this.#partial, rest] : [rest]);
      return;
    }
    this.#skippedBytes += keptBytes;
    this.#partial = undefined;
    if (this.#skippedBytes > maxSkippedBytes) this.#handlers.endlessLine();
  }

  #readContent(sink: DataSink, chunk: Buffer, next: Next): void {
    const { content, endAt } = (this.#reader as ContentReader).push(chunk);
    const wait = content.length > 0 ? sink.write(content) : undefined;
    if (endAt < 0) {
      if (wait) wait.then(() => next());
      else next();
      return;
    }
    this.#sink = undefined;
    this._dataMode = false;
    const end = wait ? wait.then(() => sink.end()) : sink.end();
    // What was pipelined behind the message runs only after the message is answered.
    end.then(() => this.#readLines(chunk, endAt, next));
  }
}
