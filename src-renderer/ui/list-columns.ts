/** Widths and sort order of a list, remembered under the list's name. */
import { useState } from 'react';
import type { SortOrder } from './list-movement';
import { recall, remember } from './remembered';

const minColumnPixels = 24;
const maxColumnPixels = 2000;

type Widths = Readonly<Record<string, number>>;

const isWidths = (value: unknown): value is Widths =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((width) => typeof width === 'number' && Number.isFinite(width));

const isSortOrder = (value: unknown): value is SortOrder =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as SortOrder).columnId === 'string' &&
  typeof (value as SortOrder).isDescending === 'boolean';

export function boundWidth(width: number): number {
  return Math.round(Math.min(Math.max(width, minColumnPixels), maxColumnPixels));
}

/** CSS grid tracks: given widths, and whatever is left over to the growing column (the last one by default). */
export function gridTemplate(
  columns: readonly { readonly id: string; readonly isGrowing?: boolean }[],
  widthOf: (columnId: string) => number,
): string {
  const growing = columns.find((column) => column.isGrowing === true) ?? columns.at(-1);
  return columns
    .map((column) =>
      column === growing ? `minmax(${widthOf(column.id)}px, 1fr)` : `${widthOf(column.id)}px`,
    )
    .join(' ');
}

export interface ColumnWidths {
  readonly widthOf: (columnId: string) => number;
  readonly setWidth: (columnId: string, width: number, isFinal: boolean) => void;
}

export function useColumnWidths(
  listId: string,
  columns: readonly { readonly id: string; readonly width: number }[],
): ColumnWidths {
  const [widths, setWidths] = useState<Widths>(() => recall(`list.${listId}.widths`, isWidths) ?? {});
  return {
    widthOf: (columnId) =>
      boundWidth(widths[columnId] ?? columns.find((column) => column.id === columnId)?.width ?? 100),
    setWidth: (columnId, width, isFinal) => {
      const next = { ...widths, [columnId]: boundWidth(width) };
      setWidths(next);
      if (isFinal) remember(`list.${listId}.widths`, next);
    },
  };
}

export interface ListSort {
  readonly sort: SortOrder | undefined;
  /** Ascending, descending, the list's own order, and round again. */
  readonly toggleSort: (columnId: string) => void;
}

/** The order that comes of choosing a column. Pure. */
export function sortAfter(sort: SortOrder | undefined, columnId: string): SortOrder | undefined {
  if (sort?.columnId !== columnId) return { columnId, isDescending: false };
  return sort.isDescending ? undefined : { columnId, isDescending: true };
}

/** Remembered under the list's name. A list that the engine sorts hands it on with each page that it asks for. */
export function useListSort(listId: string): ListSort {
  const [sort, setSort] = useState<SortOrder | undefined>(() => recall(`list.${listId}.sort`, isSortOrder));
  return {
    sort,
    toggleSort: (columnId) => {
      const next = sortAfter(sort, columnId);
      setSort(next);
      remember(`list.${listId}.sort`, next ?? null);
    },
  };
}
