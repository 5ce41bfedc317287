/** Which files of the trace are too old, or too many. Pure. */
import { inOrderOfTime, type TraceFileName, utcDay } from './file-name';

export interface TraceFile extends TraceFileName {
  readonly bytes: number;
}

export interface TraceLimits {
  readonly traceKeepDays: number | null;
  readonly traceKeepMb: number | null;
}

const dayMs = 24 * 60 * 60 * 1000;
const megabyte = 1024 * 1024;

/** A file may grow to so much; a limit of the whole is kept to within an eighth of it. */
export function largestFileBytes({ traceKeepMb }: TraceLimits): number {
  const most = 64 * megabyte;
  return traceKeepMb === null ? most : Math.min(most, Math.max(1, traceKeepMb) * (megabyte / 8));
}

/** Files to remove, the oldest first; never the newest, which is being written. */
export function filesToRemove<File extends TraceFile>(
  files: readonly File[],
  limits: TraceLimits,
  now: number,
): readonly File[] {
  const sorted = [...files].sort(inOrderOfTime);
  const { traceKeepDays, traceKeepMb } = limits;
  const firstDay = traceKeepDays === null ? '' : utcDay(Math.max(0, now - traceKeepDays * dayMs));
  const mostBytes = traceKeepMb === null ? Number.POSITIVE_INFINITY : traceKeepMb * megabyte;
  let bytes = sorted.reduce((sum, file) => sum + file.bytes, 0);
  const removed: File[] = [];
  for (const file of sorted.slice(0, -1)) {
    if (file.day >= firstDay && bytes <= mostBytes) break;
    removed.push(file);
    bytes -= file.bytes;
  }
  return removed;
}
