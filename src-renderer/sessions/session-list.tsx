/** The connections that are open now, live. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { SessionRow } from '../../src-main/api/contract';
import { maxListedSessions, useSessions } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSize } from '../ui/format';
import { formatElapsed } from './elapsed';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%' },
  list: { flexGrow: 1, minHeight: 0 },
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
    width: 220,
    render: (row) => row.user,
    text: (row) => row.user,
    isSortable: true,
  },
  {
    id: 'from',
    title: 'From',
    width: 160,
    render: (row) => row.from,
    text: (row) => row.from,
    isSortable: true,
  },
  {
    id: 'connected',
    title: 'Connected Time',
    width: 132,
    align: 'end',
    render: (row) => <ConnectedTime since={row.connectedAt} />,
    text: (row) => `since ${formatFullTime(row.connectedAt)}`,
    isSortable: true,
    sortValue: (row) => -row.connectedAt,
  },
  {
    id: 'messages',
    title: 'Messages',
    width: 92,
    align: 'end',
    render: (row) => row.messageCount.toLocaleString(),
    text: (row) => String(row.messageCount),
    isSortable: true,
    sortValue: (row) => row.messageCount,
  },
  {
    id: 'bytes',
    title: 'Bytes',
    width: 92,
    align: 'end',
    render: (row) => formatSize(row.receivedBytes),
    text: (row) => `${row.receivedBytes.toLocaleString()} bytes`,
    isSortable: true,
    sortValue: (row) => row.receivedBytes,
  },
  {
    id: 'command',
    title: 'Command',
    width: 200,
    render: (row) => <Command command={row.command} />,
    text: (row) => row.command,
  },
];

export interface SessionListProps {
  readonly serverId: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onTerminate: () => void;
  readonly onContextMenu: (session: SessionRow, at: { x: number; y: number }) => void;
  /** "WORKSTATION:25", for the words shown when nobody is connected. */
  readonly listensOn: string;
}

export function SessionList(props: SessionListProps): ReactElement {
  const styles = useStyles();
  const { data, isPending } = useSessions(props.serverId);
  const rows = data?.rows ?? [];
  const total = data?.total ?? 0;
  return (
    <div className={styles.root}>
      {total > rows.length && rows.length >= maxListedSessions && (
        <MessageBar>
          <MessageBarBody>
            {rows.length.toLocaleString()} of {total.toLocaleString()} sessions are listed.
          </MessageBarBody>
        </MessageBar>
      )}
      <div className={styles.list}>
        <DataList
          label="Current Sessions"
          listId="sessions"
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowKey={(row) => row.id}
          selectedKeys={props.selectedKeys}
          onSelect={props.onSelect}
          onDelete={props.onTerminate}
          onContextMenu={props.onContextMenu}
          empty={
            isPending ? null : (
              <EmptyState title="Nobody is connected" text={`Clients connect to ${props.listensOn}.`} />
            )
          }
        />
      </div>
    </div>
  );
}
