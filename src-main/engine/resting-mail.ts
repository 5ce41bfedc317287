/** Badmail by cause, and what limits would remove: views of the tables of folders, for consoles. */
import type { BadmailCause } from './core/event';
import { inParts } from './mailroot/at-once';
import { causeAdvice, causeText } from './mailroot/cause-words';
import { decideWhatGoes, type KeepLimits } from './mailroot/what-goes';
import type { VirtualServer } from './virtual-server';

interface CauseGroup {
  /** Absent: none could be read. */
  readonly cause?: BadmailCause;
  readonly text: string;
  readonly advice: string;
  readonly count: number;
  readonly sizeBytes: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** So long a caller waits for the first count; a large folder is counted further in the background. */
const firstLookMs = 500;

/** What is counted so far; 'folder-changed' says when there is more. */
export async function describeCauses(
  server: VirtualServer,
): Promise<{ readonly groups: CauseGroup[]; readonly total: number; readonly counted: number }> {
  const { badmail } = server.lists;
  // Most folders are counted at once, and an empty answer would only flicker.
  if (badmail.table.count() === 0) await within(badmail.table.refresh(), firstLookMs);
  else badmail.table.refreshSoon();
  const total = await badmail.count();
  const groups = badmail.table.totals().map(({ cause, ...totals }) => ({
    ...(cause === 'unknown' ? {} : { cause }),
    text: causeText(cause),
    advice: causeAdvice(cause),
    ...totals,
  }));
  return { groups, total, counted: Math.min(total, badmail.table.count()) };
}

export interface RetentionPreview {
  readonly total: number;
  readonly totalBytes: number;
  readonly removed: number;
  readonly removedBytes: number;
  readonly oldestKeptAt?: number;
}

/** Removes nothing; decides as retention itself does. */
export async function previewRetention(
  server: VirtualServer,
  folder: 'drop' | 'badmail',
  limits: KeepLimits,
  now: number,
): Promise<RetentionPreview> {
  const { table } = server.lists[folder];
  await table.refresh();
  const going = await inParts(decideWhatGoes(table.columns(), limits, now, 0));
  const { total, totalBytes, count, bytes, oldestKeptAt } = going;
  return {
    total,
    totalBytes,
    removed: count,
    removedBytes: bytes,
    ...(oldestKeptAt === undefined ? {} : { oldestKeptAt }),
  };
}

/** Waits no longer; trouble with the folder is told by whoever lists it. */
async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}
