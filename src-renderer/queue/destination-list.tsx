/** Where waiting mail goes: how much, since when, what the last attempt came to; freezing and thawing. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { ArrowSync20Regular, WeatherSnowflake20Regular, WeatherSunny20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { QueueDestination } from '../../src-main/api/contract';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatFullTime } from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import { ReasonedButton } from '../ui/reasoned-button';
import type { Series } from './age-bars';
import { LookSwatch } from './chart-look';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, minWidth: 0 },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    minHeight: '30px',
    flexShrink: 0,
    paddingLeft: tokens.spacingHorizontalM,
    '& button': { whiteSpace: 'nowrap' },
  },
  title: {
    flexGrow: 1,
    minWidth: 0,
    margin: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
  list: { flexGrow: 1, minHeight: 0 },
  name: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS, minWidth: 0 },
  words: { flexGrow: 1, minWidth: 0 },
  frozen: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXXS,
    flexShrink: 0,
    '& > svg': { color: tokens.colorPaletteMarigoldForeground1 },
  },
  quiet: { color: tokens.colorNeutralForeground3 },
});

/** The destinations with mail, and those that are frozen without any. Pure. */
export function listDestinations(
  destinations: readonly QueueDestination[],
  frozen: readonly string[],
): QueueDestination[] {
  const known = new Set(destinations.map(({ destination }) => destination));
  const empty = frozen.filter((destination) => !known.has(destination));
  return [
    ...destinations,
    ...empty.map((destination) => ({
      destination,
      title: destination,
      isFrozen: true,
      groups: 0,
      recipients: 0,
      oldestArrivedAt: 0,
      byAge: [],
    })),
  ];
}

export interface DestinationListProps {
  readonly destinations: readonly QueueDestination[];
  /** Waiting rows of destinations that are not told one by one. */
  readonly others: number;
  /** Not all that waits was read yet. */
  readonly isCounting: boolean;
  readonly series: readonly Series[];
  readonly lookPrefix: string;
  readonly now: number;
  readonly chosen: string | undefined;
  readonly onChoose: (destination: string | undefined) => void;
  readonly forbidden: string | undefined;
  readonly onFreeze: (destination: string) => void;
  readonly onThaw: (destination: string) => void;
  readonly onRetry: (destination: string) => void;
}

export function DestinationList(props: DestinationListProps): ReactElement {
  const { destinations, others, isCounting, chosen, onChoose } = props;
  const { forbidden, onFreeze, onThaw, onRetry } = props;
  const styles = useStyles();
  const columns = useDestinationColumns(props);
  const row = destinations.find(({ destination }) => destination === chosen);
  const isFrozen = row?.isFrozen === true;
  const needsOne = forbidden ?? (row === undefined ? 'Select a destination first.' : undefined);
  return (
    <section className={styles.root} aria-label="Destinations">
      <div className={styles.head}>
        <h2 className={styles.title}>
          Destinations{others > 0 && `, and ${others.toLocaleString()} waiting for others`}
        </h2>
        <ReasonedButton
          size="small"
          appearance="subtle"
          icon={isFrozen ? <WeatherSunny20Regular /> : <WeatherSnowflake20Regular />}
          reason={needsOne}
          onClick={() => row !== undefined && (isFrozen ? onThaw : onFreeze)(row.destination)}
        >
          {isFrozen ? 'Thaw' : 'Freeze'}
        </ReasonedButton>
        <ReasonedButton
          size="small"
          appearance="subtle"
          icon={<ArrowSync20Regular />}
          reason={
            needsOne ??
            (isFrozen
              ? 'It is frozen. Thaw it first.'
              : row?.groups === 0
                ? 'Nothing waits for it.'
                : undefined)
          }
          onClick={() => row !== undefined && onRetry(row.destination)}
        >
          Retry Now
        </ReasonedButton>
      </div>
      <div className={styles.list}>
        <DataList<QueueDestination>
          label="Destinations"
          listId="queue-destinations"
          columns={columns}
          total={destinations.length}
          rowAt={(index) => destinations[index]}
          rowKey={({ destination }) => destination}
          selectedKeys={new Set(chosen === undefined ? [] : [chosen])}
          onSelect={(keys) => onChoose([...keys][0])}
          isSingle
          empty={<EmptyState title={isCounting ? 'Reading the queue' : 'Nothing waits.'} />}
        />
      </div>
    </section>
  );
}

function useDestinationColumns({
  series,
  lookPrefix,
  now,
}: DestinationListProps): Column<QueueDestination>[] {
  const styles = useStyles();
  const lookOf = (destination: string): number | undefined =>
    (series.find((each) => each.destination === destination) ?? series.find((each) => !each.destination))
      ?.look;
  return [
    {
      id: 'destination',
      title: 'Destination',
      width: 216,
      isSortable: true,
      text: ({ title, isFrozen }) => `${title}${isFrozen ? ' (frozen)' : ''}`,
      sortValue: ({ destination }) => destination,
      render: ({ destination, isFrozen, groups }) => {
        const look = groups > 0 ? lookOf(destination) : undefined;
        return (
          <span className={styles.name}>
            {look !== undefined && <LookSwatch look={look} prefix={lookPrefix} />}
            <span className={styles.words}>
              <MiddleText text={destination} />
            </span>
            {isFrozen && (
              <span className={styles.frozen}>
                <WeatherSnowflake20Regular aria-hidden fontSize={16} />
                Frozen
              </span>
            )}
          </span>
        );
      },
    },
    {
      id: 'groups',
      title: 'Waiting',
      width: 74,
      align: 'end',
      isSortable: true,
      sortValue: ({ groups }) => groups,
      text: ({ recipients }) => `${recipients.toLocaleString()} recipients`,
      render: ({ groups }) => groups.toLocaleString(),
    },
    {
      id: 'oldest',
      title: 'Oldest',
      width: 80,
      isSortable: true,
      sortValue: ({ groups, oldestArrivedAt }) => (groups === 0 ? Number.MAX_SAFE_INTEGER : oldestArrivedAt),
      text: ({ groups, oldestArrivedAt }) => (groups === 0 ? '' : formatFullTime(oldestArrivedAt)),
      render: ({ groups, oldestArrivedAt }) => (groups === 0 ? '' : formatAge(now - oldestArrivedAt)),
    },
    {
      id: 'next',
      title: 'Next attempt',
      width: 104,
      isSortable: true,
      sortValue: ({ nextAttemptAt }) => nextAttemptAt ?? Number.MAX_SAFE_INTEGER,
      text: ({ nextAttemptAt }) => (nextAttemptAt === undefined ? '' : formatFullTime(nextAttemptAt)),
      render: ({ nextAttemptAt, isFrozen }) => {
        if (isFrozen || nextAttemptAt === undefined) return <span className={styles.quiet}>None</span>;
        return nextAttemptAt <= now ? 'Now' : `in ${formatAge(nextAttemptAt - now)}`;
      },
    },
    {
      id: 'error',
      title: 'Last error',
      width: 110,
      isGrowing: true,
      text: ({ lastError }) => lastError ?? '',
      render: ({ lastError }) => lastError ?? <span className={styles.quiet}>None</span>,
    },
  ];
}
