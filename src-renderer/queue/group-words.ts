/**
 * One row of the queue in words: a message and those of its recipients that share a destination. Pure; times are
 * milliseconds since 1970 UTC.
 */
import type { QueueGroupRow } from '../../src-main/api/contract';
import { formatAge } from '../ui/format';
import { formatReply } from './queue-words';

export type GroupState = 'due' | 'active' | 'waiting' | 'held' | 'frozen' | 'for-trigger';

const stateTitles: Record<GroupState, string> = {
  due: 'Due',
  active: 'Being sent',
  waiting: 'Waits',
  held: 'Held',
  frozen: 'Frozen',
  'for-trigger': 'Waits for ETRN',
};

export const stateTitle = (state: GroupState): string => stateTitles[state];

const stateTexts: Record<GroupState, string> = {
  due: 'Due: it is tried as soon as there is a free connection.',
  active: 'Being sent: an attempt is under way.',
  waiting: 'Waits until its next attempt.',
  held: 'Held by an operator: it is not tried until it is released.',
  frozen: 'Frozen: nothing is tried for this destination until it is thawed.',
  'for-trigger': 'Waits for ETRN: it is sent when its host asks for it.',
};

/** What the state means, for the tooltip. */
export const stateText = (state: GroupState): string => stateTexts[state];

/** What keeps it is said before what is next; what is being done before both. */
export function stateOf(row: QueueGroupRow, now: number): GroupState {
  if (row.isActive) return 'active';
  if (row.isHeld) return 'held';
  if (row.isFrozen) return 'frozen';
  if (row.heldFor !== undefined) return 'for-trigger';
  return row.nextAttemptAt <= now ? 'due' : 'waiting';
}

const keyBreak = ' ';

export interface GroupName {
  readonly queueId: string;
  readonly destination: string;
}

/** A message may stand in the list once for each of its destinations. */
export const groupKey = ({ queueId, destination }: GroupName): string =>
  `${queueId}${keyBreak}${destination}`;

export function parseGroupKey(key: string): GroupName {
  const at = key.indexOf(keyBreak);
  return { queueId: key.slice(0, at), destination: key.slice(at + 1) };
}

/** "ann@corp.test", "ann@corp.test +2" */
export function describeGroupRecipients({ recipients, recipientCount }: QueueGroupRow): string {
  const [first] = recipients;
  if (first === undefined) return 'Nobody';
  return recipientCount <= 1 ? first : `${first} +${recipientCount - 1}`;
}

/** All that are known, and how many more there are. */
export function listGroupRecipients({ recipients, recipientCount }: QueueGroupRow): string {
  const others = recipientCount - recipients.length;
  return recipients.join(', ') + (others > 0 ? ` and ${others.toLocaleString()} more` : '');
}

/** For the list: "in 4 min", "Due"; empty where there is no next attempt. */
export function describeNext(row: QueueGroupRow, now: number): string {
  const state = stateOf(row, now);
  if (state === 'due') return 'Now';
  return state === 'waiting' ? `in ${formatAge(row.nextAttemptAt - now)}` : '';
}

/** The whole of it, with the time as `formatTime` writes it. */
export function explainNext(row: QueueGroupRow, now: number, formatTime: (at: number) => string): string {
  const state = stateOf(row, now);
  if (state === 'for-trigger') return `Waits until ${row.heldFor} asks for it`;
  if (state !== 'waiting') return stateText(state);
  return row.isPaced
    ? `Waits for the rate limit of ${row.route}, until ${formatTime(row.nextAttemptAt)}`
    : formatTime(row.nextAttemptAt);
}

type Reply = NonNullable<QueueGroupRow['last']>;

/** What an enhanced code (RFC 3463) means to a person; the first digit, 4 or 5, is left out. */
const meanings: Readonly<Record<string, string>> = {
  '1.1': 'The mailbox does not exist',
  '1.2': 'The domain does not exist',
  '1.3': 'The address is not valid',
  '1.7': 'The sender address is not valid',
  '1.8': 'The sender domain does not exist',
  '1.10': 'The domain takes no mail',
  '2.0': 'The mailbox cannot take it now',
  '2.1': 'The mailbox is disabled or busy',
  '2.2': 'The mailbox is full',
  '2.3': 'The message is too large for the mailbox',
  '3.0': 'The host has a fault',
  '3.1': 'The host has no disk space',
  '3.2': 'The host takes no mail now',
  '3.4': 'The message is too large',
  '4.1': 'No answer from the host',
  '4.2': 'The connection was lost',
  '4.3': 'DNS gave no answer',
  '4.4': 'No route to the destination',
  '4.5': 'The host is busy',
  '4.6': 'The message goes round in a loop',
  '4.7': 'It waited for too long',
  '5.0': 'The host did not understand',
  '5.3': 'Too many recipients at once',
  '6.3': 'The host cannot take this content',
  '7.0': 'Refused by a rule of the host',
  '7.1': 'Refused by a rule of the host',
  '7.4': 'Encryption was not agreed on',
  '7.5': 'Encryption failed',
  '7.8': 'The log-in was refused',
  '7.26': 'The message failed authentication',
};

/** Words of hosts that say more than their codes do. */
const saidWords: readonly (readonly [RegExp, string])[] = [
  [/gr[ea]y-?list/i, 'Greylisted: the host asks to try again later'],
  [
    /too many (connections|messages|mails|recipients)|rate ?limit|throttl|try(ing)? too (fast|often)/i,
    'Too much at once for the host',
  ],
  [/(over|exceed\w*) (the )?quota|mailbox (is )?full|out of storage/i, 'The mailbox is full'],
  [/(black|block) ?-?list|blocked using|spamhaus|reputation/i, 'Refused: this computer is on a block list'],
  [/spam|junk/i, 'Refused as spam'],
  [/user unknown|no such user|unknown (user|recipient)|does not exist/i, 'The mailbox does not exist'],
  [/refused the connection|ECONNREFUSED|connection refused/i, 'The host refuses connections'],
  [/timed? ?out|no answer|ETIMEDOUT/i, 'No answer from the host'],
  [/certificate/i, 'The certificate of the host is not accepted'],
];

/** In plain words what the last attempt came to; the verbatim reply stands in the tooltip. */
export function explainReply({ status }: Reply): string {
  for (const [pattern, meaning] of saidWords) if (pattern.test(status.text)) return meaning;
  const meaning = meanings[status.enhanced.replace(/^\d+\./, '')];
  if (meaning !== undefined) return meaning;
  if (status.code === 421) return 'The host is busy or closing';
  return status.code >= 500 ? 'Refused by the host' : 'The host asks to try again later';
}

/** "The mailbox is full: 452 4.2.2 Over quota" */
export const quoteReply = (last: Reply): string => `${explainReply(last)}: ${formatReply(last.status)}`;
