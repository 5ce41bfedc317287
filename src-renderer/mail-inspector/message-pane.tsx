/** One message, read: its head, what can be done with it, and its parts. */
import { makeStyles, mergeClasses } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { MessageActions, messageKeys, useMessageActs } from './message-actions';
import { type MessageAddress, useMessageContent, useReadProgress } from './message-content';
import { MessageSummary } from './message-summary';
import { MessageTabs } from './message-tabs';
import { usePartStyles } from './part-styles';
import { WhyPart } from './why-part';

const useStyles = makeStyles({
  root: { height: '100%', containerType: 'inline-size', containerName: 'message' },
});

export interface MessagePaneProps {
  readonly address: MessageAddress;
  /** What the list knows already, shown until the content is here. */
  readonly row: MessageRow | undefined;
  /** undefined: it is not deleted from here. */
  readonly onDelete?: (() => void) | undefined;
  /** Why this person cannot act on it; undefined: it can be done. */
  readonly whyNotDelete: string | undefined;
  /** Each undefined where it is not offered. */
  readonly onResend?: ((address: MessageAddress) => void) | undefined;
  readonly onReply?: ((address: MessageAddress) => void) | undefined;
  readonly onShowTrace?: ((serverId: number, queueId: string) => void) | undefined;
}

export function MessagePane(props: MessagePaneProps): ReactElement {
  const { address, row, onDelete, whyNotDelete, onResend, onReply, onShowTrace } = props;
  const styles = useStyles();
  const parts = usePartStyles();
  const client = useClient();
  const content = useMessageContent(address);
  const mail = content.data?.mail;
  const known = content.data?.row ?? row;
  const acts = useMessageActs(mail, known);
  const onKeyDown = messageKeys(acts);
  return (
    <section className={mergeClasses(parts.column, styles.root)} aria-label="Message" onKeyDown={onKeyDown}>
      {known !== undefined && (
        <MessageSummary
          key={known.id}
          row={known}
          summary={mail?.content?.summary}
          actions={
            <MessageActions
              mail={mail}
              row={known}
              readEnvelope={() => client.messages.envelope(address)}
              whyNot={whyNotDelete}
              onDelete={onDelete}
              {...(onResend !== undefined &&
                address.folder !== 'queue' && { onResend: () => onResend(address) })}
              {...(onReply !== undefined && { onReply: () => onReply(address) })}
            />
          }
        />
      )}
      <MessageBody address={address} onShowTrace={onShowTrace} />
    </section>
  );
}

interface MessageBodyProps {
  readonly address: MessageAddress;
  readonly onShowTrace?: MessagePaneProps['onShowTrace'];
}

/** The tabs, as soon as the message is read. */
function MessageBody({ address, onShowTrace }: MessageBodyProps): ReactElement {
  const content = useMessageContent(address);
  const progress = useReadProgress(address);
  if (content.data !== undefined) {
    const { row, mail } = content.data;
    return (
      <MessageTabs
        mail={mail}
        row={row}
        address={address}
        {...(onShowTrace !== undefined && {
          onShowTrace: (queueId: string) => onShowTrace(address.serverId, queueId),
        })}
        {...(address.folder === 'badmail' && {
          leading: { id: 'why', title: 'Why', content: <WhyPart row={row} /> },
        })}
      />
    );
  }
  if (content.error !== null) return <Unreadable error={content.error} />;
  return (
    <LateSpinner
      label={
        progress === undefined
          ? 'Reading the message'
          : `Reading the message: ${formatSize(progress.doneBytes)} of ${formatSize(progress.totalBytes)}`
      }
    />
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
  readonly onShowTrace?: MessagePaneProps['onShowTrace'];
}

/** The parts of a waiting message, for the pane of the queue. */
export function QueuedMessage({ serverId, queueId, onShowTrace }: QueuedMessageProps): ReactElement {
  const parts = usePartStyles();
  return (
    <div className={parts.column}>
      <MessageBody address={{ serverId, folder: 'queue', id: queueId }} onShowTrace={onShowTrace} />
    </div>
  );
}
