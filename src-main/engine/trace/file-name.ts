/** Names of the trace's files: "2026-03-26.jsonl", then "2026-03-26-2.jsonl" on the same day (UTC). Pure. */

export interface TraceFileName {
  /** "2026-03-26" */
  readonly day: string;
  /** From 1. */
  readonly number: number;
}

const pattern = /^(\d{4}-\d{2}-\d{2})(?:-([1-9]\d{0,5}))?\.jsonl$/;

export const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

export const formatTraceFileName = ({ day, number }: TraceFileName): string =>
  number === 1 ? `${day}.jsonl` : `${day}-${number}.jsonl`;

/** Undefined for a file that is not ours. */
export function readTraceFileName(name: string): TraceFileName | undefined {
  const match = pattern.exec(name);
  if (!match || match[2] === '1') return undefined;
  return { day: match[1] as string, number: match[2] === undefined ? 1 : Number(match[2]) };
}

/** Oldest first. */
export const inOrderOfTime = (one: TraceFileName, other: TraceFileName): number =>
  one.day < other.day ? -1 : one.day > other.day ? 1 : one.number - other.number;
