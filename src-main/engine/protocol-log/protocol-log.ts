/**
 * The protocol log of one virtual server (reference 6.1).
 *
 * Owns: the files below <log directory>/SMTPSVC<number>, which it only ever appends to.
 * Promises: taking an entry never waits and never throws; lines reach the file within a second and at `close`;
 *   each file holds lines of one format; changed settings count from the next line.
 * Trusts: the settings (validated).
 * Fails: a file that cannot be written costs lines, never mail: a warning says so once until it works again, and
 *   what is waiting is bounded.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerSettings } from '../../settings/schema';
import type { CancelTimer, Clock } from '../core/clock';
import type { Emit } from '../core/event';
import { reasonOf } from '../core/problem';
import type { LogProtocol, ProtocolEntry } from '../core/protocol-entry';
import { makeFolder } from '../disk/make-folder';
import { datedName, numberedName, numberOf } from './file-name';
import { formatHead, formatLine } from './lines';

export interface ProtocolLogOptions {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  /** Where logs go when the settings name no folder. */
  readonly defaultFolder: string;
  readonly computerName: string;
  readonly productVersion: string;
  readonly clock: Clock;
  readonly emit: Emit;
}

export interface ProtocolLog {
  readonly write: LogProtocol;
  /** Resolves when everything taken so far is in the files, or could not be written. */
  flush(): Promise<void>;
  /** Flushes and closes the file. */
  close(): Promise<void>;
}

const flushIntervalMs = 1000;
/** Lines that wait for a disk that does not take them; the oldest tenth goes first. Peers decide how long a line is. */
const maxWaitingChars = 16 * 1024 * 1024;
/** Written at once. */
const maxPieceChars = 1024 * 1024;

/** What a line needs to know about its file; another value means another file. */
interface FilePlan {
  readonly folder: string;
  /** Undefined: numbered files. */
  readonly name: string | undefined;
  readonly format: ServerSettings['logFormat'];
  readonly fields: ServerSettings['logFields'];
  /** Numbered files: size at which the next one is begun. */
  readonly maxBytes: number;
}

interface WaitingLine {
  readonly plan: FilePlan;
  readonly at: number;
  readonly text: string;
}

interface OpenFile {
  readonly plan: FilePlan;
  readonly handle: FileHandle;
  readonly number: number | undefined;
  bytes: number;
}

/** Makes the log; nothing is opened before there is a line. */
export function createProtocolLog(options: ProtocolLogOptions): ProtocolLog {
  const { clock, settings, serverId } = options;
  const site = { serverId, computerName: options.computerName, productVersion: options.productVersion };
  let waiting: WaitingLine[] = [];
  let waitingChars = 0;
  let droppedCount = 0;
  let file: OpenFile | undefined;
  let cancelTimer: CancelTimer | undefined;
  let work: Promise<void> = Promise.resolve();
  let isFailing = false;
  let isClosed = false;
  let planned:
    | { readonly settings: ServerSettings; readonly at: number; readonly plan: FilePlan }
    | undefined;

  /** Made anew for another settings object and for another minute: no schedule is finer. */
  const planFor = (at: number): FilePlan => {
    const now = settings();
    const minute = Math.floor(at / 60_000);
    if (planned?.settings === now && planned.at === minute) return planned.plan;
    const root = now.logDirectory === '' ? options.defaultFolder : now.logDirectory;
    const next: FilePlan = {
      folder: join(root, `SMTPSVC${serverId}`),
      name: datedName(now, at),
      format: now.logFormat,
      fields: now.logFields,
      maxBytes: now.logSchedule === 'size' ? now.logFileSizeMb * 1024 * 1024 : Number.POSITIVE_INFINITY,
    };
    const plan = planned && isSamePlan(planned.plan, next) ? planned.plan : next;
    planned = { settings: now, at: minute, plan };
    return plan;
  };

  const write = (entry: ProtocolEntry): void => {
    if (isClosed || !settings().isLogging) return;
    const plan = planFor(entry.at);
    const text = formatLine(entry, { ...plan, site });
    waiting.push({ plan, at: entry.at, text });
    waitingChars += text.length;
    makeRoom();
    cancelTimer ??= clock.startTimer(() => {
      cancelTimer = undefined;
      void flush();
    }, flushIntervalMs);
  };

  const makeRoom = (): void => {
    while (waitingChars > maxWaitingChars) {
      const dropped = waiting.splice(0, Math.ceil(waiting.length / 10));
      waitingChars -= charsIn(dropped);
      droppedCount += dropped.length;
    }
  };

  const flush = (): Promise<void> => {
    work = work.then(writeOut);
    return work;
  };

  const writeOut = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const lines = waiting;
    waiting = [];
    waitingChars = 0;
    let done = 0;
    try {
      while (done < lines.length) done += await writeSome(lines, done);
      if (isFailing) tell('log-written', `The protocol log is written again${lost()}.`);
      else if (droppedCount > 0)
        tell('log-too-slow', `The disk is too slow for the protocol log${lost()}; mail is not affected.`);
      isFailing = false;
      droppedCount = 0;
    } catch (error) {
      const undone = lines.slice(done);
      waiting = [...undone, ...waiting];
      waitingChars += charsIn(undone);
      makeRoom();
      const failed = file;
      file = undefined;
      await failed?.handle.close().catch(() => undefined);
      if (!isFailing)
        tell(
          'log-unwritable',
          `The protocol log cannot be written; mail is not affected: ${reasonOf(error)}`,
        );
      isFailing = true;
      if (!isClosed)
        cancelTimer ??= clock.startTimer(() => {
          cancelTimer = undefined;
          void flush();
        }, flushIntervalMs);
    }
  };

  const lost = (): string => (droppedCount === 0 ? '' : `; ${droppedCount} lines were lost`);
  const tell = (code: string, text: string): void => options.emit({ type: 'warning', serverId, code, text });

  /** Writes the lines from `from` on that go into one file; answers how many. */
  const writeSome = async (lines: readonly WaitingLine[], from: number): Promise<number> => {
    const first = lines[from];
    if (!first) return 0;
    const into = await fileFor(first);
    let text = '';
    let bytes = into.bytes;
    let count = 0;
    for (let line = lines[from]; line?.plan === first.plan; line = lines[from + count]) {
      if (count > 0 && (bytes >= into.plan.maxBytes || text.length >= maxPieceChars)) break;
      text += `${line.text}\r\n`;
      bytes += Buffer.byteLength(line.text) + 2;
      count++;
    }
    await into.handle.appendFile(text);
    into.bytes = bytes;
    return count;
  };

  const fileFor = async (line: WaitingLine): Promise<OpenFile> => {
    const { plan } = line;
    if (file?.plan === plan && file.bytes < plan.maxBytes) return file;
    const old = file;
    file = undefined;
    await old?.handle.close();
    // Others may pass through the data folder that it lies in by default.
    await makeFolder(plan.folder, 0o700);
    const number = plan.name === undefined ? await nextNumber(plan, old) : undefined;
    const path = join(plan.folder, plan.name ?? numberedName(plan.format, number ?? 1));
    const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o640);
    try {
      let { size: bytes } = await handle.stat();
      const head = formatHead(line.at, { ...plan, site });
      if (head !== '') {
        await handle.appendFile(head);
        bytes += Buffer.byteLength(head);
      }
      file = { plan, handle, number, bytes };
      return file;
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  };

  return {
    write,
    flush,
    async close() {
      isClosed = true;
      cancelTimer?.();
      cancelTimer = undefined;
      await flush();
      const last = file;
      file = undefined;
      await last?.handle.close().catch(() => undefined);
    },
  };
}

const charsIn = (lines: readonly WaitingLine[]): number =>
  lines.reduce((sum, { text }) => sum + text.length, 0);

const isSamePlan = (one: FilePlan, other: FilePlan): boolean =>
  one.folder === other.folder &&
  one.name === other.name &&
  one.format === other.format &&
  one.maxBytes === other.maxBytes &&
  one.fields.join() === other.fields.join();

/** The last numbered file goes on while it has room; a full one is followed by the next number. */
async function nextNumber(plan: FilePlan, old: OpenFile | undefined): Promise<number> {
  const names = await readdir(plan.folder);
  const last = Math.max(0, ...names.flatMap((name) => numberOf(plan.format, name) ?? []));
  if (last === 0) return 1;
  if (plan.maxBytes === Number.POSITIVE_INFINITY) return last;
  const isFull = old?.plan === plan && old.number === last;
  const { size } = await stat(join(plan.folder, numberedName(plan.format, last)));
  return isFull || size >= plan.maxBytes ? last + 1 : last;
}
