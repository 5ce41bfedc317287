/** One message, read: its head, what can be done with it, and its parts. */
import { Button, makeStyles, mergeClasses } from '@fluentui/react-components';
import { ArrowDownload20Regular, Delete20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import { readFault } from '../client';
import { EmptyState } from '../ui/empty-state';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { type MessageAddress, useMessageContent } from './message-content';
import { MessageSummary } from './message-summary';
import { MessageTabs } from './message-tabs';
import { usePartStyles } from './part-styles';
import { WhyPart } from './why-part';

const useStyles = makeStyles({ root: { height: '100%' } });

export interface MessagePaneProps {
  readonly address: MessageAddress;
  /** What the list knows already, shown until the content is here. */
  readonly row: MessageRow | undefined;
  readonly onSave: () => void;
  readonly onDelete: () => void;
  /** Why this person cannot delete it; undefined: it can be done. */
  readonly whyNotDelete: string | undefined;
}

export function MessagePane({
  address,
  row,
  onSave,
  onDelete,
  whyNotDelete,
}: MessagePaneProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const content = useMessageContent(address);
  const known = content.data?.row ?? row;
  return (
    <section className={mergeClasses(parts.column, styles.root)} aria-label="Message">
      {known !== undefined && (
        <MessageSummary
          key={known.id}
          row={known}
          mail={content.data?.mail}
          actions={
            <>
              <Button
                size="small"
                icon={<ArrowDownload20Regular />}
                disabled={content.data === undefined}
                onClick={onSave}
              >
                Save…
              </Button>
              <ReasonedButton
                size="small"
                icon={<Delete20Regular />}
                reason={whyNotDelete}
                onClick={onDelete}
              >
                Delete
              </ReasonedButton>
            </>
          }
        />
      )}
      {content.data !== undefined && (
        <MessageTabs
          message={content.data}
          {...(address.folder === 'badmail' && {
            leading: { id: 'why', title: 'Why', content: <WhyPart row={content.data.row} /> },
          })}
        />
      )}
      {content.isPending && <LateSpinner label="Reading the message" />}
      {content.error !== null && content.data === undefined && <Unreadable error={content.error} />}
    </section>
  );
}

function Unreadable({ error }: { readonly error: unknown }): ReactElement {
  const fault = readFault(error);
  return fault.code === 'not-found' ? (
    <EmptyState title="This message is no longer here." text="It was deleted or moved out of the folder." />
  ) : (
    <EmptyState title="The message could not be read." text={fault.text} />
  );
}

export interface QueuedMessageProps {
  readonly serverId: number;
  readonly queueId: string;
}

/** The parts of a waiting message, for the pane of the queue. */
export function QueuedMessage({ serverId, queueId }: QueuedMessageProps): ReactElement {
  const parts = usePartStyles();
  const content = useMessageContent({ serverId, folder: 'queue', id: queueId });
  return (
    <div className={parts.column}>
      {content.data !== undefined && <MessageTabs message={content.data} />}
      {content.isPending && <LateSpinner label="Reading the message" />}
      {content.error !== null && content.data === undefined && <Unreadable error={content.error} />}
    </div>
  );
}
