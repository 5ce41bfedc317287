/** What the pieces of a source line are: names of fields, folded lines, boundaries, encoded words. Pure. */

export type TokenKind = 'plain' | 'name' | 'folded' | 'boundary' | 'encoded' | 'found' | 'current';

export interface Token {
  readonly text: string;
  readonly kind: TokenKind;
}

/** Where header lines are, and which lines part the message. Ranges are sorted and do not overlap. */
export interface SourceMap {
  readonly headerRanges: readonly { readonly start: number; readonly end: number }[];
  /** Bodies without parts inside: a boundary line stands between them, never inside one. */
  readonly leafRanges: readonly { readonly start: number; readonly end: number }[];
}

const fieldName = /^[!-9;-~]+:/;
const encodedWord = /=\?[\w.+*-]{1,80}\?[bq]\?[!->@-~]{0,200}\?=/gi;
const boundaryLine = /^--\S/;

/** The range that holds the offset, by halving. */
function rangeAt<Range extends { readonly start: number; readonly end: number }>(
  ranges: readonly Range[],
  offset: number,
): Range | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (offset < range.start) high = middle - 1;
    else if (offset >= range.end) low = middle + 1;
    else return range;
  }
  return undefined;
}

/** @param isFirstPiece false for the further pieces of a long line */
export function colourLine(
  text: string,
  { start, isFirstPiece }: { readonly start: number; readonly isFirstPiece: boolean },
  map: SourceMap,
): Token[] {
  if (rangeAt(map.headerRanges, start) === undefined) {
    const isBoundary =
      isFirstPiece && boundaryLine.test(text) && rangeAt(map.leafRanges, start) === undefined;
    return [{ text, kind: isBoundary ? 'boundary' : 'plain' }];
  }
  const name = isFirstPiece ? (fieldName.exec(text)?.[0] ?? '') : '';
  const rest = text.slice(name.length);
  const kind: TokenKind = name === '' ? 'folded' : 'plain';
  const tokens: Token[] = name === '' ? [] : [{ text: name, kind: 'name' }];
  let at = 0;
  for (const match of rest.matchAll(encodedWord)) {
    if (match.index > at) tokens.push({ text: rest.slice(at, match.index), kind });
    tokens.push({ text: match[0], kind: 'encoded' });
    at = match.index + match[0].length;
  }
  if (at < rest.length) tokens.push({ text: rest.slice(at), kind });
  return tokens;
}

/** Marks what was found, over whatever it stands in. Places are characters of the line, sorted. */
export function markFound(
  tokens: readonly Token[],
  found: readonly { readonly start: number; readonly end: number; readonly isCurrent: boolean }[],
): Token[] {
  if (found.length === 0) return [...tokens];
  const marked: Token[] = [];
  let at = 0;
  for (const token of tokens) {
    const end = at + token.text.length;
    let from = at;
    for (const place of found) {
      if (place.end <= from || place.start >= end) continue;
      const start = Math.max(place.start, from);
      const stop = Math.min(place.end, end);
      if (start > from) marked.push({ text: token.text.slice(from - at, start - at), kind: token.kind });
      marked.push({
        text: token.text.slice(start - at, stop - at),
        kind: place.isCurrent ? 'current' : 'found',
      });
      from = stop;
    }
    if (from < end) marked.push({ text: token.text.slice(from - at), kind: token.kind });
    at = end;
  }
  return marked;
}
