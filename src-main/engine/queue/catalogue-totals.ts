/** Waiting mail by destination and age. Pure. */
import type { CatalogueTable } from './catalogue-table';

/** Upper ends of the bars by age; the last bar is all that is older. */
const agesMs = [300_000, 3_600_000, 4 * 3_600_000, 86_400_000] as const;
/** More destinations are counted together. */
const mostDestinations = 200;

export interface DestinationTotals {
  readonly destination: string;
  readonly isFrozen: boolean;
  readonly groups: number;
  readonly recipients: number;
  readonly oldestArrivedAt: number;
  readonly nextAttemptAt?: number;
  readonly byAge: number[];
  readonly lastError?: string;
}

export interface QueueTotals {
  /** The largest first. */
  readonly destinations: readonly DestinationTotals[];
  /** Groups of the others. */
  readonly others: number;
}

export interface TotalsDraft {
  readonly destination: string;
  groups: number;
  recipients: number;
  oldestArrivedAt: number;
  nextAttemptAt: number;
  readonly byAge: number[];
  lastAt: number;
  lastError: string;
}

export function createTotals(destination: string): TotalsDraft {
  const never = Number.POSITIVE_INFINITY;
  const byAge = Array.from({ length: agesMs.length + 1 }, () => 0);
  const none = { groups: 0, recipients: 0, oldestArrivedAt: never, nextAttemptAt: never };
  return { destination, ...none, byAge, lastAt: 0, lastError: '' };
}

export function addToTotals(
  draft: TotalsDraft,
  table: CatalogueTable,
  { row, now, nextAt }: { readonly row: number; readonly now: number; readonly nextAt: number },
): void {
  const arrivedAt = table.arrivedAtOf(row);
  draft.groups++;
  draft.recipients += table.recipientCountOf(row);
  draft.oldestArrivedAt = Math.min(draft.oldestArrivedAt, arrivedAt);
  draft.nextAttemptAt = Math.min(draft.nextAttemptAt, nextAt);
  const bar = agesMs.findIndex((ageMs) => now - arrivedAt < ageMs);
  const at = bar < 0 ? agesMs.length : bar;
  draft.byAge[at] = (draft.byAge[at] ?? 0) + 1;
  if (table.lastAtOf(row) > draft.lastAt) {
    draft.lastAt = table.lastAtOf(row);
    draft.lastError = table.errors.get(table.errorOf(row));
  }
}

export function totalsOf(drafts: TotalsDraft[], isFrozen: (destination: string) => boolean): QueueTotals {
  drafts.sort((one, other) => other.groups - one.groups);
  const shown = drafts.slice(0, mostDestinations).map((draft) => ({
    destination: draft.destination,
    isFrozen: isFrozen(draft.destination),
    groups: draft.groups,
    recipients: draft.recipients,
    oldestArrivedAt: draft.oldestArrivedAt,
    ...(Number.isFinite(draft.nextAttemptAt) && { nextAttemptAt: draft.nextAttemptAt }),
    byAge: draft.byAge,
    ...(draft.lastError !== '' && { lastError: draft.lastError }),
  }));
  const others = drafts.slice(mostDestinations).reduce((sum, { groups }) => sum + groups, 0);
  return { destinations: shown, others };
}
