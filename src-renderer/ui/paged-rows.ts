/**
 * Rows of a list that the engine pages: only what is visible is read, pages are cached, and a page that went
 * stale keeps showing until the new one is there, so that nothing flickers and nothing is lost from view. So do
 * the rows of another order or filter.
 */
import { hashKey, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';

const pageRows = 200;
/** The most that one reading of many rows asks for at once. */
const bulkRows = 1000;

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

export interface PagedRowsOptions<Row> {
  /** Everything below this key is ours; invalidating it reads the visible pages again. */
  readonly queryKey: readonly unknown[];
  readonly readPage: (at: {
    readonly offset: number;
    readonly limit: number;
    readonly signal?: AbortSignal;
  }) => Promise<Page<Row>>;
}

export interface PagedRows<Row> {
  readonly total: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly onVisible: (first: number, last: number) => void;
  /** True until the first answer. */
  readonly isLoading: boolean;
  /** Why the last reading failed; undefined when it did not. */
  readonly error: unknown;
  /** Reads from the top, at most `maxRows`; for "select all". */
  readonly readMany: (maxRows: number) => Promise<Row[]>;
}

/** Numbers of the pages that hold the rows from `first` to `last`. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / pageRows);
  const to = Math.floor(Math.max(0, last) / pageRows);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export function usePagedRows<Row>({ queryKey, readPage }: PagedRowsOptions<Row>): PagedRows<Row> {
  const queryClient = useQueryClient();
  const [range, setRange] = useState({ from: 0, to: 0 });
  const pages = pagesOf(range.from * pageRows, range.to * pageRows);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...queryKey, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        readPage({ offset: page * pageRows, limit: pageRows, signal }),
    })),
  });

  // The youngest answer knows the length best.
  const lastTotal = useRef(0);
  let youngest = 0;
  for (const result of results) {
    if (result.data !== undefined && result.dataUpdatedAt >= youngest) {
      youngest = result.dataUpdatedAt;
      lastTotal.current = result.data.total;
    }
  }

  const hash = hashKey(queryKey);
  const version = results.map((result) => result.dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the cache's content, `hash` for the key.
  const rowAt = useMemo(() => {
    // Looking into the cache costs a key made into text: once a page, not once a row.
    const seen = new Map<number, readonly Row[]>();
    return (index: number): Row | undefined => {
      const page = Math.floor(index / pageRows);
      let rows = seen.get(page);
      if (rows === undefined) {
        rows = queryClient.getQueryData<Page<Row>>([...queryKey, page])?.rows ?? [];
        seen.set(page, rows);
      }
      return rows[index % pageRows];
    };
  }, [version, hash, queryClient]);

  const onVisible = useCallback((first: number, last: number): void => {
    const [from = 0, ...rest] = pagesOf(first, last);
    const to = rest.at(-1) ?? from;
    setRange((before) => (before.from === from && before.to === to ? before : { from, to }));
  }, []);

  const readMany = async (maxRows: number): Promise<Row[]> => {
    const rows: Row[] = [];
    while (rows.length < maxRows) {
      const limit = Math.min(bulkRows, maxRows - rows.length);
      const page = await readPage({ offset: rows.length, limit });
      rows.push(...page.rows);
      if (page.rows.length < limit) break;
    }
    return rows;
  };

  // Until the new order or filter has an answer, what was there before stays.
  const settled = useRef({ hash, rowAt });
  const isPending = youngest === 0 && results.some((result) => result.isPending && result.error === null);
  if (!isPending) settled.current = { hash, rowAt };
  const shown = settled.current.hash === hash ? rowAt : settled.current.rowAt;

  return {
    total: lastTotal.current,
    rowAt: shown,
    onVisible,
    isLoading: lastTotal.current === 0 && isPending,
    error: results.find((result) => result.error !== null)?.error ?? undefined,
    readMany,
  };
}
