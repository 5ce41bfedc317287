// biome-ignore-all lint/a11y/useSemanticElements: a virtual list has fixed row places, which a table has not.
// biome-ignore-all lint/a11y/useFocusableInteractive: the header's buttons and the grid itself have the focus.
/**
 * The header row of a list: one tab stop, arrows from column to column, Enter sorts where sorting is possible,
 * Alt with an arrow makes the column wider or narrower, as dragging its edge does.
 */
import { mergeClasses } from '@fluentui/react-components';
import { ArrowDown12Regular, ArrowUp12Regular } from '@fluentui/react-icons';
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';
import { useRef, useState } from 'react';
import type { SortOrder } from './list-movement';
import { useListStyles } from './list-styles';

export interface HeaderColumn {
  readonly id: string;
  readonly title: string;
  readonly align?: 'start' | 'end';
  readonly isSortable?: boolean;
  readonly icon?: ReactElement;
}

export interface ListHeaderProps {
  readonly columns: readonly HeaderColumn[];
  readonly template: string;
  readonly widthOf: (columnId: string) => number;
  readonly onWidth: (columnId: string, width: number, isFinal: boolean) => void;
  /** False while not every row is loaded. */
  readonly canSort: boolean;
  readonly sort: SortOrder | undefined;
  readonly onSort: (columnId: string) => void;
}

const stepPixels = 16;

export function ListHeader(props: ListHeaderProps): ReactElement {
  const { columns, template, widthOf, onWidth, canSort, sort, onSort } = props;
  const styles = useListStyles();
  const [current, setCurrent] = useState(0);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const drag = useRef<{ readonly id: string; readonly x: number; readonly width: number } | undefined>(
    undefined,
  );

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const delta = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const column = columns[index];
    if (delta === 0 || column === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) {
      onWidth(column.id, widthOf(column.id) + delta * stepPixels, true);
      return;
    }
    const next = Math.min(Math.max(index + delta, 0), columns.length - 1);
    setCurrent(next);
    buttons.current[next]?.focus();
  };
  const onGripDown = (event: PointerEvent<HTMLDivElement>, id: string): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    // What is on the screen, not what was asked for: the last column may have been stretched.
    const shown = event.currentTarget.parentElement?.getBoundingClientRect().width;
    drag.current = { id, x: event.clientX, width: shown ?? widthOf(id) };
  };
  const onGripMove = (event: PointerEvent): void => {
    const from = drag.current;
    if (from) onWidth(from.id, from.width + event.clientX - from.x, false);
  };
  const onGripUp = (event: PointerEvent): void => {
    const from = drag.current;
    drag.current = undefined;
    if (from) onWidth(from.id, from.width + event.clientX - from.x, true);
  };

  return (
    <div role="row" aria-rowindex={1} className={styles.header} style={{ gridTemplateColumns: template }}>
      {columns.map((column, index) => {
        const isSorted = canSort && sort?.columnId === column.id;
        const isSortable = canSort && column.isSortable === true;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={index + 1}
            {...(isSorted && {
              'aria-sort': sort?.isDescending ? ('descending' as const) : ('ascending' as const),
            })}
            className={styles.headerCell}
          >
            <button
              ref={(element) => {
                buttons.current[index] = element;
              }}
              type="button"
              tabIndex={index === current ? 0 : -1}
              className={mergeClasses(
                styles.headerButton,
                isSortable && styles.headerSortable,
                column.align === 'end' && styles.alignEnd,
              )}
              title={column.title}
              {...(column.icon && { 'aria-label': column.title })}
              onFocus={() => setCurrent(index)}
              onKeyDown={(event) => onKeyDown(event, index)}
              onClick={() => {
                if (isSortable) onSort(column.id);
              }}
            >
              {column.icon ?? <span className={styles.headerText}>{column.title}</span>}
              {isSorted && (sort?.isDescending ? <ArrowDown12Regular /> : <ArrowUp12Regular />)}
            </button>
            <div
              aria-hidden
              className={styles.grip}
              onPointerDown={(event) => onGripDown(event, column.id)}
              onPointerMove={onGripMove}
              onPointerUp={onGripUp}
              onPointerCancel={onGripUp}
            />
          </div>
        );
      })}
    </div>
  );
}
