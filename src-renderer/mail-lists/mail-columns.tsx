/** Columns of lists of mail. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  Attach16Regular,
  Circle12Filled,
  Circle12Regular,
  Star16Filled,
  Star16Regular,
} from '@fluentui/react-icons';
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import type { Column } from '../ui/data-list';
import {
  formatCount,
  formatFullTime,
  formatSender,
  formatSize,
  formatSortableTime,
  formatTime,
} from '../ui/format';
import { MiddleText } from '../ui/middle-text';
import { describeDay, type ListedMail, type ListRow } from './listed-mail';

const useStyles = makeStyles({
  dot: { fontSize: '8px', color: tokens.colorBrandForeground1, display: 'block' },
  headerDot: { fontSize: '8px', display: 'block' },
  clip: { color: tokens.colorNeutralForeground2, display: 'block' },
  unread: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3 },
  day: { fontWeight: tokens.fontWeightSemibold, color: tokens.colorNeutralForeground2 },
  star: {
    display: 'flex',
    border: 'none',
    padding: 0,
    background: 'none',
    cursor: 'pointer',
    color: tokens.colorNeutralForeground3,
    ':disabled': { cursor: 'default' },
  },
  conversation: {
    border: 'none',
    padding: 0,
    marginInlineEnd: tokens.spacingHorizontalS,
    background: 'none',
    font: 'inherit',
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorBrandForegroundLink,
    cursor: 'pointer',
    ':hover': { color: tokens.colorBrandForegroundLinkHover, textDecorationLine: 'underline' },
  },
  starred: { color: tokens.colorPaletteMarigoldForeground2 },
  tag: {
    paddingInline: tokens.spacingHorizontalXS,
    marginInlineEnd: tokens.spacingHorizontalXS,
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightRegular,
  },
  snippet: { color: tokens.colorNeutralForeground3, fontWeight: tokens.fontWeightRegular },
});

export interface MailColumnsOptions {
  /** For "today". */
  readonly now: number;
  /** Undefined: this person may not change marks. */
  readonly onStar: ((mail: ListedMail) => void) | undefined;
  /** Leads to all messages of a row's conversation. */
  readonly onConversation?: ((mail: ListedMail) => void) | undefined;
  /** Where a message lies, for lists of more than one folder; undefined: not shown. */
  readonly placeOf?: (mail: ListedMail) => string;
  /** Default: "Where". Named otherwise it tells more than a place, and gets the room there is. */
  readonly placeTitle?: string;
}

export function useMailColumns(options: MailColumnsOptions): Column<ListRow>[] {
  const { now, onStar, onConversation, placeOf, placeTitle } = options;
  const isPlaceLong = placeTitle !== undefined;
  const styles = useStyles();
  const isUnread = ({ marks }: ListedMail): boolean => marks?.isRead === false;
  const emphasised = (mail: ListedMail, text: ReactNode): ReactNode =>
    isUnread(mail) ? <span className={styles.unread}>{text}</span> : text;
  const star = (mail: ListedMail): ReactElement => {
    const isStarred = mail.marks?.isStarred === true;
    const toggle = (event: MouseEvent): void => {
      // Starring is no selecting.
      event.stopPropagation();
      onStar?.(mail);
    };
    return (
      <button
        type="button"
        tabIndex={-1}
        disabled={onStar === undefined || mail.marks === undefined}
        aria-pressed={isStarred}
        aria-label="Star"
        className={mergeClasses(styles.star, isStarred && styles.starred)}
        onClick={toggle}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        {isStarred ? <Star16Filled /> : <Star16Regular />}
      </button>
    );
  };
  const columns: MailColumn[] = [
    {
      id: 'star',
      title: 'Star',
      width: 30,
      icon: <Star16Regular className={styles.clip} />,
      text: ({ marks }) => (marks?.isStarred === true ? 'Starred' : ''),
      render: star,
    },
    {
      id: 'unread',
      title: 'New',
      width: 28,
      icon: <Circle12Regular className={styles.headerDot} />,
      text: (mail) => (isUnread(mail) ? 'Not opened yet' : ''),
      render: (mail) =>
        isUnread(mail) && <Circle12Filled className={styles.dot} aria-label="Not opened yet" />,
    },
    {
      id: 'from',
      title: 'From',
      width: isPlaceLong ? 160 : placeOf === undefined ? 210 : 190,
      isSortable: true,
      text: fromOf,
      render: (mail) => emphasised(mail, <From text={fromOf(mail)} />),
      day: ({ day, count }) => (
        <span className={styles.day}>
          {describeDay(day, now)} ({count.toLocaleString()})
        </span>
      ),
    },
    {
      id: 'recipients',
      title: 'To (envelope)',
      width: isPlaceLong ? 150 : placeOf === undefined ? 200 : 180,
      isSortable: true,
      // A tooltip of ten thousand addresses helps nobody.
      text: ({ row }) => row.recipients.slice(0, 20).join(', ') + (row.recipients.length > 20 ? ', …' : ''),
      exported: { text: ({ row }) => row.recipients.join(', ') },
      render: ({ row }) => <MiddleText text={summarise(row.recipients)} />,
    },
    {
      id: 'subject',
      title: 'Subject',
      width: isPlaceLong ? 140 : 180,
      isGrowing: !isPlaceLong,
      isSortable: true,
      text: ({ row, marks, found }) =>
        [row.subject, found?.snippet, marks?.tags.join(', ')].filter((part) => part).join(' · '),
      exported: { text: ({ row }) => row.subject },
      render: (mail) => (
        <>
          {mail.marks?.tags.map((tag) => (
            <span key={tag} className={styles.tag}>
              {tag}
            </span>
          ))}
          {(mail.found?.groupCount ?? 1) > 1 && (
            <button
              type="button"
              tabIndex={-1}
              className={styles.conversation}
              onClick={(event) => {
                event.stopPropagation();
                onConversation?.(mail);
              }}
              onDoubleClick={(event) => event.stopPropagation()}
            >
              {formatCount(mail.found?.groupCount ?? 0, 'message')}
            </button>
          )}
          {mail.row.subject === '' ? (
            <span className={styles.quiet}>No subject</span>
          ) : (
            emphasised(mail, mail.row.subject)
          )}
          {mail.found?.snippet !== undefined && (
            <span className={styles.snippet}> — {mail.found.snippet}</span>
          )}
        </>
      ),
    },
    {
      id: 'attachments',
      title: 'Attachments',
      width: 32,
      icon: <Attach16Regular className={styles.clip} />,
      text: ({ row }) => (row.hasAttachments ? 'Has attachments' : ''),
      render: ({ row }) =>
        row.hasAttachments && <Attach16Regular className={styles.clip} aria-label="Has attachments" />,
    },
    ...(placeOf === undefined
      ? []
      : [
          {
            id: 'place',
            title: placeTitle ?? 'Where',
            width: isPlaceLong ? 280 : 160,
            isGrowing: isPlaceLong,
            text: placeOf,
            render: placeOf,
          },
        ]),
    {
      id: 'size',
      title: 'Size',
      width: 84,
      align: 'end',
      isSortable: true,
      text: ({ row }) => `${row.sizeBytes.toLocaleString()} bytes`,
      exported: { title: 'Size (bytes)', text: ({ row }) => String(row.sizeBytes) },
      render: ({ row }) => formatSize(row.sizeBytes),
    },
    {
      id: 'received',
      title: 'Received',
      width: 118,
      align: 'end',
      isSortable: true,
      text: ({ row }) => formatFullTime(row.receivedAt),
      exported: { text: ({ row }) => formatSortableTime(row.receivedAt) },
      render: ({ row }) => formatTime(row.receivedAt, now),
    },
  ];
  return columns.map(ofAnyRow);
}

interface MailColumn extends Omit<Column<ListedMail>, 'sortValue'> {
  readonly day?: (line: Extract<ListRow, { kind: 'day' }>) => ReactNode;
}

/** The line of a day stands in one column; the others are empty there. */
function ofAnyRow({ day, render, text, exported, ...column }: MailColumn): Column<ListRow> {
  return {
    ...column,
    render: (row) => (row.kind === 'mail' ? render(row) : day?.(row)),
    text: (row) => (row.kind === 'mail' ? text(row) : ''),
    ...(exported !== undefined && {
      exported: { ...exported, text: (row: ListRow) => (row.kind === 'mail' ? exported.text(row) : '') },
    }),
  };
}

const fromOf = ({ row }: ListedMail): string => (row.from === '' ? formatSender(row.sender) : row.from);

/** A name leads and its end may go; a bare address keeps both ends. */
function From({ text }: { readonly text: string }): ReactNode {
  return text.includes('<') && text.length > 2 ? text : <MiddleText text={text} />;
}

/** "ann@corp.test", "ann@corp.test +2" */
function summarise(recipients: readonly string[]): string {
  const [first, ...others] = recipients;
  if (first === undefined) return 'Nobody';
  return others.length === 0 ? first : `${first} +${others.length}`;
}
