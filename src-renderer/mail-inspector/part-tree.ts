/** The parts of a message as the rows of a tree, and what its keys do (WAI-ARIA tree pattern). Pure. */
import type { MailPart } from '../../src-main/mail-content';

export interface PartRow {
  readonly part: MailPart;
  readonly hasChildren: boolean;
  readonly isExpanded: boolean;
}

/** More rows than this are not drawn; the source has all of them. */
export const maxPartRows = 2000;

/** Rows in order; what lies in a closed part is left out. */
export function listPartRows(parts: readonly MailPart[], closed: ReadonlySet<number>): PartRow[] {
  const parents = new Set(parts.map(({ parent }) => parent));
  const hidden = new Set<number>();
  const rows: PartRow[] = [];
  for (const part of parts) {
    if (rows.length === maxPartRows) break;
    if (hidden.has(part.parent) || closed.has(part.parent)) {
      hidden.add(part.index);
      continue;
    }
    rows.push({ part, hasChildren: parents.has(part.index), isExpanded: !closed.has(part.index) });
  }
  return rows;
}

export type TreeMove = { readonly select: number } | { readonly toggle: number } | undefined;

export function moveInParts(rows: readonly PartRow[], selected: number, key: string): TreeMove {
  const at = rows.findIndex(({ part }) => part.index === selected);
  const row = rows[at];
  const select = (index: number): TreeMove => {
    const target = rows[index];
    return target === undefined ? undefined : { select: target.part.index };
  };
  if (row === undefined) return select(0);
  switch (key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at - 1);
    case 'Home':
      return select(0);
    case 'End':
      return select(rows.length - 1);
    case 'ArrowRight':
      if (!row.hasChildren) return undefined;
      return row.isExpanded ? select(at + 1) : { toggle: selected };
    case 'ArrowLeft':
      if (row.hasChildren && row.isExpanded) return { toggle: selected };
      return row.part.parent < 0 ? undefined : { select: row.part.parent };
    default:
      return undefined;
  }
}

/** What a part is called where nothing names it. */
export function nameOfPart({ fileName, type, index, isMessage }: MailPart): string {
  if (fileName !== '') return fileName;
  if (index === 0) return 'Message';
  return isMessage ? 'Message inside' : type;
}

/** Parts that somebody would save: what has a name, or is said to be attached, and no text of the message. */
export const isAttachment = (part: MailPart): boolean =>
  !part.isMultipart &&
  part.index > 0 &&
  (part.fileName !== '' || part.disposition === 'attachment' || part.isMessage);

/** File name for a part without one. */
export function fallbackName({ type, index, isMessage }: MailPart): string {
  if (isMessage) return `message-${index}.eml`;
  const endings: Record<string, string> = {
    'text/plain': 'txt',
    'text/html': 'html',
    'text/csv': 'csv',
    'application/pdf': 'pdf',
    'image/png': 'png',
    'image/jpeg': 'jpg',
    'image/gif': 'gif',
  };
  return `part-${index}.${endings[type] ?? 'bin'}`;
}

/** No two of the same name, whatever the message says; the case does not tell them apart everywhere. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let free = name;
    for (let turn = 2; taken.has(free.toLowerCase()); turn += 1) free = `${stem} (${turn})${ending}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
