/** The hops of a message as a small timeline: who had it when, and how long each took. */
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { formatFullTime } from '../ui/format';
import { describeDelay, type Hop } from './received-hops';

const fewHops = 5;
/** A hop that takes longer stands out. */
const slowMs = 60_000;

const useStyles = makeStyles({
  root: {
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    listStyleType: 'none',
  },
  hop: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '110px minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    padding: '3px 0 3px 18px',
    overflowWrap: 'anywhere',
    '::before': {
      content: '""',
      position: 'absolute',
      left: '3px',
      top: '9px',
      width: '7px',
      height: '7px',
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorBrandBackground,
      '@media (forced-colors: active)': { backgroundColor: 'CanvasText' },
    },
    ':not(:last-child)::after': {
      content: '""',
      position: 'absolute',
      left: '6px',
      top: '18px',
      bottom: '-7px',
      width: '1px',
      backgroundColor: tokens.colorNeutralStroke1,
    },
  },
  delay: { color: tokens.colorNeutralForeground2, fontVariantNumeric: 'tabular-nums' },
  slow: { color: tokens.colorStatusWarningForeground1, fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export function HopList({ hops }: { readonly hops: readonly Hop[] }): ReactElement {
  const styles = useStyles();
  const [isAllShown, setIsAllShown] = useState(false);
  const shown = isAllShown ? hops : hops.slice(0, fewHops);
  return (
    <>
      <ol className={styles.root} aria-label="Way of the message, oldest hop first">
        {shown.map((hop, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hops never move.
          <li key={index} className={styles.hop} title={hop.raw.slice(0, 1000)}>
            <span
              className={mergeClasses(
                styles.delay,
                hop.delayMs !== undefined && Math.abs(hop.delayMs) >= slowMs && styles.slow,
              )}
            >
              {hop.delayMs === undefined ? (index === 0 ? 'start' : 'no time') : describeDelay(hop.delayMs)}
            </span>
            <span>
              {hop.by === '' ? 'unknown host' : hop.by}
              {hop.from !== '' && ` from ${hop.from}`}
              {hop.protocol !== '' && `, ${hop.protocol}`}
              {hop.at !== undefined && <div className={styles.quiet}>{formatFullTime(hop.at)}</div>}
            </span>
          </li>
        ))}
      </ol>
      {hops.length > shown.length && (
        <Button size="small" appearance="transparent" onClick={() => setIsAllShown(true)}>
          {hops.length - shown.length} more hops
        </Button>
      )}
    </>
  );
}
