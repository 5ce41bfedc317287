/** Selection and changes of an address list. What is written goes out as the settings' strings, at once. */
import { useMemo, useState } from 'react';
import { analyseList, findOddities, type ListRow, type Oddities } from './analysis';
import { readLines } from './pasted-lines';

export interface ListEdit {
  readonly rows: readonly ListRow[];
  readonly oddities: Oddities;
  readonly selectedKeys: ReadonlySet<string>;
  readonly select: (keys: ReadonlySet<string>) => void;
  /** The one row that is selected. */
  readonly selected: ListRow | undefined;
  readonly add: (texts: readonly string[]) => void;
  readonly replace: (row: ListRow, text: string) => void;
  readonly removeSelected: () => void;
  /** Leaves in the list what lets in or keeps out the same computers. */
  readonly removeNeedless: () => void;
  /** What was done last, for the eye and for the screen reader. */
  readonly told: string;
}

const countOf = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'entry' : 'entries'}`;

export interface ListEditOptions {
  readonly onChange: (texts: readonly string[]) => void;
  readonly takesDomains: boolean;
}

export function useListEdit(texts: readonly string[], { onChange, takesDomains }: ListEditOptions): ListEdit {
  const rows = useMemo(() => analyseList(texts), [texts]);
  const oddities = useMemo(() => findOddities(rows), [rows]);
  const [selectedKeys, select] = useState<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState('');
  const chosen = rows.filter((row) => selectedKeys.has(row.key));

  const change = (next: readonly string[], words: string): void => {
    onChange(next);
    setTold(words);
  };
  const without = (gone: readonly ListRow[]): void => {
    const keys = new Set(gone.map((row) => row.key));
    const kept = rows.filter((row) => !keys.has(row.key)).map((row) => row.text);
    change(kept, `${countOf(gone.length)} removed.`);
  };

  return {
    rows,
    oddities,
    selectedKeys,
    select,
    selected: chosen.length === 1 ? chosen[0] : undefined,
    told,
    add: (given) => {
      const { good } = readLines(given.join('\n'), texts, { takesDomains });
      change(
        [...texts, ...good],
        good.length === 0 ? 'Nothing to add: all are in the list.' : `${countOf(good.length)} added.`,
      );
      if (good.length > 0) select(new Set(good));
    },
    replace: (row, text) => {
      change(
        rows.map((each) => (each.key === row.key ? text : each.text)),
        `${row.text} changed.`,
      );
      select(new Set([text]));
    },
    removeSelected: () => {
      if (chosen.length === 0) return;
      without(chosen);
      // What comes after takes the place, so that the keys work on.
      const at = rows.findIndex((row) => selectedKeys.has(row.key));
      const rest = rows.filter((row) => !selectedKeys.has(row.key));
      const next = rest[Math.min(at, rest.length - 1)];
      select(new Set(next === undefined ? [] : [next.key]));
    },
    removeNeedless: () => {
      without(oddities.needless);
      select(new Set());
    },
  };
}
