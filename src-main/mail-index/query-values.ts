/** Times and sizes as people type them. Pure. */

const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  m: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/**
 * The beginning of the day, month or year that is named, in this computer's time zone, or so long before now; undefined
 * for anything else. "after:2026-11-24" includes that day, "before:2026-11-24" does not.
 */
export function readTime(text: string, nowMs: number): number | undefined {
  const value = text.trim().toLowerCase();
  const now = new Date(nowMs);
  const dayStart = (daysBack: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack).getTime();
  if (value === 'today') return dayStart(0);
  if (value === 'yesterday') return dayStart(1);
  const relative = /^(\d{1,5})\s?([hdwmy])$/.exec(value);
  if (relative) return nowMs - Number(relative[1]) * (unitMs[relative[2] as string] as number);
  const absolute = /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[t ](\d{1,2}):(\d{2}))?)?)?$/.exec(value);
  if (!absolute) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = absolute
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const at = new Date(year, month - 1, day, hour, minute);
  const isReal = at.getMonth() === month - 1 && at.getDate() === day && hour < 24 && minute < 60;
  return isReal ? at.getTime() : undefined;
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** "2MB", "500k", "1.5 mb", "100": bytes. */
export function readSize(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)\s?([kmg]?)i?b?$/i.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * (sizeUnits[(match[2] as string).toLowerCase()] as number));
}
