/** One session, open or over: who it was, and what was said. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { Copy20Regular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { EndedSessionRow, SessionRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { dialogueTexts } from '../ui/dialogue-text';
import { DialogueView } from '../ui/dialogue-view';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { describeSession } from './session-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  head: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    flexShrink: 0,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  words: { flexGrow: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  time: { flexShrink: 0, color: tokens.colorNeutralForeground3, fontVariantNumeric: 'tabular-nums' },
  dialogue: { flexGrow: 1, minHeight: 0 },
});

export interface SessionDialogueProps {
  readonly serverId: number;
  readonly session: SessionRow | EndedSessionRow;
}

export function SessionDialogue({ serverId, session }: SessionDialogueProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const [said, setSaid] = useState<string>();
  const { data, error } = useQuery({
    queryKey: keys.sessionDialogue(serverId, session.id),
    queryFn: () => client.sessions.dialogue({ serverId, sessionId: session.id }),
    retry: false,
  });
  const shown = data?.session ?? session;
  const startedAt = data?.lines[0]?.at ?? shown.connectedAt;
  const words = describeSession(shown);
  const copy = (): void => {
    const text = [words, ...dialogueTexts(data?.lines ?? [])].join('\n');
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('Copying is not allowed here.'),
    );
  };
  return (
    <section className={styles.root} aria-label="Session">
      <header className={styles.head}>
        <time
          className={styles.time}
          dateTime={new Date(startedAt).toISOString()}
          title={formatFullTime(startedAt)}
        >
          {formatTime(startedAt, Date.now())}
        </time>
        <span className={styles.words} title={words}>
          {words}
        </span>
        <span role="status">{said}</span>
        <ReasonedButton
          size="small"
          appearance="subtle"
          icon={<Copy20Regular />}
          reason={data === undefined ? 'There is nothing to copy.' : undefined}
          onClick={copy}
        >
          Copy
        </ReasonedButton>
      </header>
      <div className={styles.dialogue}>
        {data !== undefined ? (
          <DialogueView label="What was said" lines={data.lines} isFilling />
        ) : error !== null ? (
          <EmptyState title="The dialogue is not there any more." text={readFault(error).text} />
        ) : (
          <LateSpinner label="Reading the dialogue" />
        )}
      </div>
    </section>
  );
}
