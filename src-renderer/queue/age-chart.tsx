/**
 * Bars by age, stacked by destination: the eye finds what is old and where it goes; a click or Enter filters by it.
 * One tab stop: up and down go from bar to bar, left and right along its parts.
 */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react';
import { formatCount } from '../ui/format';
import { type Bar, type ChartPlace, placeAfterKey } from './age-bars';
import { patternId } from './chart-look';

const rowPixels = 22;
const barPixels = 14;

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', minWidth: 0, fontVariantNumeric: 'tabular-nums' },
  row: {
    display: 'grid',
    gridTemplateColumns: '92px minmax(0, 1fr) 56px',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    height: `${rowPixels}px`,
  },
  band: {
    justifySelf: 'start',
    maxWidth: '100%',
    padding: `0 ${tokens.spacingHorizontalXS}`,
    border: 'none',
    borderRadius: tokens.borderRadiusSmall,
    background: 'none',
    color: 'inherit',
    font: 'inherit',
    textAlign: 'start',
    whiteSpace: 'nowrap',
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-1px' },
    ':disabled': { color: tokens.colorNeutralForeground3, cursor: 'default' },
  },
  chosen: { fontWeight: tokens.fontWeightSemibold, backgroundColor: tokens.colorSubtleBackgroundSelected },
  count: { textAlign: 'end' },
  none: { color: tokens.colorNeutralForeground3 },
  bar: { position: 'relative', display: 'flex', height: `${barPixels}px`, minWidth: 0 },
  part: {
    position: 'absolute',
    top: 0,
    height: '100%',
    padding: 0,
    border: 'none',
    background: 'none',
    cursor: 'pointer',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px', zIndex: 1 },
  },
  faded: { opacity: 0.3 },
  fill: { display: 'block', width: '100%', height: '100%' },
});

export interface AgeChartProps {
  readonly bars: readonly Bar[];
  readonly lookPrefix: string;
  /** Number of the bar that the list is filtered by; -1 for none. */
  readonly band: number;
  /** Destination that the list is filtered by. */
  readonly destination: string | undefined;
  readonly onBand: (band: number) => void;
  /** undefined: what is in the part are many destinations, and only the age is meant. */
  readonly onPart: (band: number, destination: string | undefined) => void;
}

export function AgeChart(props: AgeChartProps): ReactElement {
  const { bars, band, onBand } = props;
  const styles = useStyles();
  const root = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<ChartPlace>({ bar: 0, segment: -1 });
  const isAt = (bar: number, segment: number): boolean => place.bar === bar && place.segment === segment;
  // Bars come and go with the mail: the tab stop must be on one that is there.
  const isLost = place.segment >= (bars[place.bar]?.segments.length ?? 0);

  const onKeyDown = (event: KeyboardEvent): void => {
    const next = placeAfterKey(bars, place, event.key);
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    setPlace(next);
    root.current?.querySelector<HTMLElement>(`[data-at="${next.bar}/${next.segment}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would say that something is filled in.
    <div ref={root} role="group" aria-label="Waiting by age" className={styles.root} onKeyDown={onKeyDown}>
      {bars.map((bar, index) => (
        <div key={bar.title} className={styles.row}>
          <button
            type="button"
            data-at={`${index}/-1`}
            tabIndex={isAt(index, -1) || (isLost && index === 0) ? 0 : -1}
            aria-pressed={band === index}
            aria-label={`${bar.title}: ${formatCount(bar.total, 'waiting', 'waiting')}`}
            className={mergeClasses(styles.band, band === index && styles.chosen)}
            onFocus={() => setPlace({ bar: index, segment: -1 })}
            onClick={() => onBand(index)}
          >
            {bar.title}
          </button>
          <Parts {...props} index={index} isAt={isAt} onPlace={setPlace} />
          <span aria-hidden className={mergeClasses(styles.count, bar.total === 0 && styles.none)}>
            {bar.total.toLocaleString()}
          </span>
        </div>
      ))}
    </div>
  );
}

interface PartsProps extends AgeChartProps {
  readonly index: number;
  readonly isAt: (bar: number, segment: number) => boolean;
  readonly onPlace: (place: ChartPlace) => void;
}

function Parts(props: PartsProps): ReactElement {
  const { bars, index, lookPrefix, band, destination, onPart, isAt, onPlace } = props;
  const styles = useStyles();
  const bar = bars[index];
  return (
    <div className={styles.bar}>
      {bar?.segments.map(({ series, count, start, length }, segment) => {
        const isChosen = (band < 0 || band === index) && destination === series.destination;
        const isFaded =
          (band >= 0 && band !== index) || (destination !== undefined && destination !== series.destination);
        const text = `${series.title}, ${bar.title.toLowerCase()}: ${count.toLocaleString()}`;
        return (
          <button
            key={series.destination ?? ''}
            type="button"
            data-at={`${index}/${segment}`}
            tabIndex={isAt(index, segment) ? 0 : -1}
            aria-pressed={isChosen && (band >= 0 || destination !== undefined)}
            aria-label={text}
            title={text}
            className={mergeClasses(styles.part, isFaded && styles.faded)}
            style={{ left: `${start * 100}%`, width: `calc(${length * 100}% - 1px)` }}
            onFocus={() => onPlace({ bar: index, segment })}
            onClick={() => onPart(index, series.destination)}
          >
            <svg className={styles.fill} aria-hidden>
              <rect width="100%" height="100%" fill={`url(#${patternId(lookPrefix, series.look)})`} />
            </svg>
          </button>
        );
      })}
    </div>
  );
}
