// biome-ignore-all lint/a11y/useSemanticElements: a virtual list has fixed row places, which a table has not.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and points to the active row.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keyboard.
/**
 * The list of the console: a virtual grid that costs the same with ten rows and with a hundred thousand.
 * Knows nothing of what it shows. Rows may come late (`rowAt` answers undefined, `onVisible` tells what is
 * wanted); rows may move (new mail on top): selection goes by key, and what the eye is on stays where it is.
 * A list that the engine pages is sorted by the engine (`sorting`); one that is here whole sorts itself.
 * Keyboard as in a Windows list view; WAI-ARIA grid with the active row as `aria-activedescendant`.
 */
import { mergeClasses } from '@fluentui/react-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { gridTemplate, type ListSort, useColumnWidths, useListSort } from './list-columns';
import type { ExportSource } from './list-export';
import { ListHeader } from './list-header';
import { useListKeyboard } from './list-keyboard';
import { maxSortedRows, sortedIndexes } from './list-movement';
import { type ListActions, type ListReasons, useRegisterList } from './list-on-page';
import { useSteadyRows } from './list-steadiness';
import { rowPixels, useListStyles } from './list-styles';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Pixels, until the user changes it. */
  readonly width: number;
  readonly align?: 'start' | 'end';
  readonly render: (row: Row) => ReactNode;
  /** The whole value as text: tooltip, and what sorting compares unless `sortValue` is given. */
  readonly text: (row: Row) => string;
  readonly isSortable?: boolean;
  readonly sortValue?: (row: Row) => string | number;
  /** Stands in the header instead of the title where the column is too narrow for words. */
  readonly icon?: ReactElement;
  /** Takes the room that is left over. Default: the last column does. */
  readonly isGrowing?: boolean;
  /** In an exported file, where a plain value serves better than what is shown. Default: title and text. */
  readonly exported?: { readonly title?: string; readonly text: (row: Row) => string };
}

/** What the verbs of the window may do with the list of the page. */
export interface PageList<Row> {
  readonly actions?: ListActions;
  /** Why others cannot be done now. */
  readonly reasons?: ListReasons;
  /** What the verbs act on, where that is not the number of selected rows. */
  readonly targetCount?: number;
  /** For a list of which not every row is here. */
  readonly readRows?: (at: {
    readonly offset: number;
    readonly limit: number;
    readonly signal: AbortSignal;
  }) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>;
}

/** A cell that is being edited in place. */
export interface EditedCell {
  readonly key: string;
  readonly columnId: string;
  readonly editor: ReactNode;
}

export interface DataListProps<Row> {
  readonly label: string;
  /** Widths and sort order are remembered under it. */
  readonly listId: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  /** undefined: not loaded yet. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly onVisible?: (first: number, last: number) => void;
  readonly rowKey: (row: Row) => string;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (keys: ReadonlySet<string>) => void;
  /** Ctrl+A where the page does not hold every row. Default: the loaded rows are selected. */
  readonly onSelectAll?: () => void;
  /** One row at a time. */
  readonly isSingle?: boolean;
  readonly onOpen?: (row: Row) => void;
  readonly onDelete?: () => void;
  readonly onContextMenu?: (row: Row, at: { x: number; y: number }) => void;
  readonly empty: ReactNode;
  /** Given: rows come in this order, and a click on a title asks for another. */
  readonly sorting?: ListSort;
  /** Given: this is the list of the page, not one in a dialog. */
  readonly page?: PageList<Row>;
  readonly edited?: EditedCell;
}

/** Rows that are kept ready above and below what is seen. */
const overscan = 8;

export function DataList<Row>(props: DataListProps<Row>): ReactElement {
  const { label, listId, columns, total, onVisible, rowKey, selectedKeys } = props;
  const styles = useListStyles();
  const gridId = useId();
  const grid = useRef<HTMLDivElement>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const { widthOf, setWidth } = useColumnWidths(listId, columns);
  const ownSorting = useListSort(listId);
  const { sort, toggleSort } = props.sorting ?? ownSorting;

  const sortColumn =
    props.sorting === undefined
      ? columns.find((column) => column.id === sort?.columnId && column.isSortable === true)
      : undefined;
  const order = useMemo(
    () =>
      sort && sortColumn
        ? sortedIndexes(props.rowAt, {
            total,
            compareBy: sortColumn.sortValue ?? sortColumn.text,
            isDescending: sort.isDescending,
          })
        : undefined,
    [sort, sortColumn, props.rowAt, total],
  );
  // Loaded to the last row, and small enough: good enough a sign that the whole list is here.
  const canSort =
    total > 0 &&
    (props.sorting !== undefined || (total <= maxSortedRows && props.rowAt(total - 1) !== undefined));
  const rowAt = (index: number): Row | undefined => props.rowAt(order ? (order[index] ?? index) : index);
  const keyAt = (index: number): string | undefined => {
    const row = rowAt(index);
    return row === undefined ? undefined : rowKey(row);
  };

  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => grid.current,
    estimateSize: () => rowPixels,
    overscan,
    // The sticky header covers the first row's height of the view.
    scrollPaddingStart: rowPixels,
    scrollMargin: rowPixels,
  });
  const items = virtualizer.getVirtualItems();
  const firstVisible = items[0]?.index ?? 0;
  const lastVisible = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastVisible >= 0) onVisible?.(firstVisible, lastVisible);
  }, [firstVisible, lastVisible, onVisible]);

  const { active, onKeyDown, activate, openMenu } = useListKeyboard({
    ...props,
    rowAt,
    keyAt,
    grid,
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  });
  useSteadyRows({ grid, keyAt, total, rowPixels });
  useFocusAfterEdit(grid, props.edited !== undefined);
  useRegisterList(
    props.page && {
      listId,
      label,
      total,
      selectedCount: props.page.targetCount ?? selectedKeys.size,
      actions: props.page.actions ?? {},
      reasons: props.page.reasons ?? {},
      exportSource: () => exportSourceOf(props, rowAt),
    },
  );

  const template = gridTemplate(columns, widthOf);
  const rowId = (index: number): string => `${gridId}-row-${index}`;
  const isActiveShown = items.some((item) => item.index === active);

  return (
    <div
      ref={grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.isSingle !== true}
      tabIndex={0}
      {...(isActiveShown && { 'aria-activedescendant': rowId(active) })}
      className={styles.grid}
      onKeyDown={(event) => {
        if (event.target === event.currentTarget) onKeyDown(event);
      }}
      onFocus={(event) => setHasFocus(event.target === event.currentTarget)}
      onBlur={() => setHasFocus(false)}
      onContextMenu={(event) => {
        // By keyboard the event comes from the grid itself; by mouse the row has handled it.
        if (event.target !== event.currentTarget || total === 0) return;
        event.preventDefault();
        openMenu();
      }}
    >
      <ListHeader
        columns={columns}
        template={template}
        widthOf={widthOf}
        onWidth={setWidth}
        canSort={canSort}
        sort={sort}
        onSort={toggleSort}
      />
      {total === 0 ? (
        <div className={styles.empty} role="row">
          <div role="gridcell" style={{ height: '100%' }}>
            {props.empty}
          </div>
        </div>
      ) : (
        <div role="rowgroup" className={styles.body} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rowAt(item.index);
            const isSelected = row !== undefined && selectedKeys.has(rowKey(row));
            const isActive = item.index === active;
            const edited = row !== undefined && props.edited?.key === rowKey(row) ? props.edited : undefined;
            return (
              <div
                key={item.index}
                id={rowId(item.index)}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                className={mergeClasses(
                  styles.row,
                  isSelected && styles.selected,
                  isSelected && hasFocus && styles.selectedFocused,
                  isSelected && styles.selectedForced,
                  // A lone selected row is marked well enough; the rest need to be told apart.
                  isActive && hasFocus && !(isSelected && selectedKeys.size === 1) && styles.active,
                )}
                style={{ top: item.index * rowPixels, gridTemplateColumns: template }}
                onClick={(event) =>
                  activate(item.index, { isShift: event.shiftKey, isControl: event.ctrlKey || event.metaKey })
                }
                onDoubleClick={() => {
                  if (row !== undefined) props.onOpen?.(row);
                }}
                onContextMenu={(event) => {
                  event.preventDefault();
                  event.stopPropagation();
                  openMenu({ index: item.index, x: event.clientX, y: event.clientY });
                }}
              >
                {columns.map((column, columnIndex) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    aria-colindex={columnIndex + 1}
                    className={mergeClasses(styles.cell, column.align === 'end' && styles.alignEnd)}
                    {...(row !== undefined && !edited && { title: column.text(row) })}
                  >
                    {row === undefined ? (
                      <div className={styles.loading} />
                    ) : edited?.columnId === column.id ? (
                      edited.editor
                    ) : (
                      column.render(row)
                    )}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

/** The editor takes the focus with it when it goes. */
function useFocusAfterEdit(grid: RefObject<HTMLDivElement | null>, isEditing: boolean): void {
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !isEditing && document.activeElement === document.body) grid.current?.focus();
    wasEditing.current = isEditing;
  }, [grid, isEditing]);
}

function exportSourceOf<Row>(
  { label, columns, total, rowKey, selectedKeys, page }: DataListProps<Row>,
  rowAt: (index: number) => Row | undefined,
): ExportSource {
  const toExport = (row: Row) => ({
    key: rowKey(row),
    cells: columns.map((column) => (column.exported ?? column).text(row)),
  });
  const readHere = (offset: number, limit: number): readonly Row[] =>
    Array.from({ length: Math.min(limit, Math.max(0, total - offset)) }, (_, at) =>
      rowAt(offset + at),
    ).filter((row) => row !== undefined);
  return {
    label,
    titles: columns.map((column) => column.exported?.title ?? column.title),
    total,
    selectedKeys,
    readRows: async ({ offset, limit, signal }) => {
      const read = (await page?.readRows?.({ offset, limit, signal })) ?? {
        rows: readHere(offset, limit),
        total,
      };
      return { rows: read.rows.map(toExport), total: read.total };
    },
  };
}
