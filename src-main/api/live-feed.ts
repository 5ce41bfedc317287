/**
 * Turns the engine's many events into few hints for consoles: "this list changed, read what you show
 * again". A burst of ten thousand messages costs four hints a second, whatever the number of consoles.
 */
import type { Clock } from '../engine/core/clock';
import type { EngineEvent } from '../engine/core/event';
import type { LiveChange } from './contract';

export interface LiveFeed {
  /** Yields a first hint at once (read everything), then one whenever something changed. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<LiveChange, void, void>;
  push(event: EngineEvent): void;
  /** Settings changed; also refreshes server summaries. */
  pushSettings(): void;
  /** There is a new entry in the record of changes. */
  pushChanges(): void;
  /** The index of mail, or what people noted in it, changed. */
  pushIndex(): void;
}

const coalesceMs = 250;
/** More warnings than this in one hint are dropped: they are hints, the log has them all. */
const maxWarnings = 50;

interface Pending {
  isDue: boolean;
  servers: boolean;
  settings: boolean;
  changes: boolean;
  index: boolean;
  folders: Map<string, LiveChange['folders'][number]>;
  warnings: LiveChange['warnings'];
}

const createPending = (): Pending => ({
  isDue: false,
  servers: false,
  settings: false,
  changes: false,
  index: false,
  folders: new Map(),
  warnings: [],
});

/** Notes one event in what is owed to a watcher. */
function noteEvent(pending: Pick<Pending, 'servers' | 'folders' | 'warnings'>, event: EngineEvent): void {
  const touch = (folder: LiveChange['folders'][number]['folder']): void => {
    pending.folders.set(`${event.serverId}/${folder}`, { serverId: event.serverId, folder });
    // Counts in the tree and the status bar come with the server summaries.
    pending.servers = true;
  };
  switch (event.type) {
    case 'server-state':
    case 'collection-changed':
      pending.servers = true;
      break;
    case 'session-opened':
    case 'session-changed':
    case 'session-closed':
      touch('sessions');
      break;
    case 'message-accepted':
    case 'recipient-outcome':
    case 'recipient-deferred':
      touch('queue');
      break;
    case 'folder-changed':
      touch(event.folder);
      break;
    case 'mail-removed':
      touch(event.folder);
      break;
    case 'warning':
      if (pending.warnings.length < maxWarnings)
        pending.warnings.push({ serverId: event.serverId, code: event.code, text: event.text });
      break;
  }
}

/** Creates the feed; it keeps nothing but what its watchers have not read yet. */
export function createLiveFeed(clock: Clock): LiveFeed {
  const watchers = new Set<{ pending: Pending; isRipe: boolean; wake: () => void }>();
  let isTimerRunning = false;
  const schedule = (): void => {
    if (isTimerRunning || watchers.size === 0) return;
    isTimerRunning = true;
    clock.startTimer(() => {
      isTimerRunning = false;
      for (const watcher of watchers) {
        if (!watcher.pending.isDue) continue;
        watcher.isRipe = true;
        watcher.wake();
      }
    }, coalesceMs);
  };
  return {
    push(event) {
      for (const { pending } of watchers) {
        noteEvent(pending, event);
        pending.isDue = true;
      }
      schedule();
    },
    pushSettings() {
      for (const { pending } of watchers) {
        pending.settings = true;
        pending.servers = true;
        pending.isDue = true;
      }
      schedule();
    },
    pushChanges() {
      for (const { pending } of watchers) {
        pending.changes = true;
        pending.isDue = true;
      }
      schedule();
    },
    pushIndex() {
      for (const { pending } of watchers) {
        pending.index = true;
        pending.isDue = true;
      }
      schedule();
    },
    async *watch(signal) {
      const watcher = {
        pending: { ...createPending(), servers: true, settings: true, changes: true, index: true },
        isRipe: true,
        wake: () => {},
      };
      watchers.add(watcher);
      const onAbort = (): void => watcher.wake();
      signal?.addEventListener('abort', onAbort);
      try {
        while (!signal?.aborted) {
          if (!watcher.isRipe) {
            await new Promise<void>((resolve) => {
              watcher.wake = resolve;
            });
            continue;
          }
          watcher.isRipe = false;
          const { servers, settings, changes, index, folders, warnings } = watcher.pending;
          watcher.pending = createPending();
          yield { servers, settings, changes, index, folders: [...folders.values()], warnings };
        }
      } finally {
        signal?.removeEventListener('abort', onAbort);
        watchers.delete(watcher);
      }
    },
  };
}
