/** Mail of all virtual servers and folders, searched. */
import { SearchRegular } from '@fluentui/react-icons';
import { type ReactElement, type RefObject, useCallback } from 'react';
import { useServers } from '../client';
import { EmptyState } from '../ui/empty-state';
import { searchHint } from './filter-bar';
import type { ListQuery } from './list-query';
import type { ListedMail } from './listed-mail';
import { MailList, type MailListProps, type MailListSeams } from './mail-list';

export interface SearchViewProps extends MailListSeams {
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
  readonly forbidden: string | undefined;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  readonly onContextMenu?: MailListProps['onContextMenu'];
}

const folderTitles = { drop: 'Drop', queue: 'Queue', badmail: 'Badmail', pickup: 'Pickup' } as const;

export function SearchView(props: SearchViewProps): ReactElement {
  const servers = useServers().data;
  const isOnly = (servers?.length ?? 0) < 2;
  const placeOf = useCallback(
    ({ address: { serverId, folder } }: ListedMail): string => {
      const name = servers?.find(({ id }) => id === serverId)?.name ?? '';
      return isOnly ? folderTitles[folder] : `${folderTitles[folder]}, ${name}`;
    },
    [servers, isOnly],
  );
  return (
    <MailList
      scope={{ kind: 'everything' }}
      listId="search"
      label="Found mail"
      placeOf={placeOf}
      empty={<EmptyState icon={<SearchRegular />} title="There is no mail." text={searchHint} />}
      {...props}
    />
  );
}
