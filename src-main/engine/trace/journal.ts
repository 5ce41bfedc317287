/**
 * The trace of one virtual server on disk: what happened to each message, one record a line, only ever appended to.
 *
 * Owns: the files below <data folder>/Trace/<number>, one or more for each day (UTC), and how long they are kept.
 * Promises: `write` resolves when the system has the record, so that the end of this process (kill -9) loses nothing;
 *   the disk is made to have it within a second, so that a power failure loses the last second at most. Records that
 *   come together are one write; what was said, and refusals, wait a moment for others. `write` never rejects and holds nobody up for longer than two seconds: a disk that
 *   hangs costs records, not mail; what waits for it is bounded, and what is lost is counted and told once.
 * Trusts: that one journal writes into the folder. A last line that a crash has torn is ended before the next one;
 *   readers skip it.
 * Fails: with one warning until it works again.
 */
import {
  close as closeFile,
  constants,
  fdatasync as flushFile,
  open as openFile,
  read as readFile,
  fstat as statFile,
  write as writeFile,
} from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerSettings } from '../../settings/schema';
import type { CancelTimer, Clock } from '../core/clock';
import type { Emit } from '../core/event';
import { reasonOf } from '../core/problem';
import type { Trace, TraceRecord } from '../core/trace';
import { isDoneWithin } from '../core/within';
import { removeFile } from '../disk/durable';
import { makeFolder } from '../disk/make-folder';
import { formatTraceFileName, readTraceFileName, utcDay } from './file-name';
import { formatRecord } from './record-line';
import { filesToRemove, largestFileBytes, type TraceFile } from './retention';

export interface TraceJournalOptions {
  readonly serverId: number;
  /** Made when there is something to write. */
  readonly folder: string;
  readonly settings: () => Pick<ServerSettings, 'traceKeepDays' | 'traceKeepMb'>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Writes all of it to the descriptor. Default: the system's. */
  readonly append?: (descriptor: number, data: Uint8Array) => Promise<void>;
}

export interface TraceJournal extends Trace {
  /** Settings have changed: removes what is kept no longer. */
  refresh(): void;
  /** Writes what waits, flushes and closes. Never rejects; a disk that hangs is left to itself. */
  close(): Promise<void>;
}

/** Mail waits no longer than this for its record. */
const longestHoldMs = 2_000;
const flushDelayMs = 1_000;
const retryDelayMs = 1_000;
/** What was said in a session goes with the next record, of which there usually is one. */
const detailDelayMs = 50;
const retentionIntervalMs = 60 * 60_000;
/** Records that wait for a disk that does not take them. */
const mostWaitingChars = 16 * 1024 * 1024;
/** Written at once. */
const mostPieceChars = 1024 * 1024;

const openDescriptor = promisify<string, number, number, number>(openFile);
const closeDescriptor = promisify(closeFile);
const flushDescriptor = promisify(flushFile);
const statDescriptor = promisify(statFile) as (descriptor: number) => Promise<{ readonly size: number }>;

interface OpenFile {
  readonly descriptor: number;
  readonly name: string;
  readonly day: string;
  bytes: number;
}

/** Those who wait for the same write. */
interface Group {
  readonly done: Promise<void>;
  readonly release: () => void;
}

/** Makes the journal; nothing is opened before there is a record. */
export function createTraceJournal(options: TraceJournalOptions): TraceJournal {
  return new Journal(options);
}

class Journal implements TraceJournal {
  readonly #options: TraceJournalOptions;
  #waiting: string[] = [];
  #waitingChars = 0;
  #lostCount = 0;
  /** Waits for what is in `#waiting`. */
  #next: Group | undefined;
  /** Waits for what is being written. */
  #current: Group | undefined;
  #working: Promise<void> | undefined;
  /** The disk has not answered in time: nobody waits for it until it does. */
  #isSlow = false;
  #isFailing = false;
  #hasToldLoss = false;
  #isClosed = false;
  #file: OpenFile | undefined;
  #flushing: Promise<unknown> = Promise.resolve();
  #cancelFlush: CancelTimer | undefined;
  #cancelRetry: CancelTimer | undefined;
  #cancelDetails: CancelTimer | undefined;
  #cancelRetention: CancelTimer | undefined;
  #retention: Promise<void> | undefined;

  constructor(options: TraceJournalOptions) {
    this.#options = options;
    this.refresh();
  }

  write(record: TraceRecord): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const line = formatRecord(record);
    if (this.#waitingChars + line.length > mostWaitingChars) {
      this.#lose(1);
      return undefined;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length;
    if (this.#isFailing) return undefined;
    this.#next ??= createGroup();
    const { done } = this.#next;
    if (isDetail(record)) {
      this.#cancelDetails ??= this.#options.clock.startTimer(() => {
        this.#cancelDetails = undefined;
        this.#begin();
      }, detailDelayMs);
    } else this.#begin();
    return this.#isSlow ? undefined : done;
  }

  refresh(): void {
    this.#cancelRetention?.();
    this.#cancelRetention = undefined;
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#cancelRetention = clock.startTimer(() => this.refresh(), retentionIntervalMs);
    this.#retention ??= this.#removeOld().finally(() => {
      this.#retention = undefined;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetention?.();
    this.#cancelFlush?.();
    this.#cancelRetry?.();
    this.#cancelDetails?.();
    const end = async (): Promise<void> => {
      await this.#working;
      // The last try of what could not be written.
      if (this.#waiting.length > 0) await this.#work();
      await this.#retention;
      await this.#closeFile();
    };
    const { clock } = this.#options;
    await isDoneWithin({ clock, limitMs: longestHoldMs }, end()).catch(() => undefined);
  }

  #begin(): void {
    if (this.#working) return;
    // Behind what is being done now: what is told in one go is one write.
    this.#working = Promise.resolve()
      .then(() => this.#work())
      .finally(() => {
        this.#working = undefined;
        if (this.#waiting.length > 0 && !this.#isFailing && !this.#isClosed) this.#begin();
      });
  }

  /** Writes until nothing waits. Never rejects. */
  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#waitingChars = 0;
      const group = this.#next;
      this.#next = undefined;
      this.#current = group;
      this.#cancelDetails?.();
      this.#cancelDetails = undefined;
      const cancel = this.#options.clock.startTimer(() => this.#letGo(), longestHoldMs);
      let done = 0;
      try {
        while (done < lines.length) done += await this.#writeSome(lines, done);
        this.#succeeded();
      } catch (error) {
        await this.#failed(lines.slice(done), error);
        return;
      } finally {
        cancel();
        this.#isSlow = false;
        this.#current = undefined;
        group?.release();
      }
    }
  }

  /** The disk does not answer: mail goes on. */
  #letGo(): void {
    this.#isSlow = true;
    this.#current?.release();
    this.#next?.release();
  }

  async #writeSome(lines: readonly string[], from: number): Promise<number> {
    const file = await this.#fileForNow();
    let text = '';
    let count = 0;
    for (const line of lines.slice(from)) {
      if (count > 0 && text.length + line.length > mostPieceChars) break;
      text += line;
      count++;
    }
    const data = Buffer.from(text);
    await (this.#options.append ?? appendAll)(file.descriptor, data);
    file.bytes += data.length;
    this.#cancelFlush ??= this.#options.clock.startTimer(() => {
      this.#cancelFlush = undefined;
      this.#flush();
    }, flushDelayMs);
    return count;
  }

  #flush(): void {
    const { descriptor } = this.#file ?? {};
    if (descriptor === undefined) return;
    // What cannot be flushed cannot be written either, and that is told.
    this.#flushing = this.#flushing.then(() => flushDescriptor(descriptor)).catch(() => undefined);
  }

  async #fileForNow(): Promise<OpenFile> {
    const { folder, clock, settings } = this.#options;
    const day = utcDay(clock.now());
    const mostBytes = largestFileBytes(settings());
    if (this.#file && this.#file.day === day && this.#file.bytes < mostBytes) return this.#file;
    await this.#closeFile();
    // Others may pass through the data folder.
    await makeFolder(folder, 0o700);
    const files = await listFiles(folder);
    const numbers = files.filter((file) => file.day === day);
    const last = numbers.reduce<TraceFile | undefined>(
      (found, file) => (found && found.number > file.number ? found : file),
      undefined,
    );
    const number = last ? last.number + (last.bytes >= mostBytes ? 1 : 0) : 1;
    const name = formatTraceFileName({ day, number });
    const descriptor = await openDescriptor(
      join(folder, name),
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT,
      0o600,
    );
    this.#file = { descriptor, name, day, bytes: 0 };
    const { size } = await statDescriptor(descriptor);
    this.#file.bytes = size;
    if (size > 0 && (await lastByteOf(descriptor, size)) !== newLine) {
      await appendAll(descriptor, Buffer.from('\n'));
      this.#file.bytes++;
    }
    if (size === 0) this.refresh();
    return this.#file;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    if (!file) return;
    await this.#flushing;
    await flushDescriptor(file.descriptor).catch(() => undefined);
    await closeDescriptor(file.descriptor).catch(() => undefined);
  }

  #succeeded(): void {
    if (this.#isFailing || this.#lostCount > 0)
      this.#tell('trace-written', `The trace is written again${this.#lost()}.`);
    this.#isFailing = false;
    this.#hasToldLoss = false;
    this.#lostCount = 0;
  }

  async #failed(lines: readonly string[], error: unknown): Promise<void> {
    if (!this.#isFailing)
      this.#tell('trace-unwritable', `The trace cannot be written; mail is not affected: ${reasonOf(error)}`);
    this.#isFailing = true;
    this.#next?.release();
    this.#next = undefined;
    await this.#closeFile();
    const kept: string[] = [];
    let chars = this.#waitingChars;
    for (const line of lines) {
      if (chars + line.length > mostWaitingChars) break;
      kept.push(line);
      chars += line.length;
    }
    if (kept.length < lines.length) this.#lose(lines.length - kept.length);
    this.#waiting = [...kept, ...this.#waiting];
    this.#waitingChars = chars;
    if (this.#isClosed) return;
    this.#cancelRetry?.();
    this.#cancelRetry = this.#options.clock.startTimer(() => this.#begin(), retryDelayMs);
  }

  #lose(count: number): void {
    this.#lostCount += count;
    if (this.#hasToldLoss) return;
    this.#hasToldLoss = true;
    this.#tell(
      'trace-lost',
      'The disk does not take the trace: it will not be complete for a while. Mail is not affected.',
    );
  }

  #lost(): string {
    const count = this.#lostCount;
    return count === 0 ? '' : `; ${count} ${count === 1 ? 'record was' : 'records were'} lost`;
  }

  #tell(code: string, text: string): void {
    this.#options.emit({ type: 'warning', serverId: this.#options.serverId, code, text });
  }

  /** Never rejects: what cannot be removed now is tried again in an hour. */
  async #removeOld(): Promise<void> {
    const { folder, settings, clock } = this.#options;
    const files = await listFiles(folder).catch(() => []);
    const current = this.#file;
    // Somebody took the file away: what is written now would be seen by nobody.
    if (current && !files.some(({ name }) => name === current.name)) current.bytes = Number.POSITIVE_INFINITY;
    for (const { name } of filesToRemove(files, settings(), clock.now()))
      if (name !== this.#file?.name) await removeFile(join(folder, name)).catch(() => undefined);
  }
}

const newLine = 0x0a;

/** Nobody's mail is forgotten without it. */
const isDetail = ({ kind }: TraceRecord): boolean =>
  kind === 'session' || kind === 'attempt' || kind === 'refused';

function createGroup(): Group {
  let release = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { done, release };
}

async function listFiles(folder: string): Promise<(TraceFile & { readonly name: string })[]> {
  const names = await readdir(folder);
  const files = names.map(async (name) => {
    const known = readTraceFileName(name);
    if (!known) return [];
    const facts = await stat(join(folder, name)).catch(() => undefined);
    return facts ? [{ ...known, name, bytes: facts.size }] : [];
  });
  return (await Promise.all(files)).flat();
}

function lastByteOf(descriptor: number, size: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.alloc(1);
    readFile(descriptor, buffer, 0, 1, size - 1, (error) => (error ? reject(error) : resolve(buffer[0])));
  });
}

/** A short write (disk nearly full) goes on with the rest. */
async function appendAll(descriptor: number, data: Uint8Array): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const count = await new Promise<number>((resolve, reject) => {
      writeFile(descriptor, data, done, data.length - done, null, (error, written) =>
        error ? reject(error) : resolve(written),
      );
    });
    if (count === 0) throw Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
    done += count;
  }
}
