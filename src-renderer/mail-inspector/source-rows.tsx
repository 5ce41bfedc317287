/**
 * Rows of text, of which only those in view are in the page. Browsers cannot make an element of a hundred million
 * pixels: a message with more lines than fit moves faster than the scroll bar.
 */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { usePartStyles } from './part-styles';
import type { SourceRow } from './source-lines';
import type { SourceReading } from './source-reading';

const rowPixels = 18;
const overscan = 20;
/** Chromium ends at 33 million. */
const maxHeightPixels = 12_000_000;

const useStyles = makeStyles({
  scroll: {
    flexGrow: 1,
    minHeight: 0,
    boxSizing: 'border-box',
    overflow: 'auto',
    outlineStyle: 'none',
    ':focus-visible': { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  },
  body: { position: 'relative', minWidth: '100%', width: 'max-content' },
  wrappedBody: { position: 'relative', width: '100%' },
  row: {
    position: 'absolute',
    left: 0,
    display: 'flex',
    minHeight: `${rowPixels}px`,
    whiteSpace: 'pre',
    minWidth: '100%',
  },
  wrapped: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', width: '100%' },
  text: { minWidth: 0, paddingInlineEnd: tokens.spacingHorizontalM },
  number: {
    position: 'sticky',
    left: 0,
    flexShrink: 0,
    boxSizing: 'border-box',
    width: '8ch',
    paddingRight: '1ch',
    marginRight: '1ch',
    textAlign: 'end',
    userSelect: 'none',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRight: `1px solid ${tokens.colorNeutralStroke3}`,
    color: tokens.colorNeutralForeground3,
  },
});

export interface SourceRowsHandle {
  /** Brings a row into view. */
  readonly show: (row: number) => void;
}

export interface SourceRowsProps {
  readonly label: string;
  readonly source: SourceReading;
  readonly isWrapped: boolean;
  readonly draw: (row: SourceRow) => ReactNode;
  readonly ref?: Ref<SourceRowsHandle>;
}

/** Which row is on top at a place of the scroll bar, and the other way round. Pure. */
function scaleOf(rowCount: number, viewPixels: number) {
  const wanted = rowCount * rowPixels;
  const height = Math.min(wanted, maxHeightPixels);
  const range = Math.max(1, height - viewPixels);
  const ratio = Math.max(0, wanted - viewPixels) / range;
  return {
    height,
    /** May be between two rows. */
    topOf: (scrollTop: number): number => (Math.min(scrollTop, range) * ratio) / rowPixels,
    scrollOf: (topRow: number): number => (ratio === 0 ? 0 : (topRow * rowPixels) / ratio),
  };
}

export function SourceRows(props: SourceRowsProps): ReactElement {
  return props.isWrapped ? <WrappedRows {...props} /> : <PlainRows {...props} />;
}

function PlainRows({ label, source, draw, ref }: SourceRowsProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const scroll = useRef<HTMLElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  // Rows are as wide as the widest that was seen: the number of a short one would scroll away with its end.
  const [widest, setWidest] = useState(0);
  useLayoutEffect(() => {
    const { scrollWidth = 0, clientWidth = 0 } = scroll.current ?? {};
    if (scrollWidth > clientWidth && scrollWidth > widest) setWidest(scrollWidth);
  });
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return;
    const measure = (): void => {
      setView({ top: element.scrollTop, height: element.clientHeight });
      setWidest(0);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scale = scaleOf(source.rowCount, view.height);
  const top = scale.topOf(view.top);
  const first = Math.max(0, Math.floor(top) - overscan);
  const last = Math.min(source.rowCount, Math.ceil(top + view.height / rowPixels) + overscan);
  const moveTo = (row: number): void => {
    if (scroll.current !== null) scroll.current.scrollTop = scale.scrollOf(Math.max(0, row));
  };
  useImperativeHandle(ref, () => ({
    show: (row) => {
      const shown = view.height / rowPixels;
      if (row < top || row > top + shown - 2) moveTo(row - shown / 3);
    },
  }));
  // Where the bar moves faster than the rows, a key moves by rows all the same.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (scale.height === source.rowCount * rowPixels) return;
    const page = Math.floor(view.height / rowPixels) - 1;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    moveTo(top + step);
  };
  return (
    <section
      ref={scroll}
      data-source-rows
      className={styles.scroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget }) =>
        setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })
      }
    >
      <div
        className={mergeClasses(styles.body, parts.mono)}
        style={{ height: scale.height, minWidth: widest === 0 ? undefined : widest }}
      >
        {Array.from({ length: Math.max(0, last - first) }, (_, index) => {
          const row = source.rowAt(first + index);
          const place = view.top + (first + index - top) * rowPixels;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is named by its place.
            <div key={first + index} className={styles.row} style={{ top: place }}>
              <RowNumber row={row} className={styles.number} />
              <span className={styles.text}>{row !== undefined && draw(row)}</span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

function WrappedRows({ label, source, draw, ref }: SourceRowsProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const scroll = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: source.rowCount,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPixels,
    overscan,
  });
  useImperativeHandle(ref, () => ({ show: (row) => virtualizer.scrollToIndex(row, { align: 'center' }) }));
  return (
    <section
      ref={scroll}
      data-source-rows
      className={styles.scroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
    >
      <div
        className={mergeClasses(styles.wrappedBody, parts.mono)}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map((item) => {
          const row = source.rowAt(item.index);
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={mergeClasses(styles.row, styles.wrapped)}
              style={{ top: item.start }}
            >
              <RowNumber row={row} className={styles.number} />
              <span className={styles.text}>{row !== undefined && draw(row)}</span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

function RowNumber({
  row,
  className,
}: {
  readonly row: SourceRow | undefined;
  readonly className: string;
}): ReactElement {
  return (
    <span className={className} aria-hidden>
      {row?.number}
    </span>
  );
}
