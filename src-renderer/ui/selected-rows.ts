/**
 * The rows behind the selected keys of a paged list. A row that was selected and then scrolled out of the pages at
 * hand is remembered as it was; where the whole list is here, a key whose row has gone is given up.
 */
import { useEffect, useMemo, useRef } from 'react';
import type { PagedRows } from './paged-rows';

export interface SelectedRowsOptions<Row> {
  readonly pages: Pick<PagedRows<Row>, 'total' | 'rowAt' | 'isLoading'>;
  readonly rowKey: (row: Row) => string;
  readonly selectedKeys: ReadonlySet<string>;
  /** Rows of the selection, and the keys that are still there; called when they change. */
  readonly onRows: (rows: readonly Row[], keys: ReadonlySet<string>) => void;
}

export interface FoundRows<Row> {
  readonly rows: readonly Row[];
  /** Keys whose row was there and has gone. One that was never seen is still to come: a domain just made. */
  readonly gone: ReadonlySet<string>;
}

/** Looks at the rows at hand once; `known` keeps what it finds for the next time. */
export function findSelected<Row>(
  { pages, rowKey, selectedKeys }: Omit<SelectedRowsOptions<Row>, 'onRows'>,
  known: Map<string, Row>,
): FoundRows<Row> {
  const seen = new Set<string>();
  let loaded = 0;
  for (let index = 0; index < pages.total && seen.size < selectedKeys.size; index += 1) {
    const row = pages.rowAt(index);
    if (row === undefined) continue;
    loaded += 1;
    const key = rowKey(row);
    if (!selectedKeys.has(key)) continue;
    known.set(key, row);
    seen.add(key);
  }
  for (const key of known.keys()) if (!selectedKeys.has(key)) known.delete(key);
  const isWhole = !pages.isLoading && loaded === pages.total;
  const gone = new Set(isWhole ? [...known.keys()].filter((key) => !seen.has(key)) : []);
  for (const key of gone) known.delete(key);
  return { rows: [...known.values()], gone };
}

export interface KnownRows<Row> {
  /** Rows that were read for selecting them, such as all of them. */
  readonly remember: (rows: readonly Row[]) => void;
}

export function useSelectedRows<Row>(options: SelectedRowsOptions<Row>): KnownRows<Row> {
  const { pages, rowKey, selectedKeys, onRows } = options;
  const known = useRef(new Map<string, Row>());
  const { rowAt, total, isLoading } = pages;
  const found = useMemo(
    () => findSelected({ pages: { rowAt, total, isLoading }, rowKey, selectedKeys }, known.current),
    [rowAt, total, isLoading, rowKey, selectedKeys],
  );
  const latest = useRef(onRows);
  useEffect(() => {
    latest.current = onRows;
  });
  useEffect(() => {
    const keys = found.gone.size === 0 ? selectedKeys : difference(selectedKeys, found.gone);
    latest.current(found.rows, keys);
  }, [found, selectedKeys]);
  return {
    remember: (rows) => {
      for (const row of rows) known.current.set(rowKey(row), row);
    },
  };
}

const difference = (keys: ReadonlySet<string>, gone: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...keys].filter((key) => !gone.has(key)));
