/** One waiting message: its envelope, how it stands with each recipient, and the message itself. */
import { Button, makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { ArrowSync20Regular, Delete20Regular, Timeline20Regular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useId, useState } from 'react';
import type { QueueRow } from '../../src-main/api/contract';
import { readFault } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatAge, formatCount, formatFullTime, formatSender, formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { ScrollRegion } from '../ui/scroll-region';
import { useQueued } from './queue-reading';
import { describePlan, describeSource } from './queue-words';
import { RecipientTable } from './recipient-table';
import type { QueueVerbs } from './use-queue-verbs';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  head: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: tokens.spacingHorizontalL,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS}`,
  },
  words: {
    flexGrow: 1,
    minWidth: 0,
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXXS,
  },
  subject: {
    margin: 0,
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    fontWeight: tokens.fontWeightSemibold,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  noSubject: { color: tokens.colorNeutralForeground3, fontWeight: tokens.fontWeightRegular },
  line: { overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
  actions: { display: 'flex', flexShrink: 0, gap: tokens.spacingHorizontalS },
  tabs: { flexShrink: 0, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, paddingLeft: '2px' },
  panel: { flexGrow: 1, minHeight: 0, overflow: 'hidden' },
});

export interface QueuedDetailProps {
  readonly serverId: number;
  readonly queueId: string;
  readonly now: number;
  /** They act on this message, which is the one that is selected. */
  readonly verbs: Pick<QueueVerbs, 'actions' | 'reasons'>;
  /** The message's parts; without it only the delivery is shown. */
  readonly renderMessage: ((queueId: string) => ReactNode) | undefined;
}

/** Reads the message; says so when it no longer waits. */
export function QueuedDetail({ serverId, queueId, ...rest }: QueuedDetailProps): ReactElement {
  const queued = useQueued(serverId, queueId);
  if (queued.error !== null) {
    const fault = readFault(queued.error);
    return fault.code === 'not-found' ? (
      <EmptyState title="This message no longer waits." text="It was delivered, returned or deleted." />
    ) : (
      <EmptyState title="The message could not be read." text={fault.text} />
    );
  }
  if (queued.data === undefined) return <LateSpinner label="Reading the message" />;
  return <QueueDetail row={queued.data} {...rest} />;
}

interface QueueDetailProps extends Omit<QueuedDetailProps, 'serverId' | 'queueId'> {
  readonly row: QueueRow;
}

function QueueDetail({ row, now, verbs, renderMessage }: QueueDetailProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const [tab, setTab] = useState<'delivery' | 'message'>('delivery');
  return (
    <section className={styles.root} aria-label="Waiting message">
      <header className={styles.head}>
        <div className={styles.words}>
          <h2 className={styles.subject} title={row.subject}>
            {row.subject === '' ? <span className={styles.noSubject}>No subject</span> : row.subject}
          </h2>
          <div className={styles.line}>
            {formatSender(row.sender)}
            {' → '}
            {formatCount(row.recipients.length, 'recipient')}
          </div>
          <div className={styles.quiet}>
            <span title={formatFullTime(row.arrivedAt)}>waits {formatAge(now - row.arrivedAt)}</span>
            {' · '}
            {describePlan(row, now)}
            {' · '}
            {describeSource(row.source)}
            {' · '}
            {formatSize(row.sizeBytes)}
          </div>
        </div>
        <div className={styles.actions}>
          <ReasonedButton
            size="small"
            icon={<ArrowSync20Regular />}
            reason={verbs.reasons.retry}
            onClick={() => verbs.actions.retry?.()}
          >
            Retry Now
          </ReasonedButton>
          <ReasonedButton
            size="small"
            icon={<Delete20Regular />}
            reason={verbs.reasons.delete}
            onClick={() => verbs.actions.delete?.()}
          >
            Delete…
          </ReasonedButton>
          {verbs.actions['show-trace'] !== undefined && (
            <Button size="small" icon={<Timeline20Regular />} onClick={() => verbs.actions['show-trace']?.()}>
              Show Trace
            </Button>
          )}
        </div>
      </header>
      <TabList
        size="small"
        className={styles.tabs}
        selectedValue={tab}
        onTabSelect={(_, data) => setTab(data.value === 'message' ? 'message' : 'delivery')}
      >
        <Tab id={`${id}-delivery`} value="delivery">
          Delivery
        </Tab>
        {renderMessage !== undefined && (
          <Tab id={`${id}-message`} value="message">
            Message
          </Tab>
        )}
      </TabList>
      <div role="tabpanel" aria-labelledby={`${id}-${tab}`} className={styles.panel}>
        {tab === 'message' && renderMessage !== undefined ? (
          renderMessage(row.queueId)
        ) : (
          <ScrollRegion label="Delivery to each recipient">
            <RecipientTable recipients={row.recipients} now={now} />
          </ScrollRegion>
        )}
      </div>
    </section>
  );
}
