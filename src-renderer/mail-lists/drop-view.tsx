/** The Drop folder of a virtual server. */
import { Button } from '@fluentui/react-components';
import { MailInbox24Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useServerSummary } from '../client';
import { EmptyState } from '../ui/empty-state';
import { MailList, type MailListProps, type MailListSeams, useListQuery } from './mail-list';

export interface DropViewProps extends MailListSeams {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** Offered where the folder is empty. */
  readonly onSendTest?: () => void;
  readonly onEverywhere: (text: string) => void;
  readonly meant?: MailListProps['meant'];
  readonly onContextMenu?: MailListProps['onContextMenu'];
}

export function DropView({ serverId, onSendTest, ...rest }: DropViewProps): ReactElement {
  const [query, onQuery] = useListQuery();
  const domain = useServerSummary(serverId)?.defaultDomain;
  return (
    <MailList
      key={serverId}
      scope={{ kind: 'folder', serverId, folder: 'drop' }}
      listId="drop"
      label="Drop"
      query={query}
      onQuery={onQuery}
      empty={
        <EmptyState
          icon={<MailInbox24Regular />}
          title="No mail yet."
          text={`Mail for ${domain ?? 'local domains'} lands here.`}
          {...(onSendTest && { action: <Button onClick={onSendTest}>Send a test message…</Button> })}
        />
      }
      {...rest}
    />
  );
}
