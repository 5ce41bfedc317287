/**
 * What a key does in the tree, after the WAI-ARIA tree pattern with selection following focus, as the
 * original console had it. Pure.
 */
import type { TreeRow } from './model';
import { parentOf, placeId } from './places';

export type TreeMove =
  | { readonly kind: 'select'; readonly id: string }
  | { readonly kind: 'expand' | 'collapse'; readonly id: string }
  | { readonly kind: 'expand-all'; readonly ids: readonly string[] }
  | { readonly kind: 'none' };

const none: TreeMove = { kind: 'none' };
const select = (row: TreeRow | undefined): TreeMove =>
  row === undefined ? none : { kind: 'select', id: row.id };

/** @param typed what was typed in one go, this key included; see `typedText` */
export function moveInTree(rows: readonly TreeRow[], selectedId: string, key: string, typed = key): TreeMove {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === selectedId),
  );
  const row = rows[at];
  if (row === undefined) return none;
  switch (key) {
    case 'ArrowDown':
      return select(rows[at + 1]);
    case 'ArrowUp':
      return select(rows[at - 1]);
    case 'Home':
      return select(rows[0]);
    case 'End':
      return select(rows.at(-1));
    case 'ArrowRight':
      if (!row.isExpandable) return none;
      return row.isExpanded ? select(rows[at + 1]) : { kind: 'expand', id: row.id };
    case 'ArrowLeft': {
      if (row.isExpanded) return { kind: 'collapse', id: row.id };
      const parent = parentOf(row.place);
      return parent === undefined ? none : select(rows.find((each) => each.id === placeId(parent)));
    }
    case '*': {
      const ids = rows
        .filter((each) => each.level === row.level && each.isExpandable && !each.isExpanded)
        .map((each) => each.id);
      return ids.length === 0 ? none : { kind: 'expand-all', ids };
    }
    default:
      return key.length === 1 && typed.trim() !== '' ? select(findTyped(rows, at, typed)) : none;
  }
}

/** The next row whose title begins with what was typed, going round; one letter again and again goes on. */
function findTyped(rows: readonly TreeRow[], at: number, typed: string): TreeRow | undefined {
  const wanted = typed.toLowerCase();
  const isOneLetter = [...wanted].every((letter) => letter === wanted[0]);
  const text = isOneLetter ? (wanted[0] ?? '') : wanted;
  // More letters make the name more exact: the row that is there may still be the one.
  const start = isOneLetter ? at + 1 : at;
  const found = [...rows.slice(start), ...rows.slice(0, start)].find((row) =>
    row.title.toLowerCase().startsWith(text),
  );
  return found === rows[at] ? undefined : found;
}

export interface Typed {
  readonly text: string;
  readonly at: number;
}

const typingPauseMs = 700;

/** What stands typed after another key: letters in quick succession make one word. */
export function typedText(before: Typed, key: string, now: number): Typed {
  if (key.length !== 1) return { text: '', at: 0 };
  return { text: now - before.at < typingPauseMs ? before.text + key : key, at: now };
}
