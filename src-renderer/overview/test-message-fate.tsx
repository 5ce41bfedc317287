/**
 * Where a message is now. It is looked for in Queue, then in Drop (a dropped file carries the id of its
 * message); what is in neither has been sent on, or was returned to its sender.
 */
import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { QueueRow } from '../../src-main/api/contract';
import { type ConsoleClient, keys, readFault, useClient } from '../client';
import { describeFate, type Fate } from './fate';

export interface TestMessageFateProps {
  readonly serverId: number;
  readonly queueId: string;
  readonly onShow: (folder: 'queue' | 'drop') => void;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: tokens.spacingVerticalM },
  headline: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  line: { margin: 0, overflowWrap: 'anywhere' },
  id: {
    color: tokens.colorNeutralForeground3,
    fontSize: tokens.fontSizeBase200,
    fontFamily: tokens.fontFamilyMonospace,
  },
});

export function TestMessageFate({ serverId, queueId, onShow }: TestMessageFateProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  // Under the queue's key, so that it is looked up again whenever something in Queue changes.
  const { data: fate } = useQuery({
    queryKey: [...keys.queue(serverId), 'fate', queueId],
    queryFn: () => findFate(client, serverId, queueId),
  });
  if (fate === undefined) return <Spinner size="small" label="Looking where it is" labelPosition="after" />;
  const words = describeFate(fate);
  return (
    <div className={styles.root} aria-live="polite">
      <div className={styles.headline}>{words.headline}</div>
      {words.lines.map((line) => (
        <p key={line} className={styles.line}>
          {line}
        </p>
      ))}
      {fate.kind !== 'gone' && (
        <Button onClick={() => onShow(fate.kind === 'waiting' ? 'queue' : 'drop')}>
          {fate.kind === 'waiting' ? 'Open Queue' : 'Open Drop'}
        </Button>
      )}
      <div className={styles.id}>Message {queueId}</div>
    </div>
  );
}

async function findFate(client: ConsoleClient, serverId: number, queueId: string): Promise<Fate> {
  const row = await orUndefined<QueueRow>(client.queue.show({ serverId, queueId }));
  if (row !== undefined) return { kind: 'waiting', row };
  const dropped = await orUndefined(client.messages.content({ serverId, folder: 'drop', id: queueId }));
  return dropped === undefined ? { kind: 'gone' } : { kind: 'dropped', recipients: dropped.row.recipients };
}

/** "Not found" is an answer here; everything else is not. */
async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (readFault(error).code === 'not-found') return undefined;
    throw error;
  }
}
