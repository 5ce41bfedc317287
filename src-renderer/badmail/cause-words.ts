/** Why messages lie in Badmail, in the few words of a list; and what is done by itself about them. Pure. */
import type { CauseGroup, RetentionLimits } from '../../src-main/api/contract';
import { formatCount, formatSize } from '../ui/format';

type Cause = NonNullable<CauseGroup['cause']>;

/** Under 'unknown' lies what somebody else laid there, or whose reason cannot be read. */
export type ChosenCause = Cause | 'unknown';

const titles: Record<ChosenCause, string> = {
  'bad-pickup-file': 'Pickup file unusable',
  'no-recipients': 'No recipients',
  'hop-count-exceeded': 'Too many hops',
  'notification-undeliverable': 'Notification undeliverable',
  'general-failure': 'Could not be processed',
  'damaged-queue-file': 'Queue file damaged',
  unknown: 'Unknown cause',
};

export const causeTitle = (cause: ChosenCause): string => titles[cause];

export const causeOf = ({ cause }: Pick<CauseGroup, 'cause'>): ChosenCause => cause ?? 'unknown';

/** "1,204 messages, 12.0 MB" */
export const describeAmount = ({ count, sizeBytes }: Pick<CauseGroup, 'count' | 'sizeBytes'>): string =>
  `${formatCount(count, 'message')}, ${formatSize(sizeBytes)}`;

/** "Removed by itself: what is older than 30 days." or that nothing is. */
export function describeRetention({ keepDays, keepMessages, keepMb }: RetentionLimits): string {
  const rules = [
    ...(keepDays === null ? [] : [`what is older than ${formatCount(keepDays, 'day')}`]),
    ...(keepMessages === null ? [] : [`what goes beyond ${formatCount(keepMessages, 'message')}`]),
    ...(keepMb === null ? [] : [`what goes beyond ${keepMb.toLocaleString()} MB`]),
  ];
  return rules.length === 0 ? 'Nothing is removed by itself.' : `Removed by itself: ${joinWords(rules)}.`;
}

const joinWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
