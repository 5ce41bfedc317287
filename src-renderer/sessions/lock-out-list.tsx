/** Addresses that may not connect for a while, because somebody there tried too many passwords; they can be let in again. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { LockOpen20Regular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { LockOutRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { announce } from '../ui/announcer';
import { useNow } from '../ui/clock';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatCount, formatFullTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  strip: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    flexShrink: 0,
    minHeight: '36px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    color: tokens.colorNeutralForeground2,
  },
  list: { flexGrow: 1, minHeight: 0 },
});

const columnsAt = (now: number): readonly Column<LockOutRow>[] => [
  {
    id: 'address',
    title: 'Address',
    width: 220,
    render: (row) => row.address,
    text: (row) => row.address,
    isSortable: true,
  },
  {
    id: 'until',
    title: 'Let in again',
    width: 140,
    render: (row) => `in ${formatAge(row.until - now)}`,
    text: (row) => formatFullTime(row.until),
    isSortable: true,
    sortValue: (row) => row.until,
  },
  {
    id: 'failureCount',
    title: 'Failed log-ins',
    width: 110,
    align: 'end',
    render: (row) => row.failureCount.toLocaleString(),
    text: (row) => String(row.failureCount),
    isSortable: true,
    sortValue: (row) => row.failureCount,
  },
  {
    id: 'lastUser',
    title: 'Last name tried',
    width: 240,
    render: (row) => row.lastUser,
    text: (row) => row.lastUser,
    isSortable: true,
  },
];

export interface LockOutListProps {
  readonly serverId: number;
  /** Why this person may not let anybody in. */
  readonly forbidden: string | undefined;
}

const secondMs = 1000;
const rowKey = (row: LockOutRow): string => row.address;
const none: ReadonlySet<string> = new Set();

export function LockOutList({ serverId, forbidden }: LockOutListProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const queryClient = useQueryClient();
  const now = useNow(secondMs);
  const [selected, setSelected] = useState(none);
  const [fault, setFault] = useState<string>();
  const queryKey = keys.lockOuts(serverId);
  const { data, error } = useQuery({
    queryKey,
    queryFn: () => client.sessions.lockOuts({ serverId }),
    staleTime: 0,
    // Nobody tells when a lock-out has run out.
    refetchInterval: 5 * secondMs,
  });
  const rows = data ?? [];
  // One that has run out meanwhile is selected no more.
  const addresses = rows.map(rowKey).filter((address) => selected.has(address));
  const lift = async (): Promise<void> => {
    try {
      const { count } = await client.sessions.liftLockOuts({ serverId, addresses });
      setFault(undefined);
      setSelected(none);
      announce(`${formatCount(count, 'address', 'addresses')} let in again.`);
      await queryClient.invalidateQueries({ queryKey });
    } catch (reason) {
      setFault(readFault(reason).text);
    }
  };
  const problem = fault ?? (error === null ? undefined : readFault(error).text);
  return (
    <div className={styles.root}>
      {problem !== undefined && (
        <MessageBar intent="warning">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {rows.length > 0 && (
        <div className={styles.strip}>
          <span>{formatCount(rows.length, 'address', 'addresses')} kept out after failed log-ins</span>
          <ReasonedButton
            size="small"
            appearance="subtle"
            icon={<LockOpen20Regular />}
            reason={forbidden ?? (addresses.length === 0 ? 'Select an address.' : undefined)}
            onClick={() => void lift()}
          >
            Let In Again
          </ReasonedButton>
        </div>
      )}
      <div className={styles.list}>
        <DataList
          label="Locked-out Addresses"
          listId="sessions-locked-out"
          columns={columnsAt(now)}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowKey={rowKey}
          selectedKeys={selected}
          onSelect={setSelected}
          page={{}}
          empty={
            data === undefined && error === null ? (
              <LateSpinner label="Reading the addresses" />
            ) : (
              <EmptyState
                title="No address is locked out."
                text="An address is kept out for a while after too many failed log-ins; how many and how long stands under Properties, Access, Protection."
              />
            )
          }
        />
      </div>
    </div>
  );
}
