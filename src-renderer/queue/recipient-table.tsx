/** How it stands with each recipient of a waiting message. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { formatAge, formatFullTime } from '../ui/format';
import { describeWay } from './queue-scope';
import {
  describeEncryption,
  describeHeld,
  describeOutcome,
  describePaced,
  formatRemote,
  formatReply,
  type QueuedRecipient,
} from './queue-words';

/** More than this and the table would slow the page; the rest is counted. */
const maxShownRecipients = 500;

const useStyles = makeStyles({
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    tableLayout: 'fixed',
    fontSize: tokens.fontSizeBase300,
    fontVariantNumeric: 'tabular-nums',
    '& th, & td': {
      padding: `5px ${tokens.spacingHorizontalM}`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
      textAlign: 'start',
      verticalAlign: 'top',
      fontWeight: tokens.fontWeightRegular,
      overflowWrap: 'anywhere',
    },
    '& thead th': { color: tokens.colorNeutralForeground2 },
  },
  quiet: { color: tokens.colorNeutralForeground2 },
  note: { padding: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2 },
});

/** It has no next attempt, because somebody stopped it. */
const isStopped = ({ isHeld, isFrozen }: QueuedRecipient): boolean => isHeld === true || isFrozen === true;

export interface RecipientTableProps {
  readonly recipients: readonly QueuedRecipient[];
  readonly now: number;
}

export function RecipientTable({ recipients, now }: RecipientTableProps): ReactElement {
  const styles = useStyles();
  const others = recipients.length - maxShownRecipients;
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" style={{ width: '22%' }}>
              Recipient
            </th>
            <th scope="col" style={{ width: '16%' }}>
              State
            </th>
            <th scope="col">Goes to</th>
            <th scope="col" style={{ width: '24%' }}>
              Last reply
            </th>
            <th scope="col">Answer from</th>
          </tr>
        </thead>
        <tbody>
          {recipients.slice(0, maxShownRecipients).map((recipient) => (
            <tr key={recipient.address}>
              <th scope="row">{recipient.address}</th>
              <td>
                {describeOutcome(recipient)}
                {recipient.outcome === undefined && recipient.isHeld && (
                  <div className={styles.quiet}>until an operator releases it</div>
                )}
                {recipient.outcome === undefined && !recipient.isHeld && recipient.isFrozen && (
                  <div className={styles.quiet}>until {recipient.destination} is thawed</div>
                )}
                {recipient.outcome === undefined && !isStopped(recipient) && recipient.held && (
                  <div className={styles.quiet}>
                    {recipient.attempts > 0 && `tried ${recipient.attempts}×, `}
                    {describeHeld(recipient.held)}
                  </div>
                )}
                {recipient.outcome === undefined && !isStopped(recipient) && !recipient.held && (
                  <div className={styles.quiet} title={formatFullTime(recipient.nextAttemptAt)}>
                    {recipient.attempts > 0 && `tried ${recipient.attempts}×, `}
                    {recipient.isPaced && `${describePaced(recipient)}, `}
                    {recipient.nextAttemptAt <= now
                      ? 'due now'
                      : `next in ${formatAge(recipient.nextAttemptAt - now)}`}
                  </div>
                )}
              </td>
              <td>
                {recipient.outcome === undefined ? recipient.route : ''}
                {recipient.outcome === undefined && recipient.way !== undefined && (
                  <div className={styles.quiet}>Chosen by an operator: goes {describeWay(recipient.way)}</div>
                )}
              </td>
              <td>
                {recipient.last === undefined ? (
                  <span className={styles.quiet}>Not tried yet</span>
                ) : (
                  <>
                    {formatReply(recipient.last.status)}
                    <div className={styles.quiet} title={formatFullTime(recipient.last.at)}>
                      {formatAge(now - recipient.last.at)} ago
                    </div>
                  </>
                )}
              </td>
              <td>
                {formatRemote(recipient.last?.remote)}
                {recipient.last?.tls !== undefined && (
                  <div className={styles.quiet} title={recipient.last.tls.cipher}>
                    {describeEncryption(recipient.last.tls)}
                  </div>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {others > 0 && <div className={styles.note}>and {others} more</div>}
    </>
  );
}
