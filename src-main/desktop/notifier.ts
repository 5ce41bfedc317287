/**
 * Notifications on the desktop: looks at what the engine tells, and shows what `notices` decides. A storm of mail is
 * one notification in half a minute, with the number; a click leads to the thing.
 *
 * Trusts: the contract's answers. Fails: never; a desktop that shows no notifications gets none.
 */
import { Notification } from 'electron';
import type { LiveChange, ServerSettings, ServerSummary } from '../api/contract';
import type { HostCommand } from '../api/contract/host';
import type { ContractClient } from './ipc';
import {
  type DesktopNotice,
  findNotices,
  mergeNotices,
  type SeenServer,
  type WatchedFolder,
  type WatchedServer,
} from './notices';

export interface Notifier {
  /** Something changed; `servers` are as they are now. */
  follow(change: LiveChange, servers: readonly ServerSummary[]): Promise<void>;
  /** The engine went away: what is found when it is back is no news. */
  forget(): void;
  close(): void;
}

/** The next notification of the same thing comes no sooner. */
const quietMs = 30_000;
const newestRows = 20;
/** Shown ones are kept that long, so that a click still leads somewhere. */
const mostShown = 20;

export function createNotifier(options: {
  readonly client: ContractClient;
  readonly onClick: (command: HostCommand) => void;
  readonly show?: (notice: DesktopNotice, onClick: () => void) => void;
}): Notifier {
  const { client, onClick } = options;
  const show = options.show ?? createDesktopDisplay();
  const seen = new Map<number, SeenServer>();
  const settings = new Map<number, ServerSettings>();
  const quiet = new Map<string, { readonly timer: NodeJS.Timeout; next: DesktopNotice | undefined }>();

  function tell(notice: DesktopNotice): void {
    const waiting = quiet.get(notice.key);
    if (waiting) {
      waiting.next = waiting.next ? mergeNotices(waiting.next, notice) : notice;
      return;
    }
    show(notice, () => onClick(notice.command));
    const entry = {
      next: undefined as DesktopNotice | undefined,
      timer: setTimeout(() => {
        quiet.delete(notice.key);
        if (entry.next) tell(entry.next);
      }, quietMs),
    };
    entry.timer.unref();
    quiet.set(notice.key, entry);
  }

  const newestOf = async (serverId: number, folder: 'drop' | 'badmail'): Promise<WatchedFolder['newest']> =>
    (await client.messages.list({ serverId, folder, limit: newestRows })).rows;

  async function look(servers: readonly ServerSummary[]): Promise<void> {
    for (const { id, name, state, problem, counts } of servers) {
      const known = settings.get(id) ?? (await client.servers.get({ serverId: id })).settings;
      settings.set(id, known);
      const before = seen.get(id)?.server;
      const folderOf = async (folder: 'drop' | 'badmail', isWanted: boolean): Promise<WatchedFolder> => {
        const count = counts[folder];
        const isSame = before?.[folder].count === count && before[folder].newest.length > 0;
        if (!isWanted) return { count, newest: [] };
        return { count, newest: isSame ? before[folder].newest : await newestOf(id, folder) };
      };
      const now: WatchedServer = {
        id,
        name,
        state,
        problem,
        settings: known,
        queueCount: counts.queue,
        drop: await folderOf('drop', known.notifiesNewMail),
        badmail: await folderOf('badmail', known.notifiesBadmail),
      };
      const found = findNotices(seen.get(id), now);
      seen.set(id, found.seen);
      for (const notice of found.notices) tell(notice);
    }
    for (const id of seen.keys()) if (!servers.some((server) => server.id === id)) seen.delete(id);
  }

  return {
    async follow(change, servers) {
      if (change.settings) settings.clear();
      await look(servers);
    },
    forget() {
      seen.clear();
      settings.clear();
    },
    close() {
      for (const { timer } of quiet.values()) clearTimeout(timer);
      quiet.clear();
    },
  };
}

/** Shows notices through the system, where it can. */
function createDesktopDisplay(): (notice: DesktopNotice, onClick: () => void) => void {
  // One that nobody refers to is collected, and its click lost.
  const shown: Notification[] = [];
  return ({ title, body }, onClick) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    notification.on('click', onClick);
    shown.push(notification);
    if (shown.length > mostShown) shown.shift();
    notification.show();
  };
}
