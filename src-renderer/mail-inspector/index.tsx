/** Reading mail: the Drop and Badmail folders, and the parts of any message. */
import { Button } from '@fluentui/react-components';
import { CheckmarkCircle24Regular, MailInbox24Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useServerSummary } from '../client';
import { useNow } from '../ui/clock';
import { EmptyState } from '../ui/empty-state';
import { useBadmailColumns, useDropColumns } from './mail-columns';
import { MailView, type MailViewProps } from './mail-view';
import { useIsUnread } from './read-marks';

export { CompareView } from './compare-view';
export { MessagePane, type MessagePaneProps, QueuedMessage } from './message-pane';
export { type OpenedFile, OpenedMail, OpenedMailDialog } from './opened-mail';
export { readReplyDraft } from './reply-draft';

export interface DropViewProps {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** Offered where the folder is empty. */
  readonly onSendTest?: () => void;
  readonly onContextMenu?: MailViewProps['onContextMenu'];
}

export function DropView({ serverId, forbidden, onSendTest, onContextMenu }: DropViewProps): ReactElement {
  const columns = useDropColumns({ isUnread: useIsUnread(), now: useNow(60_000) });
  const domain = useServerSummary(serverId)?.defaultDomain;
  return (
    <MailView
      key={serverId}
      serverId={serverId}
      folder="drop"
      forbidden={forbidden}
      label="Drop"
      columns={columns}
      onContextMenu={onContextMenu}
      empty={
        <EmptyState
          icon={<MailInbox24Regular />}
          title="No mail yet."
          text={`Mail for ${domain ?? 'local domains'} lands here.`}
          {...(onSendTest && { action: <Button onClick={onSendTest}>Send a test message…</Button> })}
        />
      }
    />
  );
}

export interface BadmailViewProps {
  readonly serverId: number;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  readonly onContextMenu?: MailViewProps['onContextMenu'];
}

export function BadmailView({ serverId, forbidden, onContextMenu }: BadmailViewProps): ReactElement {
  const columns = useBadmailColumns({ now: useNow(60_000) });
  return (
    <MailView
      key={serverId}
      serverId={serverId}
      folder="badmail"
      forbidden={forbidden}
      label="Badmail"
      columns={columns}
      onContextMenu={onContextMenu}
      empty={
        <EmptyState
          icon={<CheckmarkCircle24Regular />}
          title="Nothing failed."
          text="Messages that could be neither delivered nor returned come to rest here, with the reason."
        />
      }
    />
  );
}
