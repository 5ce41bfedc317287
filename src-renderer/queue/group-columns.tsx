/** Columns of the queue: one row for a message and those of its recipients that share a destination. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { QueueGroupRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatAge, formatFullTime, formatSender, formatSize, formatSortableTime } from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import { GroupStateIcon } from './group-state-icon';
import {
  describeGroupRecipients,
  describeNext,
  explainNext,
  explainReply,
  listGroupRecipients,
  quoteReply,
  stateOf,
  stateText,
  stateTitle,
} from './group-words';

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground3 },
  state: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
});

/** What the engine calls the order that a column stands for. */
export const sortColumns = {
  age: 'arrivedAt',
  sender: 'sender',
  size: 'size',
  destination: 'destination',
  attempts: 'attempts',
  next: 'nextAttemptAt',
} as const;

/** @param now for ages; renewed while the list is shown */
export function useGroupColumns(now: number): Column<QueueGroupRow>[] {
  const styles = useStyles();
  return [
    {
      id: 'state',
      title: 'State',
      width: 110,
      text: (row) => stateText(stateOf(row, now)),
      exported: { text: (row) => stateTitle(stateOf(row, now)) },
      render: (row) => {
        const state = stateOf(row, now);
        return (
          <span className={styles.state}>
            <GroupStateIcon state={state} />
            {stateTitle(state)}
          </span>
        );
      },
    },
    {
      id: 'age',
      title: 'Age',
      width: 78,
      isSortable: true,
      text: (row) => `Accepted ${formatFullTime(row.arrivedAt)}`,
      exported: { title: 'Accepted', text: (row) => formatSortableTime(row.arrivedAt) },
      render: (row) => formatAge(now - row.arrivedAt),
    },
    {
      id: 'sender',
      title: 'Sender',
      width: 118,
      isSortable: true,
      text: (row) => (row.sender === '' ? '<> (a notification)' : row.sender),
      exported: { text: (row) => formatSender(row.sender) },
      render: (row) => <MiddleText text={formatSender(row.sender)} />,
    },
    {
      id: 'recipients',
      title: 'Recipients',
      width: 136,
      text: listGroupRecipients,
      render: (row) => <MiddleText text={describeGroupRecipients(row)} />,
    },
    {
      id: 'size',
      title: 'Size',
      width: 74,
      align: 'end',
      isSortable: true,
      text: (row) => `${row.sizeBytes.toLocaleString()} bytes`,
      exported: { title: 'Size (bytes)', text: (row) => String(row.sizeBytes) },
      render: (row) => formatSize(row.sizeBytes),
    },
    {
      id: 'destination',
      title: 'Destination',
      width: 118,
      isSortable: true,
      text: (row) => row.destination,
      render: (row) => <MiddleText text={row.destination} />,
    },
    {
      id: 'attempts',
      title: 'Tries',
      width: 54,
      align: 'end',
      isSortable: true,
      text: (row) => String(row.attempts),
      render: (row) => row.attempts,
    },
    {
      id: 'next',
      title: 'Next attempt',
      width: 110,
      isSortable: true,
      text: (row) => explainNext(row, now, formatFullTime),
      exported: { text: (row) => explainNext(row, now, formatSortableTime) },
      render: (row) => describeNext(row, now),
    },
    {
      id: 'reply',
      title: 'Last reply',
      width: 140,
      isGrowing: true,
      text: (row) => (row.last === undefined ? 'Not tried yet' : quoteReply(row.last)),
      render: (row) =>
        row.last === undefined ? <span className={styles.quiet}>Not tried yet</span> : explainReply(row.last),
    },
    { id: 'route', title: 'Goes to', width: 98, text: (row) => row.route, render: (row) => row.route },
  ];
}
