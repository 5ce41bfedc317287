/** Small readers of bytes. */

export const cr = 13;
export const lf = 10;
const space = 32;
const tab = 9;
export const hyphen = 45;

/** One character per byte, for syntax that is ASCII. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  return text;
}

/** Start of the next line; the length of the bytes when there is none. */
export function nextLine(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(lf, from);
  return at === -1 ? bytes.length : at + 1;
}

/** End of the line that ends before `next`, without its CRLF or LF. */
export function lineEnd(bytes: Uint8Array, start: number, next: number): number {
  let end = next;
  if (end > start && bytes[end - 1] === lf) end -= 1;
  if (end > start && bytes[end - 1] === cr) end -= 1;
  return end;
}

/** The colon behind the name of a field; undefined: the line is no field. */
export function findColon(bytes: Uint8Array, start: number, end: number): number | undefined {
  const last = Math.min(end, start + longestNameBytes);
  for (let at = start; at < last; at += 1) if (bytes[at] === colon) return at > start ? at : undefined;
  return undefined;
}

const colon = 58;
const longestNameBytes = 1000;

export const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab;
