/** The list of waiting messages above, the chosen one below; Retry and Delete for one, several or all. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowClockwise20Regular, MailCheckmark24Regular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { QueueRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { useNow } from '../ui/clock';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { keyAfterRemoval } from '../ui/list-movement';
import { usePagedRows } from '../ui/paged-rows';
import { ReasonedButton } from '../ui/reasoned-button';
import { SplitPane } from '../ui/split-pane';
import { useQueueColumns } from './queue-columns';
import { QueueDetail } from './queue-detail';

/** The engine takes no more in one call. */
const maxSelected = 10_000;
const ageIntervalMs = 5000;

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  strip: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    flexShrink: 0,
    minHeight: '36px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    color: tokens.colorNeutralForeground2,
  },
  push: { marginLeft: 'auto' },
  rest: { flexGrow: 1, minHeight: 0 },
  bar: { flexShrink: 0 },
});

export interface QueueViewProps {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** Shows the message itself; the shell gives it, because reading mail is another feature. */
  readonly renderMessage?: (queueId: string) => ReactNode;
  /** The menu of the selection belongs to the window. */
  readonly onContextMenu?: (at: { readonly x: number; readonly y: number }) => void;
}

export function QueueView(props: QueueViewProps): ReactElement {
  return <Queue key={props.serverId} {...props} />;
}

const rowKey = (row: QueueRow): string => row.queueId;

function Queue({ serverId, forbidden, renderMessage, onContextMenu }: QueueViewProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const now = useNow(ageIntervalMs);
  const columns = useQueueColumns(now);
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.queue.list({ serverId, offset, limit }, signal ? { signal } : {});
  const pages = usePagedRows<QueueRow>({ queryKey: keys.queue(serverId), readPage });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setIsConfirming] = useState(false);
  const [said, setSaid] = useState<string | undefined>(undefined);
  const [fault, setFault] = useState<string | undefined>(undefined);

  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      setFault(undefined);
      setSaid(undefined);
      await action();
    } catch (error) {
      setFault(`${what}: ${readFault(error).text}`);
    }
  };
  const retry = (queueIds: readonly string[] | undefined): void => {
    void attempt('Not everything will be tried', async () => {
      const { count } = await client.queue.retry({
        serverId,
        ...(queueIds !== undefined && { chosen: { queueIds: [...queueIds] } }),
      });
      setSaid(
        count === 0 ? 'Nothing had to be tried.' : `${formatCount(count, 'message')} will be tried now.`,
      );
    });
  };
  const remove = (): void => {
    setIsConfirming(false);
    void attempt('Not everything was deleted', async () => {
      const next = keyAfterRemoval(pages, rowKey, selected);
      await client.queue.delete({ serverId, chosen: { queueIds: [...selected] } });
      setSelected(new Set(next === undefined ? [] : [next]));
    });
  };
  const askDelete = (): void => {
    if (selected.size > 0 && forbidden === undefined) setIsConfirming(true);
  };
  const selectAll = (): void => {
    void attempt('Not everything could be selected', async () => {
      const rows = await pages.readMany(maxSelected);
      setSelected(new Set(rows.map(rowKey)));
      if (pages.total > maxSelected)
        setSaid(`The first ${maxSelected.toLocaleString()} messages are selected.`);
    });
  };

  const [onlyId] = selected.size === 1 ? selected : [];
  const only = onlyId === undefined ? undefined : findRow(pages, onlyId);
  const oldest = pages.rowAt(0)?.arrivedAt;
  const list = (
    <DataList<QueueRow>
      label="Queue"
      listId="queue"
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selected}
      onSelect={setSelected}
      onSelectAll={selectAll}
      onDelete={askDelete}
      {...(onContextMenu !== undefined && { onContextMenu: (_, at) => onContextMenu(at) })}
      page={{
        readRows: readPage,
        actions: {
          ...(selected.size > 0 && { delete: askDelete, retry: () => retry([...selected]) }),
          ...(pages.total > 0 && { 'retry-all': () => retry(undefined), 'select-all': selectAll }),
        },
      }}
      empty={
        pages.isLoading ? (
          <LateSpinner label="Reading the queue" />
        ) : (
          <EmptyState
            icon={<MailCheckmark24Regular />}
            title="Nothing waits."
            text="Messages stay here until every recipient is delivered, returned or deleted."
          />
        )
      }
    />
  );
  const problem = fault ?? (pages.error === undefined ? undefined : readFault(pages.error).text);
  return (
    <div className={styles.root}>
      {problem !== undefined && (
        <MessageBar intent="warning" className={styles.bar}>
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {pages.total > 0 && (
        <div className={styles.strip}>
          <span>
            {formatCount(pages.total, 'message')}
            {oldest !== undefined && `, oldest ${formatAge(now - oldest)}`}
            {selected.size > 1 && `, ${selected.size.toLocaleString()} selected`}
          </span>
          <span role="status" className={styles.push}>
            {said}
          </span>
          <ReasonedButton
            size="small"
            appearance="subtle"
            reason={forbidden}
            icon={<ArrowClockwise20Regular />}
            onClick={() => retry(selected.size > 1 ? [...selected] : undefined)}
          >
            {selected.size > 1 ? 'Retry Selected Now' : 'Retry All Now'}
          </ReasonedButton>
        </div>
      )}
      <div className={styles.rest}>
        {pages.total === 0 ? (
          list
        ) : (
          <SplitPane
            direction="vertical"
            id="queue"
            label="Resize the list"
            defaultSize={280}
            minSize={96}
            first={list}
            second={
              only !== undefined ? (
                <QueueDetail
                  row={only}
                  now={now}
                  onRetry={() => retry([only.queueId])}
                  onDelete={askDelete}
                  forbidden={forbidden}
                  renderMessage={renderMessage}
                />
              ) : onlyId !== undefined ? (
                <EmptyState
                  title="This message no longer waits."
                  text="It was delivered, returned or deleted."
                />
              ) : (
                <NothingChosen count={selected.size} canAct={forbidden === undefined} />
              )
            }
          />
        )}
      </div>
      {isConfirming && (
        <ConfirmDialog
          title={`Delete ${formatCount(selected.size, 'message')} from the queue?`}
          text="This deletes without a notification: neither sender nor recipients are told. It cannot be undone."
          confirmLabel="Delete"
          onConfirm={remove}
          onCancel={() => setIsConfirming(false)}
        />
      )}
    </div>
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
      {...(canAct && { text: 'Retry and Delete act on all of them.' })}
    />
  );
}

function findRow(
  pages: { readonly total: number; readonly rowAt: (index: number) => QueueRow | undefined },
  queueId: string,
): QueueRow | undefined {
  for (let index = 0; index < pages.total; index += 1) {
    const row = pages.rowAt(index);
    if (row?.queueId === queueId) return row;
  }
  return undefined;
}
