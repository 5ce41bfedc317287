/**
 * The Pickup folder of a virtual server: whatever file is laid into it is sent and removed.
 *
 * Owns: when to look, which files to take, how many at a time, and telling people once about a file that
 * cannot be taken. The watcher is a hint only (it loses events when the system's queue overflows, and goes
 * silent when the folder is replaced); the sweep at start, after each hint and every few seconds is the truth.
 * Promises: no file is lost, none is sent twice because it could not be removed, a faulty one goes to Badmail
 * with its reason, and one bad file never holds up the others.
 * Fails: never as a whole; a missing folder or a full disk is reported once and waited out.
 */
import { lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type CancelTimer, type Clock, steadyNow } from '../core/clock';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import { reasonOf, systemCodeOf } from '../core/problem';
import { type ClaimedFile, createPickupClaims } from './pickup-claim';
import { type FileLook, isPassedOver, isReady, lookAgainMs, lookAt, quietMsOf } from './pickup-look';
import { acceptPickupFile, type PickupMessageOptions, type PickupResult } from './pickup-message';

export interface PickupOptions extends Omit<PickupMessageOptions, 'claims'> {
  readonly folder: string;
  /** Where claimed files lie. Default: "Working" beside the folder. */
  readonly workingFolder?: string;
  /** Says whether Queue holds an envelope with this id. Default: looks into "Queue" beside the folder. */
  isQueued?(queueId: QueueId): Promise<boolean>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Between two sweeps without a hint. Default 5,000, at least 250. */
  readonly sweepMs?: number;
}

export interface Pickup {
  /**
   * Removes claimed files whose message is in Queue. Call it before the queue starts to work on what it
   * recovered: afterwards a finished message cannot be told from one that was never accepted.
   */
  recover(): Promise<void>;
  /** Recovers when that was not done, sweeps, and watches from then on. */
  start(): Promise<void>;
  /** Takes no further file and waits for those under way. */
  stop(): Promise<void>;
  /** Looks once and resolves when all that was ready is done. */
  sweepNow(): Promise<void>;
  /** Files that wait to be taken. */
  count(): Promise<number>;
  /** Why the file of this name is not taken, as far as that was said. */
  whyWaiting(name: string): string | undefined;
}

/** Files read at the same time: enough to share a flush, few enough to leave the disk to the others. */
const mostAtOnce = 16;
/**
 * With more files than this the watcher is closed until they are done: it asks for the facts of every file at
 * each change, which costs more than the work itself, and says nothing that the sweep after them does not see.
 */
const mostWatched = 100;
/** Hints come in bursts, our own renames among them. */
const hintGapMs = 100;

export function createPickup(options: PickupOptions): Pickup {
  const { folder, clock, emit, serverId } = options;
  const home = dirname(folder);
  const claims = createPickupClaims({
    pickupFolder: folder,
    workingFolder: options.workingFolder ?? join(home, 'Working'),
    isQueued: options.isQueued ?? ((queueId) => exists(join(home, 'Queue', `${queueId}.json`))),
  });
  const messageOptions: PickupMessageOptions = { ...options, claims };
  const sweepMs = Math.max(lookAgainMs, options.sweepMs ?? 5000);

  const looks = new Map<string, FileLook>();
  const pending = new Map<string, ClaimedFile>();
  const active = new Set<string>();
  /** What was said about a file or about the folder, so that it is said once. */
  const told = new Map<string, string>();
  let idleWaiters: (() => void)[] = [];
  let isRunning = false;
  let isRecovered = false;
  let isHeldBack = false;
  /** A file was finished since the pool was last empty. */
  let hasProgress = false;
  let sweeping: Promise<void> | undefined;
  let timer: { readonly at: number; readonly cancel: CancelTimer } | undefined;
  let watcher: FSWatcher | undefined;
  let watchedFolder = '';
  let waitingCount = 0;
  let lastSweepAt = 0;

  function warnOnce(key: string, code: string, text: string): void {
    if (told.get(key) === text) return;
    told.set(key, text);
    emit({ type: 'warning', serverId, code, text });
  }

  function sweepWithin(delayMs: number): void {
    if (!isRunning) return;
    const at = steadyNow(clock) + delayMs;
    if (timer) {
      if (timer.at <= at) return;
      timer.cancel();
    }
    const cancel = clock.startTimer(() => {
      timer = undefined;
      void sweep();
    }, delayMs);
    timer = { at, cancel };
  }

  function sweep(): Promise<void> {
    sweeping ??= sweepOnce()
      .catch((error: unknown) => warnFolder(error))
      .finally(() => {
        sweeping = undefined;
        sweepWithin(sweepMs);
      });
    return sweeping;
  }

  function warnFolder(error: unknown): void {
    const code = systemCodeOf(error) ?? reasonOf(error);
    warnOnce(folder, 'pickup-folder-unusable', `The Pickup folder ${folder} cannot be read (${code}).`);
    void closeWatcher();
  }

  async function sweepOnce(): Promise<void> {
    lastSweepAt = steadyNow(clock);
    const facts = await stat(folder, { bigint: true });
    const names = await readdir(folder);
    const found: ClaimedFile[] = [...(await claims.list())];
    told.delete(folder);
    for (const name of names) {
      if (!isPassedOver(name)) found.push({ path: join(folder, name), name });
    }
    const paths = new Set(found.map((file) => file.path));
    for (const path of looks.keys()) if (!paths.has(path)) looks.delete(path);
    for (const key of told.keys()) if (!paths.has(key) && key !== queueKey) told.delete(key);
    waitingCount = found.length;
    if (found.length > mostWatched) await closeWatcher();
    else if (isRunning) await watchFolder(`${facts.dev}:${facts.ino}`);
    isHeldBack = false;
    for (const file of found) if (!active.has(file.path)) pending.set(file.path, file);
    for (let free = mostAtOnce - active.size; free > 0; free--) takeNext();
    if (active.size === 0) settle();
  }

  function takeNext(): void {
    const next = pending.values().next();
    if (next.done || isHeldBack) {
      pending.clear();
      if (active.size === 0) settle();
      return;
    }
    const file = next.value;
    pending.delete(file.path);
    active.add(file.path);
    void take(file)
      .catch((error: unknown): PickupResult => ({ kind: 'blocked', text: reasonOf(error) }))
      .then((result) => {
        active.delete(file.path);
        conclude(file, result);
        takeNext();
      });
  }

  function settle(): void {
    // Nobody told of what came while the watcher was closed.
    if (!watcher && hasProgress) sweepWithin(hintGapMs);
    hasProgress = false;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async function take(file: ClaimedFile): Promise<PickupResult> {
    const refusal = options.intake.refusal();
    if (refusal) return { kind: 'refused', text: refusal.text };
    const facts = await lstat(file.path).catch(() => undefined);
    if (!facts?.isFile()) return { kind: 'passed-over' };
    const now = clock.now();
    const look = lookAt({ sizeBytes: facts.size, modifiedAt: facts.mtimeMs }, looks.get(file.path), now);
    looks.set(file.path, look);
    if (!isReady(look, now)) {
      // An empty file is only a name yet; its first bytes come with a hint.
      if (look.sizeBytes > 0) sweepWithin(lookAgainMs);
      return { kind: 'wait' };
    }
    return acceptPickupFile(messageOptions, file, quietMsOf(look, now));
  }

  function conclude(file: ClaimedFile, result: PickupResult): void {
    switch (result.kind) {
      case 'accepted':
        if (!result.isRemoved) {
          const text = `The Pickup file "${file.name}" was sent but cannot be removed. It will not be sent again.`;
          warnOnce(file.path, 'pickup-file-not-removed', text);
        }
        break;
      case 'badmail':
        break;
      case 'blocked': {
        const text = `The Pickup file "${file.name}" ${result.text}. It stays where it is and is not sent.`;
        warnOnce(file.path, 'pickup-file-blocked', text);
        return;
      }
      case 'refused':
        isHeldBack = true;
        warnOnce(queueKey, 'pickup-held-back', `Pickup waits: ${result.text}`);
        return;
      default:
        return;
    }
    hasProgress = true;
    told.delete(queueKey);
    looks.delete(file.path);
    waitingCount = Math.max(0, waitingCount - 1);
    emit({ type: 'folder-changed', serverId, folder: 'pickup' });
  }

  /** Watches the folder itself, not each file in it: a watch a file would cost a handle a file. */
  async function watchFolder(identity: string): Promise<void> {
    if (watcher && watchedFolder === identity) return;
    await closeWatcher();
    // Network shares send no events that can be relied on; the sweep is enough there.
    if (folder.startsWith('\\\\')) return;
    watchedFolder = identity;
    watcher = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path) => path !== folder,
    });
    watcher.on('raw', () => {
      emit({ type: 'folder-changed', serverId, folder: 'pickup' });
      sweepWithin(Math.max(20, lastSweepAt + hintGapMs - steadyNow(clock)));
    });
    // The sweep goes on without hints, and tries to watch again.
    watcher.on('error', () => void closeWatcher());
  }

  async function closeWatcher(): Promise<void> {
    const closing = watcher;
    watcher = undefined;
    watchedFolder = '';
    await closing?.close();
  }

  async function recover(): Promise<void> {
    isRecovered = true;
    await claims.recover();
  }

  async function sweepNow(): Promise<void> {
    // A sweep that is under way may have listed the folder before the file that the caller means.
    await sweeping;
    await sweep();
    if (active.size > 0 || pending.size > 0) await new Promise<void>((resolve) => idleWaiters.push(resolve));
  }

  return {
    recover,
    sweepNow,
    async start() {
      if (isRunning) return;
      if (!isRecovered) await recover();
      isRunning = true;
      await sweep();
    },
    async stop() {
      isRunning = false;
      timer?.cancel();
      timer = undefined;
      pending.clear();
      await sweeping;
      pending.clear();
      if (active.size > 0) await new Promise<void>((resolve) => idleWaiters.push(resolve));
      await closeWatcher();
    },
    async count() {
      if (isRunning) return waitingCount;
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => !isPassedOver(name)).length;
    },
    whyWaiting: (name) => told.get(join(folder, name)) ?? told.get(queueKey),
  };
}

/** Key of what was said about the queue; no path looks like it. */
const queueKey = ' queue';

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
