/**
 * When a Pickup file may be taken. Pure. Nothing tells for sure that a writer has finished: a file is taken
 * when it lay unchanged for a while, and half a header is waited for longer than half a body can be.
 */

export interface FileFacts {
  readonly sizeBytes: number;
  readonly modifiedAt: number;
}

export interface FileLook extends FileFacts {
  /** Time of the first look at which the file was as it is now. */
  readonly unchangedSince: number;
}

/** Between two looks that must agree. */
export const lookAgainMs = 250;
/** A file last written so long ago is taken at the first look. */
const oldEnoughMs = 2000;
/** A file without the blank line that ends a header is complete when nobody has written for this time. */
export const headerQuietMs = 10_000;

/** What is remembered of this look. */
export function lookAt(facts: FileFacts, previous: FileLook | undefined, now: number): FileLook {
  const isSame =
    previous !== undefined &&
    previous.sizeBytes === facts.sizeBytes &&
    previous.modifiedAt === facts.modifiedAt;
  return {
    sizeBytes: facts.sizeBytes,
    modifiedAt: facts.modifiedAt,
    // Not in the future: a clock that was set back would keep the file waiting.
    unchangedSince: isSame ? Math.min(previous.unchangedSince, now) : now,
  };
}

/** How long nobody has written, as far as can be told; 0 when the file's time lies in the future. */
export function quietMsOf(look: FileLook, now: number): number {
  return Math.max(0, now - look.unchangedSince, now - look.modifiedAt);
}

export function isReady(look: FileLook, now: number): boolean {
  if (look.sizeBytes === 0) return false;
  return now - look.modifiedAt >= oldEnoughMs || now - look.unchangedSince >= lookAgainMs;
}

/** Names under which programs write before they rename, our own temporary files, and hidden files. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || /\.(?:tmp|part|crdownload)$/i.test(name);
}
