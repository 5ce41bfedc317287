/** The domains of a virtual server: what they are and where their mail goes. Sorted and filtered by the engine. */
import { Button, Input, makeStyles, tokens } from '@fluentui/react-components';
import { DismissRegular, FilterRegular } from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import type { DomainRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { domainTypeWord } from '../client/words';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { useListSort } from '../ui/list-columns';
import type { SortOrder } from '../ui/list-movement';
import { usePagedRows } from '../ui/paged-rows';
import { ReasonedButton } from '../ui/reasoned-button';
import { RenameField } from '../ui/rename-field';
import { useSelectedRows } from '../ui/selected-rows';
import { describeDestination } from './destination';

const columns: readonly Column<DomainRow>[] = [
  {
    id: 'name',
    title: 'Domain Name',
    width: 280,
    render: (domain) => domain.name,
    text: (domain) => domain.name,
    isSortable: true,
  },
  {
    id: 'type',
    title: 'Type',
    width: 140,
    render: (domain) => domainTypeWord(domain.type),
    text: (domain) => domainTypeWord(domain.type),
    isSortable: true,
  },
  {
    id: 'destination',
    title: 'Mail goes to',
    width: 360,
    render: describeDestination,
    text: describeDestination,
    isSortable: true,
  },
];

const sortColumns = ['name', 'type', 'destination'] as const;

/** A remembered order may name a column of another version. */
function sortOf(sort: SortOrder | undefined) {
  const column = sortColumns.find((each) => each === sort?.columnId);
  return column === undefined || sort === undefined
    ? {}
    : { sort: { column, isDescending: sort.isDescending } };
}

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
  filter: { width: '280px', minWidth: '120px', flexShrink: 1 },
  list: { flexGrow: 1, minHeight: 0 },
});

export interface DomainListProps {
  readonly serverId: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (names: ReadonlySet<string>) => void;
  readonly onRows: (rows: readonly DomainRow[], names: ReadonlySet<string>) => void;
  readonly onOpen: (domain: DomainRow) => void;
  readonly onDelete: () => void;
  readonly onContextMenu: (domain: DomainRow, at: { x: number; y: number }) => void;
  readonly onNew: () => void;
  /** Why this person cannot add one now; undefined: it can be done. */
  readonly whyNotNew: string | undefined;
  /** The domain whose name is being edited. */
  readonly renamingName: string | undefined;
  /** Resolves to the reason when the name was refused. */
  readonly onRename: (name: string, newName: string) => Promise<string | undefined>;
  readonly onRenameEnd: () => void;
}

const rowKey = (domain: DomainRow): string => domain.name;

export function DomainList(props: DomainListProps): ReactElement {
  const { serverId, selectedKeys, renamingName } = props;
  const styles = useStyles();
  const client = useClient();
  const sorting = useListSort('domains');
  const [filter, setFilter] = useState('');
  const wanted = { ...sortOf(sorting.sort), ...(filter.trim() === '' ? {} : { filter: filter.trim() }) };
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.domains.list({ serverId, offset, limit, ...wanted }, signal ? { signal } : {});
  const pages = usePagedRows<DomainRow>({ queryKey: [...keys.domains(serverId), 'list', wanted], readPage });
  useSelectedRows({ pages, rowKey, selectedKeys, onRows: props.onRows });
  return (
    <div className={styles.root}>
      <div className={styles.strip}>
        <Input
          className={styles.filter}
          size="small"
          aria-label="Filter by name"
          placeholder="Filter by name"
          maxLength={255}
          value={filter}
          contentBefore={<FilterRegular aria-hidden />}
          {...(filter !== '' && {
            contentAfter: (
              <Button
                appearance="transparent"
                size="small"
                aria-label="Show all domains"
                icon={<DismissRegular />}
                onClick={() => setFilter('')}
              />
            ),
          })}
          onChange={(_, data) => setFilter(data.value)}
          onKeyDown={(event) => event.key === 'Escape' && setFilter('')}
        />
        <span role="status">
          {formatCount(pages.total, 'domain')}
          {filter.trim() !== '' && ' found'}
        </span>
      </div>
      <div className={styles.list}>
        <DataList
          label="Domains"
          listId="domains"
          columns={columns}
          total={pages.total}
          rowAt={pages.rowAt}
          onVisible={pages.onVisible}
          rowKey={rowKey}
          selectedKeys={selectedKeys}
          // One domain at a time: its verbs are about one domain.
          isSingle
          onSelect={props.onSelect}
          onOpen={props.onOpen}
          onDelete={props.onDelete}
          onContextMenu={props.onContextMenu}
          sorting={sorting}
          page={{ readRows: readPage }}
          {...(renamingName !== undefined && {
            edited: {
              key: renamingName,
              columnId: 'name',
              editor: (
                <RenameField
                  name={renamingName}
                  onSubmit={(newName) => props.onRename(renamingName, newName)}
                  onEnd={props.onRenameEnd}
                />
              ),
            },
          })}
          empty={
            pages.error !== undefined ? (
              <EmptyState title="The domains could not be read." text={readFault(pages.error).text} />
            ) : pages.isLoading ? (
              <LateSpinner label="Reading the domains" />
            ) : filter.trim() !== '' ? (
              <EmptyState
                title="No domain has that in its name."
                action={<Button onClick={() => setFilter('')}>Show all domains</Button>}
              />
            ) : (
              <EmptyState
                title="No domains yet"
                text="Mail for a local domain is dropped; a remote domain has a route of its own."
                action={
                  <ReasonedButton reason={props.whyNotNew} onClick={props.onNew}>
                    New domain…
                  </ReasonedButton>
                }
              />
            )
          }
        />
      </div>
    </div>
  );
}
