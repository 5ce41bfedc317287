/** The domains of a virtual server: what they are and where their mail goes. */
import { Button } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { DomainRow } from '../../src-main/api/contract';
import { useDomains } from '../client';
import { domainTypeWord } from '../client/words';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
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
  },
];

export interface DomainListProps {
  readonly serverId: number;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (names: ReadonlySet<string>) => void;
  readonly onOpen: (domain: DomainRow) => void;
  readonly onDelete: () => void;
  readonly onContextMenu: (domain: DomainRow, at: { x: number; y: number }) => void;
  readonly onNew: () => void;
}

export function DomainList(props: DomainListProps): ReactElement {
  const { serverId, selectedKeys, onSelect, onOpen, onDelete, onContextMenu, onNew } = props;
  const { data: domains = [], isPending } = useDomains(serverId);
  return (
    <DataList
      label="Domains"
      listId="domains"
      columns={columns}
      total={domains.length}
      rowAt={(index) => domains[index]}
      rowKey={(domain) => domain.name}
      selectedKeys={selectedKeys}
      onSelect={onSelect}
      onOpen={onOpen}
      onDelete={onDelete}
      onContextMenu={onContextMenu}
      empty={
        isPending ? null : (
          <EmptyState
            title="No domains yet"
            text="Mail for a local domain is dropped; a remote domain has a route of its own."
            action={<Button onClick={onNew}>New domain…</Button>}
          />
        )
      }
    />
  );
}
