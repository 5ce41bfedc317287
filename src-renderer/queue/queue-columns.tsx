/** Columns of the queue. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { QueueRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatAge, formatFullTime, formatSender, formatSortableTime } from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import {
  countAttempts,
  describeNextAttempt,
  describeRecipients,
  describeRoute,
  explainNextAttempt,
  formatReply,
  lastReply,
} from './queue-words';

const useStyles = makeStyles({ quiet: { color: tokens.colorNeutralForeground3 } });

/** @param now for ages; renewed while the list is shown */
export function useQueueColumns(now: number): Column<QueueRow>[] {
  const styles = useStyles();
  return [
    {
      id: 'age',
      title: 'Age',
      width: 88,
      text: (row) => `Accepted ${formatFullTime(row.arrivedAt)}`,
      exported: { title: 'Accepted', text: (row) => formatSortableTime(row.arrivedAt) },
      render: (row) => formatAge(now - row.arrivedAt),
    },
    {
      id: 'sender',
      title: 'Sender',
      width: 160,
      text: (row) => formatSender(row.sender),
      render: (row) => <MiddleText text={formatSender(row.sender)} />,
    },
    {
      id: 'recipients',
      title: 'Recipients',
      width: 184,
      text: (row) =>
        row.recipients
          .slice(0, 20)
          .map((recipient) => recipient.address)
          .join(', '),
      exported: { text: (row) => row.recipients.map((recipient) => recipient.address).join(', ') },
      render: (row) => <MiddleText text={describeRecipients(row)} />,
    },
    { id: 'route', title: 'Goes to', width: 200, text: describeRoute, render: describeRoute },
    {
      id: 'attempts',
      title: 'Attempts',
      width: 82,
      align: 'end',
      text: (row) => String(countAttempts(row)),
      render: countAttempts,
    },
    {
      id: 'next',
      title: 'Next attempt',
      width: 104,
      text: (row) => explainNextAttempt(row, formatFullTime),
      exported: { text: (row) => explainNextAttempt(row, formatSortableTime) },
      render: (row) => describeNextAttempt(row, now),
    },
    {
      id: 'reply',
      title: 'Last reply',
      width: 160,
      isGrowing: true,
      text: (row) => {
        const last = lastReply(row);
        return last === undefined ? 'Not tried yet' : formatReply(last.status);
      },
      render: (row) => {
        const last = lastReply(row);
        return last === undefined ? (
          <span className={styles.quiet}>Not tried yet</span>
        ) : (
          formatReply(last.status)
        );
      },
    },
  ];
}
