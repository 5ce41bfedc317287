/**
 * What is told on the desktop, and when: a decision over what was seen before and what is seen now. Pure.
 *
 * Promises: the state found at the start is not told as news, but for a virtual server that does not run and should; what
 *   a stranger wrote (names, subjects) is bounded and cannot be taken for markup.
 */
import type { MessageRow, ServerSettings, ServerSummary } from '../api/contract';
import type { HostCommand } from '../api/contract/host';

export interface WatchedServer {
  readonly id: number;
  readonly name: string;
  readonly state: ServerSummary['state'];
  readonly problem: string | undefined;
  readonly settings: Pick<
    ServerSettings,
    'notifiesNewMail' | 'notifiesBadmail' | 'notifiesStop' | 'notifiesQueueOver'
  >;
  readonly queueCount: number;
  readonly drop: WatchedFolder;
  readonly badmail: WatchedFolder;
}

export interface WatchedFolder {
  readonly count: number;
  /** The newest; none where nobody wants to hear of them. */
  readonly newest: readonly Pick<MessageRow, 'id' | 'from' | 'sender' | 'subject'>[];
}

/** What has to be remembered of a virtual server. */
export interface SeenServer {
  readonly server: WatchedServer;
  /** The queue was told to be long, and has not shrunk enough since. */
  readonly isQueueTold: boolean;
}

export interface DesktopNotice {
  /** Notices of one key stand for each other. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly command: HostCommand;
  /** Messages that it is about, to add up what comes in quick succession. */
  readonly count: number;
}

/** A queue has to shrink to this part of the limit before it is told again: one that moves around it is told once. */
const quietShare = 0.8;
const longestText = 120;

/** @param before undefined: the server was not seen yet */
export function findNotices(
  before: SeenServer | undefined,
  now: WatchedServer,
): { readonly notices: readonly DesktopNotice[]; readonly seen: SeenServer } {
  const notices: DesktopNotice[] = [];
  const { settings, name, id } = now;
  const isNewlyFailed = now.state === 'failed' && before?.server.state !== 'failed';
  if (settings.notifiesStop && isNewlyFailed)
    notices.push({
      key: `stop/${id}`,
      title: before === undefined ? `${name} could not be started` : `${name} has stopped`,
      body: clean(now.problem ?? 'Open Mailroot to see why.'),
      command: { kind: 'select-server', serverId: id },
      count: 1,
    });
  for (const folder of ['drop', 'badmail'] as const) {
    const isWanted = folder === 'drop' ? settings.notifiesNewMail : settings.notifiesBadmail;
    const news = before && isWanted ? newMail(before.server[folder], now[folder]) : undefined;
    if (news) notices.push(mailNotice(now, folder, news));
  }
  const limit = settings.notifiesQueueOver;
  const isOver = limit !== null && now.queueCount > limit;
  const wasTold = before?.isQueueTold === true;
  if (isOver && !wasTold)
    notices.push({
      key: `queue/${id}`,
      title: `${now.queueCount.toLocaleString('en')} messages wait in ${name}`,
      body: 'Mail comes in faster than it can be delivered. See in Queue why.',
      command: { kind: 'select-folder', serverId: id, folder: 'queue' },
      count: now.queueCount,
    });
  const isQueueTold = limit !== null && (isOver || (wasTold && now.queueCount > limit * quietShare));
  return { notices, seen: { server: now, isQueueTold } };
}

interface News {
  readonly count: number;
  readonly newest: WatchedFolder['newest'][number] | undefined;
}

/** Mail is dropped out of turn (it may have waited for long), so that neither names nor numbers alone tell. */
function newMail(before: WatchedFolder, now: WatchedFolder): News | undefined {
  const known = new Set(before.newest.map(({ id }) => id));
  // With nothing known (it was just switched on) only the number can tell.
  const fresh =
    before.newest.length === 0 && before.count > 0 ? [] : now.newest.filter(({ id }) => !known.has(id));
  const grown = now.count - before.count;
  // What older mail comes into sight when newer is deleted, is no news.
  if (grown <= 0) return undefined;
  return { count: Math.max(grown, 1), newest: fresh[0] };
}

function mailNotice(
  { id, name }: WatchedServer,
  folder: 'drop' | 'badmail',
  { count, newest }: News,
): DesktopNotice {
  const what = folder === 'drop' ? 'new message' : 'message';
  const number = `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
  const from = newest && (newest.from || newest.sender || '<>');
  return {
    key: `${folder}/${id}`,
    title: folder === 'drop' ? `${number} in ${name}` : `${number} could not be delivered (${name})`,
    body: newest ? clean(`${from}: ${newest.subject || 'No subject'}`) : '',
    command: {
      kind: 'select-folder',
      serverId: id,
      folder,
      ...(newest && count === 1 ? { messageId: newest.id } : {}),
    },
    count,
  };
}

/** Some desktops read a notification as markup. */
function clean(text: string): string {
  const plain = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]+/g, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('&', '＆');
  return plain.length > longestText ? `${plain.slice(0, longestText)}…` : plain;
}

/** Two notices of one key, made one. */
export function mergeNotices(first: DesktopNotice, second: DesktopNotice): DesktopNotice {
  const isMail = second.key.startsWith('drop/') || second.key.startsWith('badmail/');
  if (!isMail) return second;
  const count = first.count + second.count;
  const { messageId: _one, ...command } = second.command as Extract<HostCommand, { kind: 'select-folder' }>;
  return {
    ...second,
    count,
    command,
    title: second.title.replace(
      /^[\d,]+ (new )?messages?/,
      (_, fresh) => `${count.toLocaleString('en')} ${fresh ?? ''}messages`,
    ),
  };
}
