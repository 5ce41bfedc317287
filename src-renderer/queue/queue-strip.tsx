/** What waits at a glance: bars by age beside the destinations. Can be put away; that is remembered. */
import { Button, makeStyles, ToggleButton, tokens } from '@fluentui/react-components';
import {
  ChevronDown20Regular,
  ChevronUp20Regular,
  DataBarHorizontal20Regular,
  Table20Regular,
} from '@fluentui/react-icons';
import { type ReactElement, useId, useState } from 'react';
import type { QueueDestination, QueueFilter } from '../../src-main/api/contract';
import { formatAge, formatCount } from '../ui/format';
import { recall, remember } from '../ui/remembered';
import { barsOf, seriesOf } from './age-bars';
import { AgeChart } from './age-chart';
import { AgeTable } from './age-table';
import { LookPatterns } from './chart-look';
import { DestinationList, listDestinations } from './destination-list';
import { ageBands, bandOf, destinationOf, withBand, withDestination } from './queue-filter';
import type { QueueTotals } from './queue-reading';

const useStyles = makeStyles({
  root: { flexShrink: 0, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, minWidth: 0 },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minHeight: '32px',
    padding: `0 ${tokens.spacingHorizontalS} 0 ${tokens.spacingHorizontalM}`,
  },
  words: {
    flexGrow: 1,
    minWidth: 0,
    margin: 0,
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightRegular,
  },
  body: {
    display: 'grid',
    gridTemplateColumns: 'minmax(260px, 2fr) minmax(0, 3fr)',
    height: 'clamp(136px, 20vh, 260px)',
    '@media (max-width: 800px)': { gridTemplateColumns: 'minmax(0, 1fr)', height: 'auto' },
  },
  chart: {
    minWidth: 0,
    minHeight: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalS} ${tokens.spacingHorizontalS}`,
    borderRight: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  patterns: { position: 'absolute', width: 0, height: 0 },
});

export interface QueueStripProps {
  readonly totals: QueueTotals;
  readonly now: number;
  readonly filter: QueueFilter;
  readonly onFilter: (filter: QueueFilter) => void;
  readonly forbidden: string | undefined;
  readonly onFreeze: (destination: string) => void;
  readonly onThaw: (destination: string) => void;
  readonly onRetry: (destination: string) => void;
}

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

export function QueueStrip(props: QueueStripProps): ReactElement {
  const { totals, now, filter, onFilter, ...verbs } = props;
  const styles = useStyles();
  const lookPrefix = useId().replace(/[^\w-]/g, '');
  const [isShown, setIsShown] = useState(() => recall('queue.strip', isFlag) ?? true);
  const [isTable, setIsTable] = useState(() => recall('queue.strip.table', isFlag) ?? false);
  const chosen = destinationOf(filter);
  const series = seriesOf(totals.destinations, chosen);
  const band = bandOf(filter);
  const destinations = listDestinations(totals.destinations, totals.frozen);

  const show = (next: boolean): void => {
    setIsShown(next);
    remember('queue.strip', next);
  };
  const showTable = (next: boolean): void => {
    setIsTable(next);
    remember('queue.strip.table', next);
  };
  const onPart = (index: number, destination: string | undefined): void => {
    // What is chosen already is no longer chosen: the way in is the way out.
    const isChosen = band === index && chosen === destination;
    onFilter(
      isChosen
        ? withBand(withDestination(filter, undefined), undefined)
        : withBand(
            destination === undefined ? filter : withDestination(filter, destination),
            ageBands[index],
          ),
    );
  };
  return (
    <section className={styles.root} aria-label="What waits">
      <div className={styles.head}>
        <h2 className={styles.words}>{describeTotals(totals, now)}</h2>
        {isShown && (
          <ToggleButton
            size="small"
            appearance="subtle"
            icon={isTable ? <DataBarHorizontal20Regular /> : <Table20Regular />}
            checked={isTable}
            onClick={() => showTable(!isTable)}
          >
            As table
          </ToggleButton>
        )}
        <Button
          size="small"
          appearance="subtle"
          aria-expanded={isShown}
          icon={isShown ? <ChevronUp20Regular /> : <ChevronDown20Regular />}
          onClick={() => show(!isShown)}
        >
          {isShown ? 'Hide summary' : 'Show summary'}
        </Button>
      </div>
      {isShown && (
        <div className={styles.body}>
          <svg className={styles.patterns} aria-hidden>
            <LookPatterns prefix={lookPrefix} />
          </svg>
          <div className={styles.chart}>
            {isTable ? (
              <AgeTable destinations={totals.destinations} />
            ) : (
              <AgeChart
                bars={barsOf(series)}
                lookPrefix={lookPrefix}
                band={band}
                destination={chosen}
                onBand={(index) => onFilter(withBand(filter, index === band ? undefined : ageBands[index]))}
                onPart={onPart}
              />
            )}
          </div>
          <DestinationList
            destinations={destinations}
            others={totals.others}
            isCounting={totals.counted < totals.messages}
            series={series}
            lookPrefix={lookPrefix}
            now={now}
            chosen={chosen}
            onChoose={(destination) => onFilter(withDestination(filter, destination))}
            {...verbs}
          />
        </div>
      )}
    </section>
  );
}

/** "5,000 messages for 40 destinations, oldest 3 d 2 h". Pure. */
function describeTotals(
  { messages, destinations, others }: Pick<QueueTotals, 'messages' | 'destinations' | 'others'>,
  now: number,
): string {
  const filled = destinations.filter(({ groups }) => groups > 0);
  const oldest = Math.min(...filled.map(({ oldestArrivedAt }: QueueDestination) => oldestArrivedAt));
  const many = others > 0 ? `more than ${filled.length}` : filled.length.toLocaleString();
  return [
    `${formatCount(messages, 'message')}${filled.length === 0 ? '' : ` for ${many} ${filled.length === 1 ? 'destination' : 'destinations'}`}`,
    ...(filled.length === 0 ? [] : [`oldest ${formatAge(now - oldest)}`]),
  ].join(', ');
}
