/**
 * The queue: what waits at a glance on top, below it the list of what the filter matches, and the chosen message.
 * Verbs act on the selection or on all that matches, and say what they did; the list keeps its place.
 */
import { MessageBar, MessageBarBody, makeStyles, ProgressBar, tokens } from '@fluentui/react-components';
import { MailCheckmark24Regular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { QueueFilter, QueueGroupRow } from '../../src-main/api/contract';
import { readFault } from '../client';
import { useNow } from '../ui/clock';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { useListSort } from '../ui/list-columns';
import { keyAfterRemoval } from '../ui/list-movement';
import { useSelectedRows } from '../ui/selected-rows';
import { SplitPane } from '../ui/split-pane';
import { FilterBar } from './filter-bar';
import { useGroupColumns } from './group-columns';
import { groupKey, parseGroupKey } from './group-words';
import { QueuedDetail } from './queue-detail';
import { isFiltered } from './queue-filter';
import { useGroups, useRefreshWhileCounting, useTotals } from './queue-reading';
import type { Scope, ScopeKind } from './queue-scope';
import { QueueStrip } from './queue-strip';
import { ScopeBar } from './scope-bar';
import { useQueueVerbs } from './use-queue-verbs';

/** The engine takes no more names in one call. */
const maxSelected = 10_000;
const ageIntervalMs = 5000;

const useStyles = makeStyles({
  // In a small window, or much enlarged, the page scrolls: each part stays large enough to be used.
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, overflowY: 'auto' },
  rest: { flexGrow: 1, flexShrink: 0, flexBasis: 0, minHeight: '280px' },
  bar: { flexShrink: 0 },
  counting: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    flexShrink: 0,
    minHeight: '28px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
    '& > div': { flexGrow: 1 },
    '& > span': { whiteSpace: 'nowrap' },
  },
});

export interface QueueViewProps {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** Shows the message itself; the shell gives it, because reading mail is another feature. */
  readonly renderMessage?: (queueId: string) => ReactNode;
  /** Where what became of a message is told. */
  readonly onShowTrace?: (queueId: string) => void;
  /** Somebody was led to this message: it is chosen once it is read. */
  readonly meantId?: string | undefined;
  /** The menu of the selection belongs to the window. */
  readonly onContextMenu?: (at: { readonly x: number; readonly y: number }) => void;
}

export function QueueView(props: QueueViewProps): ReactElement {
  return <Queue key={props.serverId} {...props} />;
}

function Queue(props: QueueViewProps): ReactElement {
  const { serverId, forbidden, renderMessage, onShowTrace, onContextMenu } = props;
  const styles = useStyles();
  const now = useNow(ageIntervalMs);
  const columns = useGroupColumns(now);
  const sorting = useListSort('queue');
  const [filter, setFilter] = useState<QueueFilter>({});
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [rows, setRows] = useState<readonly QueueGroupRow[]>([]);
  const [kind, setKind] = useState<ScopeKind>('selected');
  const totals = useTotals(serverId);
  const pages = useGroups({ serverId, filter, sort: sorting.sort });
  useRefreshWhileCounting(serverId, totals.data);
  const known = useSelectedRows<QueueGroupRow>({
    pages,
    rowKey: groupKey,
    selectedKeys: selected,
    // What was sent or deleted is still shown in the detail for what it is: gone.
    onRows: setRows,
  });
  const scope: Scope = { kind, selected, rows, filter, total: pages.total };
  const verbs = useQueueVerbs({
    serverId,
    scope,
    frozen: totals.data?.frozen ?? [],
    forbidden,
    waits: (totals.data?.messages ?? 0) > 0 && forbidden === undefined,
    onDeleted: () => {
      const next = keyAfterRemoval(pages, groupKey, selected);
      select(new Set(kind === 'matching' || next === undefined ? [] : [next]));
    },
    onShowTrace,
  });

  const [found, setFound] = useState<string>();
  const { meantId } = props;
  const meantRow = meantId === undefined || meantId === found ? undefined : rowOf(pages, meantId);
  if (meantRow !== undefined) {
    setFound(meantId);
    setSelected(new Set([groupKey(meantRow)]));
  }

  const select = (keys: ReadonlySet<string>): void => {
    setSelected(keys);
    setKind('selected');
  };
  const changeFilter = (next: QueueFilter): void => {
    setFilter(next);
    setSelected(new Set());
    // What "all that match" means has changed under it.
    setKind('selected');
  };
  const selectAll = (): void => {
    if (pages.total > maxSelected) setKind('matching');
    else
      void pages.readMany(maxSelected).then((all) => {
        known.remember(all);
        select(new Set(all.map(groupKey)));
      });
  };

  const all = totals.data;
  const allRows =
    all === undefined ? pages.total : all.destinations.reduce((sum, each) => sum + each.groups, all.others);
  const isEmpty = pages.total === 0 && !isFiltered(filter) && (all?.messages ?? 0) === 0;
  const isCounting = all !== undefined && all.counted < all.messages;
  const list = (
    <DataList<QueueGroupRow>
      label="Queue"
      listId="queue"
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={groupKey}
      selectedKeys={selected}
      onSelect={select}
      onSelectAll={selectAll}
      onDelete={verbs.askDelete}
      sorting={sorting}
      {...(onContextMenu !== undefined && { onContextMenu: (_, at) => onContextMenu(at) })}
      page={{
        readRows: pages.readPage,
        ...(kind === 'matching' && { targetCount: pages.total }),
        reasons: verbs.reasons,
        actions: { ...verbs.actions, ...(pages.total > 0 && { 'select-all': selectAll }) },
      }}
      empty={<NothingListed isLoading={pages.isLoading} isFiltered={isFiltered(filter)} />}
    />
  );
  const problem = verbs.fault ?? (pages.error === undefined ? undefined : readFault(pages.error).text);
  const [onlyKey] = selected.size === 1 ? selected : [];
  return (
    <div className={styles.root}>
      {problem !== undefined && (
        <MessageBar intent="warning" className={styles.bar}>
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {all !== undefined && (!isEmpty || all.frozen.length > 0) && (
        <QueueStrip
          totals={all}
          now={now}
          filter={filter}
          onFilter={changeFilter}
          forbidden={forbidden}
          onFreeze={(destination) => verbs.freeze([destination])}
          onThaw={(destination) => verbs.thaw([destination])}
          onRetry={(destination) => verbs.retry({ filter: { destination, isWholeDestination: true } })}
        />
      )}
      {isCounting && (
        <div className={styles.counting}>
          <span>
            {all.counted.toLocaleString()} of {formatCount(all.messages, 'message')} read
          </span>
          <ProgressBar aria-label="Messages read" value={all.counted / Math.max(1, all.messages)} />
        </div>
      )}
      {!isEmpty && (
        <>
          <FilterBar
            filter={filter}
            onFilter={changeFilter}
            count={
              isFiltered(filter)
                ? `${pages.total.toLocaleString()} of ${allRows.toLocaleString()}`
                : allRows.toLocaleString()
            }
          />
          <ScopeBar scope={scope} onKind={setKind} said={verbs.said} />
        </>
      )}
      <div className={styles.rest}>
        {pages.total === 0 ? (
          list
        ) : (
          <SplitPane
            direction="vertical"
            id="queue"
            label="Resize the list"
            defaultSize={168}
            minSize={96}
            first={list}
            second={
              onlyKey === undefined ? (
                <NothingChosen count={selected.size} canAct={forbidden === undefined} />
              ) : (
                <QueuedDetail
                  key={onlyKey}
                  serverId={serverId}
                  queueId={parseGroupKey(onlyKey).queueId}
                  now={now}
                  verbs={verbs}
                  renderMessage={renderMessage}
                />
              )
            }
          />
        )}
      </div>
      {verbs.dialog}
    </div>
  );
}

interface NothingListedProps {
  readonly isLoading: boolean;
  readonly isFiltered: boolean;
}

function NothingListed(props: NothingListedProps): ReactElement {
  if (props.isLoading) return <LateSpinner label="Reading the queue" />;
  if (props.isFiltered)
    return <EmptyState title="Nothing matches." text="Remove a condition of the filter to see more." />;
  return (
    <EmptyState
      icon={<MailCheckmark24Regular />}
      title="Nothing waits."
      text="Messages stay here until every recipient is delivered, returned or deleted."
    />
  );
}

interface NothingChosenProps {
  readonly count: number;
  readonly canAct: boolean;
}

function NothingChosen({ count, canAct }: NothingChosenProps): ReactElement {
  return count === 0 ? (
    <EmptyState title="No message selected" text="Select a message to see why it waits." />
  ) : (
    <EmptyState
      title={`${formatCount(count, 'message')} selected`}
      {...(canAct && { text: 'Retry Now, Hold, Change Route and Delete act on all of them.' })}
    />
  );
}

/** The first row of a message, among those at hand. */
function rowOf(
  { total, rowAt }: { readonly total: number; readonly rowAt: (index: number) => QueueGroupRow | undefined },
  queueId: string,
): QueueGroupRow | undefined {
  for (let index = 0; index < total; index += 1) {
    const row = rowAt(index);
    if (row?.queueId === queueId) return row;
  }
  return undefined;
}
