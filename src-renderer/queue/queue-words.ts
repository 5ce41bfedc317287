/**
 * A waiting message in words: what the list says about all its recipients together. Pure; times are milliseconds
 * since 1970 UTC.
 */
import type { QueueRow } from '../../src-main/api/contract';
import { formatAge } from '../ui/format';

export type QueuedRecipient = QueueRow['recipients'][number];
type LastReply = NonNullable<QueuedRecipient['last']>;

/** Those that the message still waits for. */
function waitingRecipients(row: QueueRow): QueuedRecipient[] {
  return row.recipients.filter((recipient) => recipient.outcome === undefined);
}

/** "ann@corp.test", "ann@corp.test +2": who still waits, or everybody when nobody does. */
export function describeRecipients(row: QueueRow): string {
  const waiting = waitingRecipients(row);
  const [first, ...others] = waiting.length > 0 ? waiting : row.recipients;
  if (first === undefined) return 'Nobody';
  return others.length === 0 ? first.address : `${first.address} +${others.length}`;
}

/** The next hop in words; several different ones are counted. */
export function describeRoute(row: QueueRow): string {
  const routes = [...new Set(waitingRecipients(row).map((recipient) => recipient.route))];
  const [first, ...others] = routes;
  if (first === undefined) return 'Nothing left to deliver';
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** The most tries that any of its recipients had. */
export function countAttempts(row: QueueRow): number {
  return Math.max(0, ...row.recipients.map((recipient) => recipient.attempts));
}

type Held = NonNullable<QueuedRecipient['held']>;

/** "Waits until mail.example.com asks for it (ETRN)": there is no next attempt. */
export function describeHeld({ host, canTurn }: Held): string {
  return `Waits until ${host} asks for it (${canTurn ? 'ATRN, TURN or ETRN' : 'ETRN'})`;
}

/** Who has to ask, when all that the message waits for has to be asked for. */
function heldAlone(row: QueueRow): Held | undefined {
  const waiting = waitingRecipients(row);
  return waiting.every(({ held }) => held !== undefined) ? waiting[0]?.held : undefined;
}

/** Earliest next attempt; undefined when nobody waits, or only until somebody asks. */
export function nextAttemptAt(row: QueueRow): number | undefined {
  const times = waitingRecipients(row)
    .filter(({ held, isHeld, isFrozen }) => held === undefined && !isHeld && !isFrozen)
    .map((recipient) => recipient.nextAttemptAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** "Waits for the rate limit of smart host relay.test": no attempt has failed. */
export function describePaced({ route }: QueuedRecipient): string {
  return `Waits for the rate limit of ${route}`;
}

/** The whole of "Next attempt": a time as `formatTime` writes it, or who has to ask. */
export function explainNextAttempt(row: QueueRow, formatTime: (at: number) => string): string {
  const at = nextAttemptAt(row);
  if (at !== undefined) {
    const next = waitingRecipients(row).find(({ held, nextAttemptAt }) => !held && nextAttemptAt === at);
    return next?.isPaced ? `${describePaced(next)}, until ${formatTime(at)}` : formatTime(at);
  }
  const held = heldAlone(row);
  return held === undefined ? '' : describeHeld(held);
}

/** For the list: "in 4 min", "Due", "Being tried", "When asked for"; empty when nothing is left to try. */
export function describeNextAttempt(row: QueueRow, now: number): string {
  if (row.isActive) return 'Being tried';
  const at = nextAttemptAt(row);
  if (at === undefined) return heldAlone(row) === undefined ? '' : 'When asked for';
  return at <= now ? 'Due' : `in ${formatAge(at - now)}`;
}

/** The same as part of a sentence. */
export function describePlan(row: QueueRow, now: number): string {
  if (row.isActive) return 'being tried now';
  const at = nextAttemptAt(row);
  if (at === undefined) {
    const held = heldAlone(row);
    if (held !== undefined) return `w${describeHeld(held).slice(1)}`;
    const waiting = waitingRecipients(row);
    if (waiting.some(({ isHeld }) => isHeld)) return 'held by an operator';
    return waiting.some(({ isFrozen }) => isFrozen) ? 'its destination is frozen' : 'nothing left to try';
  }
  return at <= now ? 'next attempt due' : `next attempt in ${formatAge(at - now)}`;
}

/** What the last remote server said, of the recipients that still wait. */
export function lastReply(row: QueueRow): LastReply | undefined {
  let youngest: LastReply | undefined;
  for (const { last } of waitingRecipients(row)) {
    if (last !== undefined && (youngest === undefined || last.at > youngest.at)) youngest = last;
  }
  return youngest;
}

/** "450 4.2.1 Mailbox busy": the other server's own words. */
export function formatReply(status: LastReply['status']): string {
  const enhanced = status.text.startsWith(status.enhanced) ? '' : `${status.enhanced} `;
  return `${status.code} ${enhanced}${status.text}`;
}

/** "mx1.corp.test [192.0.2.7]:25". */
export function formatRemote(remote: LastReply['remote']): string {
  if (remote === undefined) return '';
  const port = remote.port === undefined ? '' : `:${remote.port}`;
  if (remote.address === undefined || remote.address === remote.name) return `${remote.name}${port}`;
  return `${remote.name} [${remote.address}]${port}`;
}

/** "TLS 1.3, certificate not verified: it is self-signed" */
export function describeEncryption({ version, isVerified, fault }: NonNullable<LastReply['tls']>): string {
  const tls = version.replace(/^TLSv/, 'TLS ');
  if (isVerified) return `${tls}, certificate verified`;
  return `${tls}, certificate not verified${fault === undefined ? '' : `: ${fault}`}`;
}

/** Past tense for what is done with a recipient, else that it waits. */
export function describeOutcome(recipient: QueuedRecipient): string {
  switch (recipient.outcome) {
    case undefined:
      if (recipient.isHeld) return 'Held';
      if (recipient.isFrozen) return 'Frozen';
      if (recipient.held) return 'Waits for ETRN';
      return recipient.attempts === 0 ? 'Waiting for the first attempt' : 'Waiting';
    case 'dropped':
      return 'Delivered to Drop';
    case 'relayed':
      return 'Relayed';
    case 'expanded':
      return 'Expanded; its members are recipients of the message';
    case 'bounced':
      return 'Failed; the sender was told';
    case 'expired':
      return 'Expired; the sender was told';
    case 'badmail':
      return 'Moved to Badmail';
    case 'deleted':
      return 'Deleted by an operator';
  }
}

/** Where the message came from. The source is a word of the engine's; an unknown one is shown as it is. */
export function describeSource(source: string): string {
  const words: Record<string, string> = {
    resend: 'Sent again',
    smtp: 'SMTP',
    pickup: 'Pickup folder',
    notification: 'Notification of this server',
    test: 'Test message',
  };
  return words[source] ?? source;
}
