/**
 * The active row, the keyboard and the selection gestures of a list. The active row is known by key, so that it
 * stays the same row when others come and go above it.
 */
import type { KeyboardEvent, RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import {
  activeIndex,
  type Gesture,
  indexAfterKey,
  type KeyAt,
  keysBetween,
  type ListPlace,
  placeIndex,
  selectionAfter,
} from './list-movement';
import { rowPixels } from './list-styles';

export interface ListKeyboardOptions<Row> {
  readonly total: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly keyAt: KeyAt;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (keys: ReadonlySet<string>) => void;
  readonly onSelectAll?: () => void;
  /** One row at a time. */
  readonly isSingle?: boolean;
  readonly onOpen?: (row: Row) => void;
  readonly onDelete?: () => void;
  readonly onContextMenu?: (row: Row, at: { x: number; y: number }) => void;
  readonly grid: RefObject<HTMLDivElement | null>;
  readonly scrollTo: (index: number) => void;
}

export interface ListKeyboard {
  /** Index of the active row, -1 when there is none. */
  readonly active: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly activate: (index: number, gesture: Gesture) => void;
  /** For the row under the mouse, or for the active row. */
  readonly openMenu: (at?: { readonly index: number; readonly x: number; readonly y: number }) => void;
}

const nowhere: ListPlace = { index: -1, key: undefined, isApart: false };

export function useListKeyboard<Row>(options: ListKeyboardOptions<Row>): ListKeyboard {
  const { total, rowAt, keyAt, selectedKeys, onSelect, grid, scrollTo } = options;
  const [place, setPlace] = useState<ListPlace>(nowhere);
  const anchor = useRef<ListPlace>(nowhere);
  /** A row that was reached before it was loaded is selected when it arrives. */
  const awaited = useRef(-1);

  const active = activeIndex(place, { keyAt, total, selected: selectedKeys });

  const activate = (index: number, wanted: Gesture): void => {
    const gesture = options.isSingle === true ? { isShift: false, isControl: false } : wanted;
    const key = keyAt(index);
    awaited.current = key === undefined && !gesture.isShift ? index : -1;
    const next: ListPlace = { index, key, isApart: gesture.isControl };
    if (!gesture.isShift) anchor.current = next;
    else if (anchor.current.index < 0 || active !== placeIndex(place, { keyAt, total }))
      anchor.current = active < 0 ? next : { index: active, key: keyAt(active), isApart: false };
    setPlace(next);
    onSelect(
      selectionAfter(gesture, {
        selected: selectedKeys,
        index,
        anchor: placeIndex(anchor.current, { keyAt, total }),
        keyAt,
      }),
    );
  };

  const awaitedKey = awaited.current >= 0 ? keyAt(awaited.current) : undefined;
  useEffect(() => {
    if (awaitedKey === undefined) return;
    const index = awaited.current;
    awaited.current = -1;
    const next: ListPlace = { index, key: awaitedKey, isApart: false };
    anchor.current = next;
    setPlace(next);
    onSelect(new Set([awaitedKey]));
  }, [awaitedKey, onSelect]);

  const openMenu: ListKeyboard['openMenu'] = (at) => {
    const index = at?.index ?? Math.max(active, 0);
    const row = rowAt(index);
    const key = keyAt(index);
    if (row === undefined || key === undefined || !options.onContextMenu) return;
    if (!selectedKeys.has(key)) activate(index, { isShift: false, isControl: false });
    const box = grid.current?.getBoundingClientRect();
    const top = (box?.top ?? 0) - (grid.current?.scrollTop ?? 0) + (index + 2) * rowPixels;
    options.onContextMenu(row, at ? { x: at.x, y: at.y } : { x: (box?.left ?? 0) + rowPixels, y: top });
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const gesture: Gesture = { isShift: event.shiftKey, isControl: event.ctrlKey || event.metaKey };
    if (event.altKey) return;
    const pageSize = Math.floor((grid.current?.clientHeight ?? 0) / rowPixels) - 1;
    const next = indexAfterKey(event.key, { index: active, total, pageSize });
    if (next !== undefined) {
      scrollTo(next);
      // Ctrl with an arrow moves without selecting; Ctrl+Space then toggles.
      if (gesture.isControl && !gesture.isShift) setPlace({ index: next, key: keyAt(next), isApart: true });
      else activate(next, gesture);
    } else if (gesture.isControl && event.key.toLowerCase() === 'a') {
      if (options.onSelectAll) options.onSelectAll();
      else if (options.isSingle !== true) onSelect(new Set(keysBetween(keyAt, 0, total - 1)));
    } else if (event.key === ' ') {
      if (active >= 0) activate(active, gesture);
    } else if (event.key === 'Enter') {
      const row = rowAt(active);
      if (row === undefined || !options.onOpen) return;
      options.onOpen(row);
    } else if (event.key === 'Delete' || (event.key === 'Backspace' && event.metaKey)) {
      if (selectedKeys.size === 0 || !options.onDelete) return;
      options.onDelete();
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      openMenu();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return { active, onKeyDown, activate, openMenu };
}
