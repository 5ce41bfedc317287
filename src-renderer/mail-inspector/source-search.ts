/**
 * Finds a text in a large message by its bytes, in steps, so that whoever searches stays awake. ASCII letters match in
 * either case; other letters as they are in UTF-8.
 */

/** More is not walked through by anybody. */
const maxMatches = 10_000;
const stepBytes = 4 * 1024 * 1024;

export interface Matches {
  /** Offsets of the beginnings, ascending. */
  readonly offsets: readonly number[];
  /** Length of each, in bytes. */
  readonly lengthBytes: number;
  /** There are more than are counted. */
  readonly isCut: boolean;
}

export const noMatches: Matches = { offsets: [], lengthBytes: 0, isCut: false };

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);
const upper = (byte: number): number => (byte >= 97 && byte <= 122 ? byte - 32 : byte);

/**
 * @param pause resolves when others have had their turn
 * @param isWanted false: somebody types on, and the answer is not needed any more
 */
export async function findInSource(
  bytes: Uint8Array,
  text: string,
  pause: () => Promise<void>,
  isWanted: () => boolean = () => true,
): Promise<Matches> {
  const needle = new TextEncoder().encode(text).map(lower);
  const [first] = needle;
  if (first === undefined) return noMatches;
  const offsets: number[] = [];
  const found = (isCut: boolean): Matches => ({ offsets, lengthBytes: needle.length, isCut });
  let at = 0;
  for (let stop = stepBytes; ; stop += stepBytes) {
    const end = Math.min(stop, bytes.length);
    for (;;) {
      at = nextByte(bytes, first, at, end);
      if (at >= end) break;
      if (matchesAt(bytes, needle, at)) {
        offsets.push(at);
        if (offsets.length === maxMatches) return found(true);
        at += needle.length;
      } else at += 1;
    }
    if (end === bytes.length) return found(false);
    await pause();
    if (!isWanted()) return noMatches;
  }
}

function nextByte(bytes: Uint8Array, wanted: number, from: number, end: number): number {
  const other = upper(wanted);
  for (let at = from; at < end; at += 1) if (bytes[at] === wanted || bytes[at] === other) return at;
  return Math.max(from, end);
}

function matchesAt(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let index = 1; index < needle.length; index += 1)
    if (lower(bytes[at + index] ?? 0) !== needle[index]) return false;
  return true;
}

/** The match at or behind this offset, else the first: where "find" begins from what was shown last. */
export function matchFrom({ offsets }: Matches, offset: number): number {
  const index = offsets.findIndex((each) => each >= offset);
  return Math.max(index, 0);
}
