/** What limits on Drop and Badmail would remove, in words. Pure. */
import { formatCount, formatFullTime, formatSize } from '../../ui/format';

export type LimitedFolder = 'drop' | 'badmail';

/** Settings with the limits of a folder: days, messages, MB. */
export const limitKeys = {
  drop: ['dropKeepDays', 'dropKeepMessages', 'dropKeepMb'],
  badmail: ['badmailKeepDays', 'badmailKeepMessages', 'badmailKeepMb'],
} as const;

interface Limits {
  readonly keepDays: number | null;
  readonly keepMessages: number | null;
  readonly keepMb: number | null;
}

/** The engine refuses what is no number. */
export function limitsOf(folder: LimitedFolder, values: Readonly<Record<string, unknown>>): Limits {
  const [days, messages, mb] = limitKeys[folder];
  return {
    keepDays: (values[days] ?? null) as number | null,
    keepMessages: (values[messages] ?? null) as number | null,
    keepMb: (values[mb] ?? null) as number | null,
  };
}

interface Preview {
  readonly total: number;
  readonly removed: number;
  readonly removedBytes: number;
  readonly oldestKeptAt?: number | undefined;
}

export function describePreview({ total, removed, removedBytes, oldestKeptAt }: Preview): string {
  if (total === 0) return 'The folder is empty.';
  if (removed === 0) return `Nothing now: all ${formatCount(total, 'message')} may stay.`;
  const rest =
    oldestKeptAt === undefined
      ? 'Nothing would be left.'
      : `The oldest that stays came ${formatFullTime(oldestKeptAt)}.`;
  return `${formatCount(removed, 'message')} of ${total.toLocaleString()} (${formatSize(removedBytes)}). ${rest}`;
}
