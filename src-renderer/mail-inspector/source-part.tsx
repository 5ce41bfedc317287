/** The message as it lies on disk, line by line; only what is seen is made. */
import { Button, makeStyles, mergeClasses, Switch, tokens } from '@fluentui/react-components';
import { Checkmark20Regular, Copy20Regular, Search20Regular } from '@fluentui/react-icons';
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatSize } from '../ui/format';
import { recall, remember } from '../ui/remembered';
import { useCopy } from '../ui/use-copy';
import type { OpenMail } from './mail-reader';
import { usePartStyles } from './part-styles';
import { colourLine, markFound, type SourceMap, type Token, type TokenKind } from './source-colours';
import { SourceFind, useSourceFind } from './source-find';
import { decodeBytes, type SourceRow } from './source-lines';
import { useSourceReading } from './source-reading';
import { SourceRows, type SourceRowsHandle } from './source-rows';

/** Wrapping has to measure each line; longer messages scroll sideways. */
const maxWrappedRows = 200_000;
/** What a clipboard and its next owner can take. */
const maxCopiedBytes = 64 * 1024 * 1024;
const wrapKey = 'mail.source.wrap';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

const useStyles = makeStyles({
  name: { color: tokens.colorBrandForeground1, fontWeight: tokens.fontWeightSemibold },
  folded: { color: tokens.colorNeutralForeground2 },
  boundary: { color: tokens.colorPaletteMarigoldForeground2, fontWeight: tokens.fontWeightSemibold },
  encoded: { color: tokens.colorPaletteGreenForeground1 },
  found: {
    backgroundColor: tokens.colorPaletteYellowBackground2,
    color: tokens.colorNeutralForeground1,
    '@media (forced-colors: active)': { backgroundColor: 'Mark', color: 'MarkText' },
  },
  current: {
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    '@media (forced-colors: active)': { backgroundColor: 'Highlight', color: 'HighlightText' },
  },
  rest: { minWidth: 'auto', height: '16px', paddingBlock: 0, fontSize: tokens.fontSizeBase200 },
  bar: { flexWrap: 'wrap' },
});

export function SourcePart({ mail }: { readonly mail: OpenMail }): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const rows = useRef<SourceRowsHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const [wantsWrap, setWantsWrap] = useState(() => recall(wrapKey, isBoolean) ?? false);
  const source = useSourceReading(mail);
  const map = useMemo(() => mapOf(mail), [mail]);
  const find = useSourceFind(mail);
  const { copied, hasFailed, copy } = useCopy();
  const canWrap = source.rowCount <= maxWrappedRows;
  const { current } = find;

  // What was found must be seen, in a line that is cut too.
  const reveal = useRef(source.reveal);
  reveal.current = source.reveal;
  useEffect(() => {
    if (current === undefined) return;
    reveal.current(current).then(
      (row) =>
        requestAnimationFrame(() => {
          rows.current?.show(row);
          // Now that the row is there: it may be far along its line.
          requestAnimationFrame(() => {
            const place = root.current?.querySelector('[data-found-now]');
            if (place) scrollAlong(place);
          });
        }),
      () => undefined,
    );
  }, [current]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      find.open();
    } else if (event.key === 'F3') {
      event.preventDefault();
      event.stopPropagation();
      if (find.isOpen) find.step(event.shiftKey ? -1 : 1);
      else find.open();
    } else if (event.key === 'Escape' && find.isOpen) {
      event.stopPropagation();
      find.close();
      root.current?.querySelector<HTMLElement>('[data-source-rows]')?.focus();
    }
  };
  const draw = (row: SourceRow): ReactElement => (
    <>
      {tokensOf(row, map, find.placesIn(row)).map((token, index) =>
        token.kind === 'plain' ? (
          token.text
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line never move.
            key={index}
            className={styles[token.kind as Exclude<TokenKind, 'plain'>]}
            {...(token.kind === 'current' && { 'data-found-now': true })}
          >
            {token.text}
          </span>
        ),
      )}
      {row.hiddenBytes > 0 && (
        <Button
          size="small"
          appearance="transparent"
          className={styles.rest}
          onClick={() => void source.openLine(row.line)}
        >
          … show the rest ({formatSize(row.hiddenBytes)})
        </Button>
      )}
    </>
  );
  const isCopyCut = mail.sizeBytes > maxCopiedBytes;
  const copyAll = async (): Promise<void> => {
    copy(decodeBytes(await mail.readBytes(0, mail.sizeBytes)), 'Source');
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside.
    <div ref={root} className={parts.column} onKeyDown={onKeyDown}>
      <div className={mergeClasses(parts.bar, styles.bar)}>
        <span>
          {source.lineCount !== undefined && `${formatCount(source.lineCount, 'line')}, `}
          {formatSize(mail.sizeBytes)}
        </span>
        <span className={parts.push}>{hasFailed && 'The clipboard could not be used.'}</span>
        <Switch
          label="Wrap"
          checked={wantsWrap && canWrap}
          disabled={!canWrap}
          {...(!canWrap && { title: 'There are too many lines to wrap them.' })}
          onChange={(_, { checked }) => {
            setWantsWrap(checked);
            remember(wrapKey, checked);
          }}
        />
        <Button size="small" appearance="subtle" icon={<Search20Regular />} onClick={find.open}>
          Find
        </Button>
        <Button
          size="small"
          appearance="subtle"
          icon={copied === undefined ? <Copy20Regular /> : <Checkmark20Regular />}
          disabled={isCopyCut}
          {...(isCopyCut && { title: 'It is too large for the clipboard. Save it.' })}
          onClick={() => void copyAll()}
        >
          {copied === undefined ? 'Copy all' : 'Copied'}
        </Button>
      </div>
      {find.isOpen && <SourceFind find={find} />}
      <SourceRows
        ref={rows}
        label="Source of the message"
        source={source}
        isWrapped={wantsWrap && canWrap}
        draw={draw}
      />
    </div>
  );
}

/** Sideways only, and only where it is out of sight or below the numbers. */
function scrollAlong(place: Element): void {
  const view = place.closest('[data-source-rows]');
  if (view === null) return;
  const { left, right } = place.getBoundingClientRect();
  const seen = view.getBoundingClientRect();
  const margin = Math.min(100, seen.width / 4);
  if (left < seen.left + margin || right > seen.left + view.clientWidth)
    view.scrollLeft += left - seen.left - seen.width / 2;
}

function tokensOf(row: SourceRow, map: SourceMap, places: Parameters<typeof markFound>[1]): Token[] {
  const tokens = colourLine(row.text, { start: row.start, isFirstPiece: row.number !== undefined }, map);
  return markFound(tokens, places);
}

/** Header lines and bodies, as the reader of the message sees them. */
function mapOf({ content }: OpenMail): SourceMap {
  const parts = content?.structure.parts ?? [];
  return {
    headerRanges: parts.map(({ headerStart, headerEnd }) => ({ start: headerStart, end: headerEnd })),
    leafRanges: parts
      .filter(({ isMultipart, isMessage }) => !isMultipart && !isMessage)
      .map(({ bodyStart, bodyEnd }) => ({ start: bodyStart, end: bodyEnd })),
  };
}
