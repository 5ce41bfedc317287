/** The connections that are open now, live. Sorted by the engine, which pages them. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { SessionRow } from '../../src-main/api/contract';
import { keys, readFault, useClient, useRefreshEvery } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { useListSort } from '../ui/list-columns';
import { usePagedRows } from '../ui/paged-rows';
import { useSelectedRows } from '../ui/selected-rows';
import { formatElapsed } from './elapsed';
import { sortOf } from './session-order';
import { sessionStateWord } from './session-words';

const useStyles = makeStyles({
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

/** Connected Time counts seconds while somebody looks at it. */
const tickMs = 1000;

function ConnectedTime({ since }: { readonly since: number }): ReactElement {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <>{formatElapsed(now - since)}</>;
}

function Command({ command }: { readonly command: string }): ReactElement {
  return <span className={useStyles().code}>{command}</span>;
}

const columns: readonly Column<SessionRow>[] = [
  {
    id: 'user',
    title: 'User',
    width: 200,
    render: (row) => row.user,
    text: (row) => row.user,
    isSortable: true,
  },
  {
    id: 'from',
    title: 'From',
    width: 130,
    render: (row) => row.from,
    text: (row) => row.from,
    isSortable: true,
  },
  {
    id: 'connectedAt',
    title: 'Connected Time',
    width: 124,
    align: 'end',
    render: (row) => <ConnectedTime since={row.connectedAt} />,
    text: (row) => `since ${formatFullTime(row.connectedAt)}`,
    exported: { text: (row) => formatElapsed(Date.now() - row.connectedAt) },
    isSortable: true,
  },
  {
    id: 'messages',
    title: 'Messages',
    width: 84,
    align: 'end',
    render: (row) => row.messageCount.toLocaleString(),
    text: (row) => String(row.messageCount),
    isSortable: true,
  },
  {
    id: 'bytes',
    title: 'Bytes',
    width: 84,
    align: 'end',
    render: (row) => formatSize(row.receivedBytes),
    text: (row) => `${row.receivedBytes.toLocaleString()} bytes`,
    exported: { text: (row) => String(row.receivedBytes) },
    isSortable: true,
  },
  {
    id: 'tls',
    title: 'TLS',
    width: 76,
    render: (row) => (row.tls === '' ? 'No' : row.tls),
    text: (row) => (row.tls === '' ? 'Not encrypted' : row.tls),
    isSortable: true,
  },
  {
    id: 'state',
    title: 'State',
    width: 148,
    render: (row) => sessionStateWord(row.state),
    text: (row) => sessionStateWord(row.state),
    isSortable: true,
  },
  {
    id: 'command',
    title: 'Command',
    width: 120,
    render: (row) => <Command command={row.command} />,
    text: (row) => row.command,
  },
];

export interface SessionListProps {
  readonly serverId: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onRows: (rows: readonly SessionRow[], ids: ReadonlySet<string>) => void;
  readonly onTerminate: () => void;
  readonly onContextMenu: (session: SessionRow, at: { x: number; y: number }) => void;
  readonly onFault: (title: string, text: string) => void;
  /** Why nobody is connected, and what to do. */
  readonly emptyText: string;
}

const rowKey = (row: SessionRow): string => row.id;
/** More than these are ended with Terminate All. */
const maxSelected = 10_000;
const figuresIntervalMs = 2000;

export function SessionList(props: SessionListProps): ReactElement {
  const { serverId, selectedKeys, onSelect, onRows } = props;
  const client = useClient();
  const sorting = useListSort('sessions');
  const wanted = sortOf(sorting.sort);
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.sessions.list({ serverId, offset, limit, ...wanted }, signal ? { signal } : {});
  const pages = usePagedRows<SessionRow>({
    queryKey: [...keys.sessions(serverId), 'list', wanted],
    readPage,
  });
  // The engine tells of states; commands and bytes go on without a word.
  useRefreshEvery(keys.sessions(serverId), figuresIntervalMs);
  const known = useSelectedRows({ pages, rowKey, selectedKeys, onRows });
  const selectAll = async (): Promise<void> => {
    const rows = await pages.readMany(maxSelected);
    known.remember(rows);
    onSelect(new Set(rows.map(rowKey)));
  };
  const trySelectAll = (): void =>
    void selectAll().catch((error: unknown) =>
      props.onFault('Not everything could be selected', readFault(error).text),
    );
  return (
    <DataList
      label="Current Sessions"
      listId="sessions"
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selectedKeys}
      onSelect={onSelect}
      onSelectAll={trySelectAll}
      onDelete={props.onTerminate}
      onContextMenu={props.onContextMenu}
      sorting={sorting}
      page={{ readRows: readPage, actions: pages.total > 0 ? { 'select-all': trySelectAll } : {} }}
      empty={
        pages.error !== undefined ? (
          <EmptyState title="The sessions could not be read." text={readFault(pages.error).text} />
        ) : pages.isLoading ? (
          <LateSpinner label="Reading the sessions" />
        ) : (
          <EmptyState title="Nobody is connected." text={props.emptyText} />
        )
      }
    />
  );
}
