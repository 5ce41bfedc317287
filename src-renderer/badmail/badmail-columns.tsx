/** Columns of the messages in Badmail. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { MessageRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatFullTime, formatSender, formatSize, formatSortableTime, formatTime } from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import { causeOf, causeTitle } from './cause-words';

const useStyles = makeStyles({ quiet: { color: tokens.colorNeutralForeground3 } });

export interface BadmailColumnsOptions {
  /** For "today". */
  readonly now: number;
  /** Messages of one cause only: the cause needs no column. */
  readonly isOneCause: boolean;
}

export function useBadmailColumns({ now, isOneCause }: BadmailColumnsOptions): Column<MessageRow>[] {
  const styles = useStyles();
  const quiet = (text: string) => <span className={styles.quiet}>{text}</span>;
  const cause: Column<MessageRow> = {
    id: 'cause',
    title: 'Cause',
    width: 176,
    text: (row) => causeTitle(causeOf(row)),
    render: (row) => causeTitle(causeOf(row)),
  };
  return [
    ...(isOneCause ? [] : [cause]),
    {
      id: 'reason',
      title: 'Reason',
      width: 200,
      isGrowing: true,
      text: (row) => row.reason ?? 'None is recorded.',
      exported: { text: (row) => row.reason ?? '' },
      render: (row) => row.reason ?? quiet('None is recorded'),
    },
    {
      id: 'sender',
      title: 'Sender',
      width: 140,
      text: (row) => (row.sender === '' ? '<> (a notification, or unknown)' : row.sender),
      exported: { text: (row) => formatSender(row.sender) },
      render: (row) => <MiddleText text={formatSender(row.sender)} />,
    },
    {
      id: 'recipients',
      title: 'Recipients',
      width: 160,
      text: ({ recipients }) =>
        recipients.slice(0, 20).join(', ') +
        (recipients.length > 20 ? ` and ${recipients.length - 20} more` : ''),
      exported: { text: ({ recipients }) => recipients.join(', ') },
      render: ({ recipients: [first, ...others] }) =>
        first === undefined ? (
          quiet('Nobody')
        ) : (
          <MiddleText text={others.length === 0 ? first : `${first} +${others.length}`} />
        ),
    },
    {
      id: 'subject',
      title: 'Subject',
      width: 150,
      text: (row) => row.subject,
      render: (row) => (row.subject === '' ? quiet('No subject') : row.subject),
    },
    {
      id: 'size',
      title: 'Size',
      width: 76,
      align: 'end',
      text: (row) => `${row.sizeBytes.toLocaleString()} bytes`,
      exported: { title: 'Size (bytes)', text: (row) => String(row.sizeBytes) },
      render: (row) => formatSize(row.sizeBytes),
    },
    {
      id: 'received',
      title: 'When',
      width: 112,
      align: 'end',
      text: (row) => formatFullTime(row.receivedAt),
      exported: { text: (row) => formatSortableTime(row.receivedAt) },
      render: (row) => formatTime(row.receivedAt, now),
    },
  ];
}
