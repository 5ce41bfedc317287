/**
 * Keeps Drop and Badmail within their limits, and empties what was deleted an hour ago.
 *
 * Owns: when to look: at start, every few minutes, when settings change, and again soon where much is left to remove.
 * Promises: removes the oldest first and nothing that is no message; a bounded number a round, few at a time. Of a
 *   message in Badmail the message goes first: reason files that `kill -9` leaves behind are found by the .BDP of ours
 *   and go with a later round.
 * Fails: never as a whole. What cannot be removed is told once, and tried again by the next round.
 */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerSettings } from '../../settings/schema';
import type { CancelTimer, Clock } from '../core/clock';
import type { Emit } from '../core/event';
import { isQueueId } from '../core/ids';
import { reasonOf, systemCodeOf } from '../core/problem';
import { flushDirectory, removeFile } from '../disk/durable';
import { inParts, mapAtOnce } from './at-once';
import type { MessageList } from './message-list';
import { readBeside, readProperties } from './message-row';
import { decideWhatGoes, hasLimits, type KeepLimits } from './what-goes';

/** Folders of which the settings say how much is kept. */
type LimitedFolder = 'drop' | 'badmail';

export interface Retention {
  start(): void;
  /** Settings have changed: looks soon. */
  refresh(): void;
  /** One round, now; tests and the command line. Answers whether more is left to remove. */
  sweepNow(): Promise<boolean>;
  /** Starts no further round and waits for removals under way. */
  stop(): Promise<void>;
}

export interface RetentionOptions {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  readonly lists: () => Readonly<Record<LimitedFolder | 'pickup', MessageList>>;
  readonly folders: Readonly<Record<LimitedFolder, string>>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Messages removed in one round. Default 5,000. */
  readonly mostAtOnce?: number;
}

const firstRoundMs = 15_000;
const roundMs = 5 * 60_000;
const nextPartMs = 2000;
/** Somebody who types a limit digit by digit saves it once, but may save again. */
const changedMs = 1000;
const removalsAtOnce = 4;
/** Younger reason files may be about to get their message. */
const orphanAgeMs = 3_600_000;

function keepLimitsOf(settings: ServerSettings, folder: LimitedFolder): KeepLimits {
  return folder === 'drop'
    ? {
        keepDays: settings.dropKeepDays,
        keepMessages: settings.dropKeepMessages,
        keepMb: settings.dropKeepMb,
      }
    : {
        keepDays: settings.badmailKeepDays,
        keepMessages: settings.badmailKeepMessages,
        keepMb: settings.badmailKeepMb,
      };
}

export function createRetention(options: RetentionOptions): Retention {
  const { serverId, settings, lists, folders, clock, emit } = options;
  const mostAtOnce = options.mostAtOnce ?? 5000;
  /** What was said about a folder, so that it is said once. */
  const told = new Map<string, string>();
  let cancel: CancelTimer | undefined;
  let running: Promise<boolean> | undefined;
  /** Messages that are being removed; looking at a large folder is not waited for. */
  let removing: Promise<unknown> | undefined;
  let isRunning = false;
  let isStopped = false;
  /** Only a crash leaves reason files alone: once after a start is enough. */
  let isTidied = false;

  function warnOnce(key: string, text: string): void {
    if (told.get(key) === text) return;
    told.set(key, text);
    emit({ type: 'warning', serverId, code: 'mail-not-removed', text });
  }

  function within(delayMs: number): void {
    cancel?.();
    if (isRunning) cancel = clock.startTimer(() => void sweep(), delayMs);
  }

  function sweep(): Promise<boolean> {
    cancel?.();
    running ??= round().finally(() => {
      running = undefined;
    });
    const mine = running;
    void mine.then((isMoreLeft) => within(isMoreLeft ? nextPartMs : roundMs));
    return mine;
  }

  async function round(): Promise<boolean> {
    for (const [folder, list] of Object.entries(lists())) {
      const key = `deleted ${folder}`;
      try {
        await list.sweepDeleted(clock.now());
        told.delete(key);
      } catch (error) {
        warnOnce(key, `Deleted mail cannot be removed for good: ${reasonOf(error)}`);
      }
    }
    let isMoreLeft = false;
    for (const folder of ['drop', 'badmail'] as const) {
      try {
        if (await keepWithin(folder)) isMoreLeft = true;
      } catch (error) {
        warnOnce(folder, `Old mail cannot be removed from ${folders[folder]}: ${reasonOf(error)}`);
      }
    }
    return isMoreLeft;
  }

  /** Answers whether more is left to remove, and can be. */
  async function keepWithin(folder: LimitedFolder): Promise<boolean> {
    if (!hasLimits(keepLimitsOf(settings(), folder))) return false;
    const { table } = lists()[folder];
    await table.refresh();
    if (folder === 'badmail' && !isTidied) {
      await removeOrphans();
      isTidied = true;
    }
    if (isStopped) return false;
    // Only now: they may have been lifted meanwhile.
    const limits = keepLimitsOf(settings(), folder);
    const columns = table.columns();
    const going = await inParts(decideWhatGoes(columns, limits, clock.now(), mostAtOnce));
    if (isStopped || going.count === 0) return false;
    // Lifted while that was decided: another round decides anew.
    if (JSON.stringify(keepLimitsOf(settings(), folder)) !== JSON.stringify(limits)) return true;
    const files = going.slots.flatMap((slot) => {
      const name = columns.names[slot];
      const bytes = columns.sizeBytes[slot] as number;
      return name !== undefined && table.has(name) ? [{ name, bytes }] : [];
    });
    let removed = 0;
    let removedBytes = 0;
    let failure: unknown;
    removing = mapAtOnce(
      files,
      async ({ name, bytes }) => {
        if (isStopped) return;
        try {
          await removeMessage(folder, name);
          table.forget(name);
          removed++;
          removedBytes += bytes;
        } catch (error) {
          failure ??= error;
        }
      },
      removalsAtOnce,
    );
    await removing;
    await flushDirectory(folders[folder]);
    if (removed > 0) {
      emit({ type: 'mail-removed', serverId, folder, count: removed, sizeBytes: removedBytes });
      emit({ type: 'folder-changed', serverId, folder });
    }
    if (failure === undefined) told.delete(folder);
    else {
      const reason = systemCodeOf(failure) ?? reasonOf(failure);
      warnOnce(folder, `Some old messages cannot be removed from ${folders[folder]} (${reason}).`);
    }
    return failure === undefined && going.count > going.slots.length;
  }

  async function removeMessage(folder: LimitedFolder, name: string): Promise<void> {
    const path = join(folders[folder], name);
    await removeFile(path);
    if (folder === 'badmail') await removeReasons(path.slice(0, -4));
  }

  /** .BDP last: it is what an interrupted removal is known by. */
  async function removeReasons(base: string): Promise<void> {
    for (const ending of ['.BDR', '.bdr', '.BDP', '.bdp']) await removeFile(base + ending);
  }

  async function removeOrphans(): Promise<void> {
    const folder = folders.badmail;
    const { table } = lists().badmail;
    const entries = await opendir(folder, { bufferSize: 1000 }).catch(() => undefined);
    const alone = new Set<string>();
    for await (const { name } of entries ?? []) {
      const base = name.slice(0, -4);
      if (!/\.BD[PR]$/.test(name) || !isQueueId(base)) continue;
      if (!table.has(`${base}.BAD`) && !table.has(`${base}.bad`)) alone.add(base);
    }
    if (alone.size === 0) return;
    const { badmail } = lists();
    // A deletion that was cut short, and can be undone: they hold its envelope.
    const deleted = await badmail.deletedIds();
    for (const base of alone)
      if (!deleted.has(base) && !(await badmail.files(base)) && (await isOrphan(base)))
        await removeReasons(join(folder, base));
  }

  /** Reason files of ours that wait for no message. */
  async function isOrphan(base: string): Promise<boolean> {
    const files = { folder: folders.badmail, kind: 'badmail', base, name: `${base}.BAD` } as const;
    const properties = await readProperties(files);
    if (properties) return clock.now() - properties.at > orphanAgeMs;
    // Cut short while they were written: empty, or the .BDR without the other.
    for (const ending of ['.BDP', '.BDR']) {
      const facts = await lstat(join(files.folder, base + ending)).catch(() => undefined);
      if (!facts) continue;
      if (clock.now() - facts.mtimeMs <= orphanAgeMs) return false;
      if (facts.size === 0) continue;
      const text = ending === '.BDR' ? await readBeside(files, [ending], 64 * 1024) : undefined;
      if (text === undefined || !/^Cause: [a-z-]+\r$/m.test(text)) return false;
    }
    return true;
  }

  return {
    start() {
      isStopped = false;
      isRunning = true;
      within(firstRoundMs);
    },
    refresh: () => within(changedMs),
    sweepNow: sweep,
    async stop() {
      isRunning = false;
      isStopped = true;
      cancel?.();
      await removing;
    },
  };
}
