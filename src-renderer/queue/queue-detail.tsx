/** One waiting message: its envelope, how it stands with each recipient, and the message itself. */
import { makeStyles, Tab, TabList, tokens } from '@fluentui/react-components';
import { ArrowClockwise20Regular, Delete20Regular } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useId, useState } from 'react';
import type { QueueRow } from '../../src-main/api/contract';
import { formatAge, formatCount, formatFullTime, formatSender, formatSize } from '../ui/format';
import { ReasonedButton } from '../ui/reasoned-button';
import { ScrollRegion } from '../ui/scroll-region';
import { describePlan, describeSource } from './queue-words';
import { RecipientTable } from './recipient-table';

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

export interface QueueDetailProps {
  readonly row: QueueRow;
  readonly now: number;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
  /** Why this person may only read here; undefined: messages can be acted on. */
  readonly forbidden: string | undefined;
  /** The message's parts; without it only the delivery is shown. */
  readonly renderMessage: ((queueId: string) => ReactNode) | undefined;
}

export function QueueDetail(props: QueueDetailProps): ReactElement {
  const { row, now, onRetry, onDelete, forbidden, renderMessage } = props;
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
            icon={<ArrowClockwise20Regular />}
            reason={forbidden ?? (row.isActive ? 'An attempt is under way.' : undefined)}
            onClick={onRetry}
          >
            Retry Now
          </ReasonedButton>
          <ReasonedButton size="small" icon={<Delete20Regular />} reason={forbidden} onClick={onDelete}>
            Delete
          </ReasonedButton>
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
