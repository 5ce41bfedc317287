/** One message: who it is for, what became of it, and its way step by step. */
import { Link, MessageBar, MessageBarBody, makeStyles, Select, tokens } from '@fluentui/react-components';
import { Copy20Regular, Save20Regular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { readFault, useClient } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatSender, formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { downloadBytes } from '../ui/save-file';
import { useCopy } from '../ui/use-copy';
import { MoodIcon } from './mood-icon';
import { Timeline } from './timeline';
import { endsOf, moodOf, outcomeTitles, stepsOf } from './trace-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, overflowY: 'auto' },
  head: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    flexShrink: 0,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  words: { flexGrow: 1, flexBasis: '300px', minWidth: 0, overflow: 'hidden' },
  acts: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
  },
  ends: { display: 'flex', flexWrap: 'wrap', columnGap: tokens.spacingHorizontalL },
  end: { display: 'inline-flex', alignItems: 'center', gap: '6px', overflowWrap: 'anywhere' },
  subject: {
    fontWeight: tokens.fontWeightSemibold,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  facts: {
    color: tokens.colorNeutralForeground2,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  links: { display: 'flex', gap: tokens.spacingHorizontalM },
  scroll: { flexGrow: 1, flexShrink: 0, flexBasis: 0, minHeight: '96px', overflow: 'auto' },
});

/** Mail that waits may move on. */
const refreshMs = 5_000;
const mostListed = 500;

export interface TraceSeams {
  /** The entry in Queue, or the file in Drop or Badmail. */
  readonly onShowMessage: (address: {
    readonly serverId: number;
    readonly folder: 'queue' | 'drop';
    readonly id: string;
  }) => void;
  /** The folder Badmail, with the message of this Message-ID. */
  readonly onShowBadmail: (serverId: number, messageId: string) => void;
}

export interface TraceDetailProps extends TraceSeams {
  readonly serverId: number;
  readonly id: string;
  readonly onShow: (queueId: string) => void;
}

export function TraceDetail(props: TraceDetailProps): ReactElement {
  const { serverId, id, onShow, onShowMessage, onShowBadmail } = props;
  const styles = useStyles();
  const client = useClient();
  const copying = useCopy();
  const [recipient, setRecipient] = useState('');
  const [fault, setFault] = useState<string>();
  const { data: story, error } = useQuery({
    queryKey: ['trace', 'story', serverId, id],
    queryFn: () => client.trace.show({ serverId, id }),
    retry: false,
    refetchInterval: ({ state }) =>
      state.data?.recipients.some(({ outcome }) => outcome === 'waiting') === true ? refreshMs : false,
  });
  if (story === undefined)
    return error === null ? (
      <LateSpinner label="Reading the trace" />
    ) : (
      <EmptyState title="The trace does not have this message." text={readFault(error).text} />
    );
  const { row, recipients, about, note } = story;
  const queueId = row.queueId;
  const has = (wanted: 'waiting' | 'dropped' | 'badmail'): boolean =>
    recipients.some(({ outcome }) => outcome === wanted);
  const withText = (use: (file: { fileName: string; text: string }) => void): void => {
    client.trace.text({ serverId, id }).then(
      (file) => {
        setFault(undefined);
        use(file);
      },
      (reason: unknown) => setFault(readFault(reason).text),
    );
  };
  return (
    <section className={styles.root} aria-label="Trace of the message">
      <header className={styles.head}>
        <div className={styles.words}>
          <div className={styles.subject} title={row.subject}>
            {row.subject || '(no subject)'}
          </div>
          <div className={styles.facts} title={row.messageId}>
            {formatSender(row.sender)} · {row.source}
            {row.sizeBytes > 0 && ` · ${formatSize(row.sizeBytes)}`}
            {row.messageId !== '' && ` · ${row.messageId}`}
          </div>
          <div className={styles.ends}>
            {endsOf(recipients).map(({ outcome, text }) => (
              <span key={outcome} className={styles.end}>
                <MoodIcon mood={moodOf(outcome)} />
                {text}
              </span>
            ))}
          </div>
        </div>
        <div className={styles.acts}>
          <span className={styles.links}>
            {about !== undefined && <Link onClick={() => onShow(about)}>Show the message it is about</Link>}
            {queueId !== undefined && has('waiting') && (
              <Link onClick={() => onShowMessage({ serverId, folder: 'queue', id: queueId })}>
                Show in Queue
              </Link>
            )}
            {queueId !== undefined && has('dropped') && (
              <Link onClick={() => onShowMessage({ serverId, folder: 'drop', id: queueId })}>
                Show in Drop
              </Link>
            )}
            {has('badmail') && (
              <Link onClick={() => onShowBadmail(serverId, row.messageId)}>Show in Badmail</Link>
            )}
          </span>
          {recipients.length > 1 && (
            <Select
              size="small"
              aria-label="Recipient"
              value={recipient}
              onChange={(_, { value }) => setRecipient(value)}
            >
              <option value="">All {recipients.length} recipients</option>
              {recipients.slice(0, mostListed).map(({ address, outcome }) => (
                <option key={address} value={address}>
                  {address}: {outcomeTitles[outcome]}
                </option>
              ))}
            </Select>
          )}
          <ReasonedButton
            size="small"
            appearance="subtle"
            icon={<Copy20Regular />}
            reason={undefined}
            onClick={() => withText(({ text }) => copying.copy(text, 'Trace'))}
          >
            Copy as Text
          </ReasonedButton>
          <ReasonedButton
            size="small"
            appearance="subtle"
            icon={<Save20Regular />}
            reason={undefined}
            onClick={() =>
              withText(({ fileName, text }) => downloadBytes(fileName, new TextEncoder().encode(text)))
            }
          >
            Save as Text…
          </ReasonedButton>
        </div>
      </header>
      {(fault ?? (copying.hasFailed ? 'The clipboard could not be used. Save the text instead.' : note)) !==
        undefined && (
        <MessageBar intent={fault !== undefined || copying.hasFailed ? 'warning' : 'info'}>
          <MessageBarBody>
            {fault ?? (copying.hasFailed ? 'The clipboard could not be used. Save the text instead.' : note)}
          </MessageBarBody>
        </MessageBar>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={styles.scroll} tabIndex={0} aria-label="Timeline">
        <Timeline
          steps={stepsOf(story.steps, recipient)}
          namesRecipients={recipient === '' && recipients.length > 1}
          onShow={onShow}
        />
      </section>
    </section>
  );
}
