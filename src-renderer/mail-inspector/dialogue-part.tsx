/** The SMTP session that brought the message, as the trace kept it. */
import { Button } from '@fluentui/react-components';
import { skipToken, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { TraceStory } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { dialogueTexts } from '../ui/dialogue-text';
import { DialogueView } from '../ui/dialogue-view';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { useCopy } from '../ui/use-copy';
import { useEnvelope } from './envelope-part';
import type { MessageAddress } from './message-content';
import { usePartStyles } from './part-styles';

export function DialoguePart({ address }: { readonly address: MessageAddress }): ReactElement {
  const client = useClient();
  const envelope = useEnvelope(address);
  const { data } = envelope;
  // Messages of Drop, Badmail and Queue bear the name they had in Queue.
  const id = data?.queueId ?? (address.folder === 'pickup' ? undefined : address.id);
  const { serverId } = address;
  const isKnown = data !== undefined || envelope.error !== null;
  const story = useQuery({
    queryKey: ['message-dialogue', serverId, id],
    queryFn:
      id === undefined || !isKnown
        ? skipToken
        : ({ signal }) => client.trace.show({ serverId, id }, { signal }),
  });
  if (address.folder === 'pickup')
    return <NoDialogue text="This is a file in the Pickup folder: it came by no session." />;
  if (story.data !== undefined) return <Said story={story.data} source={data?.source} />;
  if (story.error !== null) {
    const fault = readFault(story.error);
    return fault.code === 'not-found' ? (
      <NoDialogue text="The trace knows nothing of this message: its records are older than what is kept, or it was laid into the folder by hand." />
    ) : (
      <EmptyState title="The trace could not be read." text={fault.text} />
    );
  }
  return <LateSpinner label="Reading the dialogue" />;
}

function NoDialogue({ text }: { readonly text: string }): ReactElement {
  return <EmptyState title="There is no dialogue." text={text} />;
}

interface SaidProps {
  readonly story: TraceStory;
  readonly source: string | undefined;
}

function Said({ story, source }: SaidProps): ReactElement {
  const parts = usePartStyles();
  const { copied, copy } = useCopy();
  const accepted = story.steps.find(({ kind }) => kind === 'accepted');
  const lines = accepted?.lines ?? [];
  if (lines.length === 0) {
    const came = source ?? story.row.source;
    return (
      <NoDialogue
        text={
          /^smtp/i.test(came)
            ? (story.note ?? 'The dialogue of this session was not kept.')
            : `The message did not come by SMTP${came === '' ? '' : ` (${came})`}.`
        }
      />
    );
  }
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <span>
          {accepted?.text} {accepted !== undefined && formatFullTime(accepted.at)}
        </span>
        <Button
          size="small"
          appearance="subtle"
          className={parts.push}
          onClick={() => copy(`${dialogueTexts(lines).join('\n')}\n`, 'Dialogue')}
        >
          {copied === undefined ? 'Copy' : 'Copied'}
        </Button>
      </div>
      <DialogueView label="Dialogue that brought the message" lines={lines} isFilling />
    </div>
  );
}
