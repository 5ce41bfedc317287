/**
 * What a key does in the tree, after the WAI-ARIA tree pattern with selection following focus, as the
 * original console had it. Pure.
 */
import type { TreeRow } from './model';
import { parentOf, placeId } from './places';

export type TreeMove =
  | { readonly kind: 'select'; readonly id: string }
  | { readonly kind: 'expand' | 'collapse'; readonly id: string }
  | { readonly kind: 'none' };

const none: TreeMove = { kind: 'none' };
const select = (row: TreeRow | undefined): TreeMove =>
  row === undefined ? none : { kind: 'select', id: row.id };

export function moveInTree(rows: readonly TreeRow[], selectedId: string, key: string): TreeMove {
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
    default:
      return key.length === 1 && key !== ' ' ? select(findByLetter(rows, at, key)) : none;
  }
}

/** The next row whose title begins with the letter, going round. */
function findByLetter(rows: readonly TreeRow[], at: number, letter: string): TreeRow | undefined {
  const wanted = letter.toLowerCase();
  return [...rows.slice(at + 1), ...rows.slice(0, at)].find((row) =>
    row.title.toLowerCase().startsWith(wanted),
  );
}
