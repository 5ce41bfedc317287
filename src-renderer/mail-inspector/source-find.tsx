/** Find in the source: a field, how many there are, to the next and the one before. */
import { Button, Input, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowDown20Regular, ArrowUp20Regular, Dismiss20Regular } from '@fluentui/react-icons';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { OpenMail } from './mail-reader';
import { usePartStyles } from './part-styles';
import type { SourceRow } from './source-lines';
import { type Matches, matchFrom, noMatches } from './source-search';

const useStyles = makeStyles({
  field: { width: '240px', maxWidth: '50%' },
  count: { minWidth: '90px', fontVariantNumeric: 'tabular-nums', color: tokens.colorNeutralForeground2 },
});

export interface SourceFinding {
  readonly isOpen: boolean;
  readonly text: string;
  readonly matches: Matches;
  readonly isSearching: boolean;
  /** Offset of the match that is shown; undefined: none. */
  readonly current: number | undefined;
  readonly index: number;
  /** Counts how often the field was asked for. */
  readonly turn: number;
  readonly open: () => void;
  readonly close: () => void;
  readonly setText: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
  /** Characters of the row that were found. */
  readonly placesIn: (row: SourceRow) => { start: number; end: number; isCurrent: boolean }[];
}

export function useSourceFind(mail: OpenMail): SourceFinding {
  const [turn, setTurn] = useState(0);
  const [text, setText] = useState('');
  const [matches, setMatches] = useState<Matches>(noMatches);
  const [isSearching, setIsSearching] = useState(false);
  const [index, setIndex] = useState(0);
  const isOpen = turn > 0;
  const lastOffset = useRef(0);
  const wanted = isOpen ? text : '';
  useEffect(() => {
    let isWanted = true;
    setMatches(noMatches);
    setIsSearching(wanted !== '');
    if (wanted !== '')
      mail.findAll(wanted).then(
        (found) => {
          if (!isWanted) return;
          setMatches(found);
          setIndex(matchFrom(found, lastOffset.current));
          setIsSearching(false);
        },
        // A message that was closed meanwhile has nothing to find.
        () => isWanted && setIsSearching(false),
      );
    return () => {
      isWanted = false;
    };
  }, [mail, wanted]);
  const current = matches.offsets[index];
  if (current !== undefined) lastOffset.current = current;
  return {
    isOpen,
    text,
    matches,
    isSearching,
    current,
    index,
    turn,
    open: () => setTurn((before) => before + 1),
    close: () => setTurn(0),
    setText,
    step: (by) => {
      const { length } = matches.offsets;
      if (length > 0) setIndex((before) => (before + by + length) % length);
    },
    placesIn: (row) => placesOf(row, matches, current),
  };
}

/** Bytes to characters: the same for ASCII, counted for the rest. */
function placesOf(
  row: SourceRow,
  { offsets, lengthBytes }: Matches,
  current: number | undefined,
): { start: number; end: number; isCurrent: boolean }[] {
  if (offsets.length === 0) return [];
  let at = firstFrom(offsets, row.start - lengthBytes + 1);
  const places: { start: number; end: number; isCurrent: boolean }[] = [];
  let offset = offsets[at];
  while (offset !== undefined && offset < row.end) {
    const start = charactersOf(row, offset - row.start);
    const end = charactersOf(row, offset + lengthBytes - row.start);
    if (end > start) places.push({ start, end, isCurrent: offset === current });
    at += 1;
    offset = offsets[at];
  }
  return places;
}

function firstFrom(offsets: readonly number[], offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function charactersOf({ text, start, end }: SourceRow, bytes: number): number {
  if (bytes <= 0) return 0;
  // One byte a character, or the row was not UTF-8: then bytes are characters.
  if (text.length >= end - start - 2 || text.length === 0) return Math.min(bytes, text.length);
  const encoded = new TextEncoder().encode(text);
  return new TextDecoder().decode(encoded.subarray(0, bytes)).length;
}

export function SourceFind({ find }: { readonly find: SourceFinding }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const field = useRef<HTMLInputElement>(null);
  const { turn } = find;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asking again brings the focus back.
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [turn]);
  const { length } = find.matches.offsets;
  const words =
    find.text === ''
      ? ''
      : find.isSearching
        ? 'Searching…'
        : length === 0
          ? 'Not found'
          : `${(find.index + 1).toLocaleString()} of ${length.toLocaleString()}${find.matches.isCut ? ' or more' : ''}`;
  return (
    <search className={parts.bar}>
      <Input
        ref={(element: HTMLInputElement | null) => {
          field.current = element;
        }}
        size="small"
        className={styles.field}
        aria-label="Find in the source"
        placeholder="Find"
        value={find.text}
        onChange={(_, { value }) => find.setText(value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          find.step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className={styles.count} role="status">
        {words}
      </span>
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowUp20Regular />}
        aria-label="Previous match"
        disabled={length === 0}
        onClick={() => find.step(-1)}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowDown20Regular />}
        aria-label="Next match"
        disabled={length === 0}
        onClick={() => find.step(1)}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<Dismiss20Regular />}
        aria-label="Close Find"
        className={parts.push}
        onClick={find.close}
      />
    </search>
  );
}
