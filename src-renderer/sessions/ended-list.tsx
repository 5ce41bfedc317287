/** The connections that are over, the latest first, until newer ones take their place. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { EndedSessionRow } from '../../src-main/api/contract';
import { keys, readFault, useClient, useRefreshEvery } from '../client';
import { useNow } from '../ui/clock';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSize, formatSortableTime, formatTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { usePagedRows } from '../ui/paged-rows';
import { useSelectedRows } from '../ui/selected-rows';
import { formatElapsed } from './elapsed';

const useStyles = makeStyles({
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

function Reply({ text }: { readonly text: string }): ReactElement {
  return <span className={useStyles().code}>{text}</span>;
}

const columnsAt = (now: number): readonly Column<EndedSessionRow>[] => [
  {
    id: 'endedAt',
    title: 'Ended',
    width: 120,
    render: (row) => formatTime(row.endedAt, now),
    text: (row) => formatFullTime(row.endedAt),
    exported: { text: (row) => formatSortableTime(row.endedAt) },
  },
  { id: 'user', title: 'User', width: 180, render: (row) => row.user, text: (row) => row.user },
  { id: 'from', title: 'From', width: 130, render: (row) => row.from, text: (row) => row.from },
  {
    id: 'length',
    title: 'Length',
    width: 84,
    align: 'end',
    render: (row) => formatElapsed(row.endedAt - row.connectedAt),
    text: (row) => formatElapsed(row.endedAt - row.connectedAt),
  },
  {
    id: 'messages',
    title: 'Messages',
    width: 84,
    align: 'end',
    render: (row) => row.messageCount.toLocaleString(),
    text: (row) => String(row.messageCount),
  },
  {
    id: 'bytes',
    title: 'Bytes',
    width: 84,
    align: 'end',
    render: (row) => formatSize(row.receivedBytes),
    text: (row) => `${row.receivedBytes.toLocaleString()} bytes`,
    exported: { text: (row) => String(row.receivedBytes) },
  },
  {
    id: 'tls',
    title: 'TLS',
    width: 76,
    render: (row) => (row.tls === '' ? 'No' : row.tls),
    text: (row) => (row.tls === '' ? 'Not encrypted' : row.tls),
  },
  {
    id: 'lastReply',
    title: 'Last reply',
    width: 240,
    render: (row) => <Reply text={row.lastReply} />,
    text: (row) => row.lastReply,
  },
];

export interface EndedListProps {
  readonly serverId: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onRows: (rows: readonly EndedSessionRow[]) => void;
}

const rowKey = (row: EndedSessionRow): string => row.id;
const minuteMs = 60_000;
const refusedIntervalMs = 5000;

export function EndedList({ serverId, selectedKeys, onSelect, onRows }: EndedListProps): ReactElement {
  const client = useClient();
  const now = useNow(minuteMs);
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.sessions.recent({ serverId, offset, limit }, signal ? { signal } : {});
  const queryKey = [...keys.sessions(serverId), 'recent'];
  // Nobody tells of a client that was refused at the door: a flood of them would be a flood of hints.
  useRefreshEvery(queryKey, refusedIntervalMs);
  const pages = usePagedRows<EndedSessionRow>({
    queryKey,
    readPage,
  });
  useSelectedRows({ pages, rowKey, selectedKeys, onRows });
  return (
    <DataList
      label="Ended Sessions"
      listId="sessions-ended"
      columns={columnsAt(now)}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selectedKeys}
      onSelect={onSelect}
      isSingle
      page={{ readRows: readPage }}
      empty={
        pages.error !== undefined ? (
          <EmptyState title="The sessions could not be read." text={readFault(pages.error).text} />
        ) : pages.isLoading ? (
          <LateSpinner label="Reading the sessions" />
        ) : (
          <EmptyState
            title="No session has ended yet."
            text="The last 1,000 are kept until the virtual server is stopped, with what was said in them."
          />
        )
      }
    />
  );
}
