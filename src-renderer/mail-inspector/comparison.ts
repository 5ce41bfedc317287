/** What two messages differ in: header fields by name, text line by line. Pure, and bounded in time. */
import { type ChangeObject, diffLines, diffWordsWithSpace } from 'diff';

export interface ComparedField {
  readonly name: string;
  /** Values in their order; empty: the message has no such field. */
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly isSame: boolean;
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** Fields of both messages by name without case, in the order in which they come up. */
export function compareFields(first: readonly Field[], second: readonly Field[]): ComparedField[] {
  const fields = new Map<string, { name: string; first: string[]; second: string[] }>();
  const collect = (from: readonly Field[], side: 'first' | 'second'): void => {
    for (const { name, value } of from) {
      const key = name.toLowerCase();
      const field = fields.get(key) ?? { name, first: [], second: [] };
      fields.set(key, field);
      field[side].push(value);
    }
  };
  collect(first, 'first');
  collect(second, 'second');
  return [...fields.values()].map((field) => ({
    ...field,
    isSame:
      field.first.length === field.second.length &&
      field.first.every((value, index) => value === field.second[index]),
  }));
}

/** A piece of a line; `isChanged`: the other side has not the same. */
export interface LinePiece {
  readonly text: string;
  readonly isChanged: boolean;
}

export interface ComparedLine {
  /** undefined: there is no such line on this side. */
  readonly first: readonly LinePiece[] | undefined;
  readonly second: readonly LinePiece[] | undefined;
  readonly isSame: boolean;
}

/** More is not compared: nobody reads it, and it takes too long. */
export const mostComparedCharacters = 500_000;
const longestMs = 1500;
/** Lines longer than this are compared as wholes. */
const longestLineByWords = 2000;

/** Lines side by side; undefined: too different or too long to compare in a moment. */
export function compareTexts(first: string, second: string): ComparedLine[] | undefined {
  if (first.length > mostComparedCharacters || second.length > mostComparedCharacters) return undefined;
  const changes = diffLines(normalise(first), normalise(second), { timeout: longestMs });
  if (changes === undefined) return undefined;
  const lines: ComparedLine[] = [];
  for (let index = 0; index < changes.length; index += 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const next = changes[index + 1];
    if (change.removed && next?.added) {
      lines.push(...pairLines(linesOf(change.value), linesOf(next.value)));
      index += 1;
    } else if (change.removed) lines.push(...pairLines(linesOf(change.value), []));
    else if (change.added) lines.push(...pairLines([], linesOf(change.value)));
    else
      for (const text of linesOf(change.value)) {
        const pieces = [{ text, isChanged: false }];
        lines.push({ first: pieces, second: pieces, isSame: true });
      }
  }
  return lines;
}

/** Line ends differ between mail programs and say nothing; the last line has one as well. */
function normalise(text: string): string {
  const unified = text.replace(/\r\n?/g, '\n');
  return unified === '' || unified.endsWith('\n') ? unified : `${unified}\n`;
}

const linesOf = (value: string): string[] => value.replace(/\n$/, '').split('\n');

function pairLines(first: readonly string[], second: readonly string[]): ComparedLine[] {
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => {
    const before = first[index];
    const after = second[index];
    if (before === undefined || after === undefined)
      return { first: whole(before), second: whole(after), isSame: false };
    return { ...comparePair(before, after), isSame: false };
  });
}

const whole = (text: string | undefined): LinePiece[] | undefined =>
  text === undefined ? undefined : [{ text, isChanged: true }];

function comparePair(before: string, after: string): { first: LinePiece[]; second: LinePiece[] } {
  const words =
    before.length + after.length > longestLineByWords
      ? undefined
      : diffWordsWithSpace(before, after, { timeout: 50 });
  if (words === undefined)
    return { first: [{ text: before, isChanged: true }], second: [{ text: after, isChanged: true }] };
  const pieces = (isMine: (word: ChangeObject<string>) => boolean): LinePiece[] =>
    words.filter(isMine).map(({ value, added, removed }) => ({ text: value, isChanged: added || removed }));
  return { first: pieces(({ added }) => !added), second: pieces(({ removed }) => !removed) };
}

/** Unchanged lines that are far from any change are left out; `hidden` tells how many stood there. */
export type ShownLine = ComparedLine | { readonly hidden: number };

const contextLines = 3;

export function foldLines(lines: readonly ComparedLine[]): ShownLine[] {
  const isNear = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, index) => {
    if (line.isSame) return;
    for (let at = index - contextLines; at <= index + contextLines; at += 1)
      if (at >= 0 && at < lines.length) isNear[at] = true;
  });
  const shown: ShownLine[] = [];
  let hidden = 0;
  lines.forEach((line, index) => {
    if (!isNear[index]) {
      hidden += 1;
      return;
    }
    if (hidden > 0) shown.push({ hidden });
    hidden = 0;
    shown.push(line);
  });
  if (hidden > 0) shown.push({ hidden });
  return shown;
}
