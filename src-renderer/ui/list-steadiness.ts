/**
 * Keeps what the eye is on in its place when rows come or go above it. At the very top the list stays at the
 * top, so that new mail is seen; further down the same rows stay under the eye.
 */
import type { RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { indexOfKey, type KeyAt } from './list-movement';

export interface SteadyRowsOptions {
  readonly grid: RefObject<HTMLDivElement | null>;
  readonly keyAt: KeyAt;
  readonly total: number;
  readonly rowPixels: number;
}

interface Mark {
  readonly index: number;
  readonly key: string;
}

export function useSteadyRows({ grid, keyAt, total, rowPixels }: SteadyRowsOptions): void {
  const mark = useRef<Mark | undefined>(undefined);
  const latest = useRef(keyAt);

  const note = (): void => {
    const top = grid.current?.scrollTop ?? 0;
    const index = Math.floor(top / rowPixels);
    const key = latest.current(index);
    mark.current = top < rowPixels || key === undefined ? undefined : { index, key };
  };

  useLayoutEffect(() => {
    latest.current = keyAt;
    const element = grid.current;
    const from = mark.current;
    if (element && from && keyAt(from.index) !== from.key) {
      const index = indexOfKey(keyAt, { key: from.key, near: from.index, total });
      if (index >= 0) element.scrollTop += (index - from.index) * rowPixels;
    }
    note();
  });

  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  });
}
