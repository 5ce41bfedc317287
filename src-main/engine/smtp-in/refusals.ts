/**
 * Connections that were refused before they had a session: one entry each in the protocol log, and a row among the
 * sessions that are over. In memory alone, in a place of its own, so that a flood pushes no real session out.
 *
 * Promises: refusals of one client for one reason are one row, and tell how many they were; bounded by number, and
 *   the protocol log by entries a second: what is beyond is told as a number.
 */
import type { Clock } from '../core/clock';
import type { DialogueLine } from '../core/dialogue';
import type { LogProtocol } from '../core/protocol-entry';
import type { EndedSession, SessionDialogue } from '../core/session';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import { networkOf } from './address-counter';

/** Why a connection was refused: for the protocol log in few words, for the record of the session in a sentence. */
export interface RefusalReason {
  readonly short: string;
  readonly text: string;
}

export const refusalReasons = {
  notListed: {
    short: 'connection control',
    text: 'Refused by connection control: the computer is not in the list of those that may connect.',
  },
  listed: {
    short: 'connection control',
    text: 'Refused by connection control: the computer is in the list of those that may not connect.',
  },
  listUnreadable: {
    short: 'connection control',
    text: 'Refused by connection control: the list of computers cannot be read.',
  },
  nameUndecided: {
    short: 'connection control, host name unknown',
    text: 'Refused by connection control: the list names domains, and DNS could not tell the host name of the computer.',
  },
  lockedOut: {
    short: 'locked out',
    text: 'Refused by a lock-out: too many log-ins failed from this address.',
  },
  tooMany: {
    short: 'too many connections',
    text: 'Refused by a limit: the virtual server had as many connections as it may have.',
  },
  tooManyOfAddress: {
    short: 'too many connections of the address',
    text: 'Refused by a limit: the address had as many connections as one address may have.',
  },
  noProxyHeader: {
    short: 'PROXY header missing',
    text: 'Closed without a reply: the address is in the list of proxies, and no PROXY header came from it.',
  },
  badProxyHeader: {
    short: 'PROXY header malformed',
    text: 'Closed without a reply: the address is in the list of proxies, and what came from it was no PROXY header.',
  },
  spokeTooEarly: {
    short: 'spoke before the greeting',
    text: 'Refused: the client spoke before it was greeted.',
  },
  notServing: {
    short: 'not serving',
    text: 'Refused: the virtual server is paused or being stopped.',
  },
} as const satisfies Readonly<Record<string, RefusalReason>>;

/** Words for what connection control decided. */
export function reasonOfConnectionControl(mode: 'only' | 'except' | 'nobody', isUndecided: boolean) {
  if (mode === 'nobody') return refusalReasons.listUnreadable;
  if (isUndecided) return refusalReasons.nameUndecided;
  return mode === 'only' ? refusalReasons.notListed : refusalReasons.listed;
}

export interface Refusal {
  readonly reason: RefusalReason;
  /** What the client was told, or would have been; undefined: there is no reply for it. */
  readonly status: SmtpStatus | undefined;
  /** False: the connection was closed without a word. */
  readonly isSaid: boolean;
  readonly id: string;
  readonly peerAddress: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly receivedBytes: number;
}

export interface Refusals {
  note(refusal: Refusal): void;
  /** The latest first. */
  list(): readonly EndedSession[];
  find(sessionId: string): SessionDialogue | undefined;
  /** Writes what waits to be told as a number. */
  flush(): void;
}

const mostRows = 200;
/** Entries of the protocol log in a second; the others are counted. */
const mostEntries = 20;
const countingMs = 1000;

interface Row {
  readonly first: Refusal;
  readonly firstAt: number;
  last: Refusal;
  lastAt: number;
  count: number;
}

export function createRefusals(options: {
  readonly clock: Clock;
  /** False: nobody would read what is written. */
  readonly isLogging: () => boolean;
  readonly write: LogProtocol | undefined;
}): Refusals {
  const { clock } = options;
  /** By client and reason; the one that was refused last stands last. */
  const rows = new Map<string, Row>();
  const log = createBoundedLog(options);

  return {
    note(refusal) {
      const at = clock.now();
      const key = `${networkOf(refusal.peerAddress)} ${refusal.reason.text}`;
      const row = rows.get(key) ?? { first: refusal, firstAt: at, last: refusal, lastAt: at, count: 0 };
      row.last = refusal;
      row.lastAt = at;
      row.count++;
      rows.delete(key);
      rows.set(key, row);
      if (rows.size > mostRows) {
        const [oldest] = rows.keys();
        if (oldest !== undefined) rows.delete(oldest);
      }
      log.write(refusal, at);
    },
    list: () => [...rows.values()].map(describe).reverse(),
    find(sessionId) {
      for (const row of rows.values())
        if (row.first.id === sessionId) return { session: describe(row), lines: linesOf(row) };
      return undefined;
    },
    flush: log.flush,
  };
}

function createBoundedLog({ clock, isLogging, write }: Parameters<typeof createRefusals>[0]) {
  let windowFrom = Number.NEGATIVE_INFINITY;
  let written = 0;
  let untold: { count: number; last: Refusal; cancel: () => void } | undefined;

  const put = (at: number, refusal: Refusal, argument: string): void => {
    const { id, peerAddress, localAddress, localPort, status, isSaid, receivedBytes } = refusal;
    write?.({
      at,
      direction: 'in',
      sessionId: id,
      remoteAddress: peerAddress,
      userName: '',
      localAddress,
      port: localPort,
      method: 'CONNECT',
      argument,
      status: status?.code ?? 0,
      sentBytes: isSaid && status ? formatStatus(status).length + 2 : 0,
      receivedBytes,
      timeTakenMs: 0,
    });
  };
  const flush = (): void => {
    if (!untold) return;
    const { count, last, cancel } = untold;
    untold = undefined;
    cancel();
    // Of many clients, and for many reasons: the number belongs to none of them.
    const nobody = { ...last, id: '', peerAddress: '', status: undefined, receivedBytes: 0 };
    if (isLogging()) put(clock.now(), nobody, `${count} more refused`);
  };

  return {
    flush,
    write(refusal: Refusal, at: number): void {
      if (!write || !isLogging()) return;
      if (at - windowFrom >= countingMs || at < windowFrom) {
        flush();
        windowFrom = at;
        written = 0;
      }
      if (written < mostEntries) {
        written++;
        put(at, refusal, refusal.reason.short);
      } else if (untold) {
        untold.count++;
        untold.last = refusal;
      } else {
        const cancel = clock.startTimer(flush, countingMs - (at - windowFrom));
        untold = { count: 1, last: refusal, cancel };
      }
    },
  };
}

const lastReplyOf = ({ isSaid, status }: Refusal): string => (isSaid && status ? formatStatus(status) : '');

const describe = ({ first, last, lastAt }: Row): EndedSession => ({
  id: first.id,
  user: '',
  from: last.peerAddress,
  hello: '',
  tls: '',
  cipher: '',
  state: 'connected',
  connectedAt: lastAt,
  command: '',
  messageCount: 0,
  receivedBytes: last.receivedBytes,
  localPort: last.localPort,
  endedAt: lastAt,
  lastReply: lastReplyOf(last),
});

function linesOf({ first, firstAt, lastAt, count }: Row): DialogueLine[] {
  const lines: DialogueLine[] = [{ at: firstAt, side: 'note', text: first.reason.text }];
  const reply = lastReplyOf(first);
  if (reply !== '') lines.push({ at: firstAt, side: 'server', text: reply });
  else if (first.status)
    lines.push({
      at: firstAt,
      side: 'note',
      text: 'Nothing was sent: the connection is encrypted from its first byte.',
    });
  if (count > 1) lines.push({ at: lastAt, side: 'note', text: `${count - 1} more since.` });
  return lines;
}
