/** Columns of Drop and of Badmail. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { Attach16Regular, Circle12Filled, Circle12Regular } from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatFullTime, formatSender, formatSize, formatSortableTime, formatTime } from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import { describeBadmail } from './badmail-words';
import { summariseRecipients } from './recipients';

const useStyles = makeStyles({
  dot: { fontSize: '8px', color: tokens.colorBrandForeground1, display: 'block' },
  headerDot: { fontSize: '8px', display: 'block' },
  clip: { color: tokens.colorNeutralForeground2, display: 'block' },
  unread: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3 },
});

export interface MailColumnsOptions {
  readonly isUnread: (row: MessageRow) => boolean;
  /** For "today". */
  readonly now: number;
}

export function useDropColumns({ isUnread, now }: MailColumnsOptions): Column<MessageRow>[] {
  const styles = useStyles();
  const emphasised = (row: MessageRow, text: ReactNode): ReactNode =>
    isUnread(row) ? <span className={styles.unread}>{text}</span> : text;
  return [
    {
      id: 'unread',
      title: 'New',
      width: 30,
      icon: <Circle12Regular className={styles.headerDot} />,
      text: (row) => (isUnread(row) ? 'Not opened yet' : ''),
      render: (row) => isUnread(row) && <Circle12Filled className={styles.dot} aria-label="Not opened yet" />,
    },
    {
      id: 'from',
      title: 'From',
      width: 220,
      text: fromOf,
      render: (row) => emphasised(row, <From text={fromOf(row)} />),
    },
    recipientsColumn('To (envelope)'),
    {
      ...subjectColumn(styles.quiet),
      render: (row) => emphasised(row, row.subject === '' ? <Quiet className={styles.quiet} /> : row.subject),
    },
    {
      id: 'attachments',
      title: 'Attachments',
      width: 32,
      icon: <Attach16Regular className={styles.clip} />,
      text: (row) => (row.hasAttachments ? 'Has attachments' : ''),
      render: (row) =>
        row.hasAttachments && <Attach16Regular className={styles.clip} aria-label="Has attachments" />,
    },
    sizeColumn,
    timeColumn('Received', now),
  ];
}

export function useBadmailColumns({ now }: { readonly now: number }): Column<MessageRow>[] {
  const styles = useStyles();
  return [
    {
      id: 'cause',
      title: 'Cause',
      width: 190,
      text: (row) =>
        `${describeBadmail(row.cause).title}${row.reason === undefined ? '' : `: ${row.reason}`}`,
      render: (row) => describeBadmail(row.cause).title,
    },
    {
      id: 'sender',
      title: 'Sender',
      width: 200,
      text: (row) => formatSender(row.sender),
      render: (row) => <MiddleText text={formatSender(row.sender)} />,
    },
    recipientsColumn('Recipients'),
    subjectColumn(styles.quiet),
    sizeColumn,
    timeColumn('When', now),
  ];
}

const fromOf = (row: MessageRow): string => (row.from === '' ? formatSender(row.sender) : row.from);

/** A name leads and its end may go; a bare address keeps both ends. */
function From({ text }: { readonly text: string }): ReactNode {
  return text.includes('<') && text.length > 2 ? text : <MiddleText text={text} />;
}

function recipientsColumn(title: string): Column<MessageRow> {
  return {
    id: 'recipients',
    title,
    width: 220,
    // A tooltip of ten thousand addresses helps nobody.
    text: (row) => row.recipients.slice(0, 20).join(', ') + (row.recipients.length > 20 ? ', …' : ''),
    exported: { text: (row) => row.recipients.join(', ') },
    render: (row) => <MiddleText text={summariseRecipients(row.recipients)} />,
  };
}

function subjectColumn(quiet: string): Column<MessageRow> {
  return {
    id: 'subject',
    title: 'Subject',
    width: 180,
    isGrowing: true,
    text: (row) => row.subject,
    render: (row) => (row.subject === '' ? <Quiet className={quiet} /> : row.subject),
  };
}

function Quiet({ className }: { readonly className: string }): ReactElement {
  return <span className={className}>No subject</span>;
}

const sizeColumn: Column<MessageRow> = {
  id: 'size',
  title: 'Size',
  width: 84,
  align: 'end',
  text: (row) => `${row.sizeBytes.toLocaleString()} bytes`,
  exported: { title: 'Size (bytes)', text: (row) => String(row.sizeBytes) },
  render: (row) => formatSize(row.sizeBytes),
};

function timeColumn(title: string, now: number): Column<MessageRow> {
  return {
    id: 'received',
    title,
    width: 118,
    align: 'end',
    text: (row) => formatFullTime(row.receivedAt),
    exported: { text: (row) => formatSortableTime(row.receivedAt) },
    render: (row) => formatTime(row.receivedAt, now),
  };
}
