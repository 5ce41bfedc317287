/** The head of a message: subject, from whom, to whom by the envelope, when, how large. */
import { Button, makeStyles, Tooltip, tokens } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import type { MailSummary } from '../../src-main/mail-content';
import { useNow } from '../ui/clock';
import { formatCount, formatFullTime, formatSender, formatSize, formatTime } from '../ui/format';
import { compareRecipients } from './recipients';

/** As many are shown until the person asks for all. */
const fewRecipients = 3;
const maxShownRecipients = 200;

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'flex-start',
    gap: tokens.spacingHorizontalL,
    flexShrink: 0,
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
  line: { overflowWrap: 'anywhere', maxHeight: '7.5em', overflowY: 'auto' },
  quiet: { color: tokens.colorNeutralForeground2 },
  mark: {
    marginLeft: tokens.spacingHorizontalXS,
    padding: `0 ${tokens.spacingHorizontalXS}`,
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    boxDecorationBreak: 'clone',
  },
  actions: {
    display: 'flex',
    flexShrink: 0,
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    maxWidth: '60%',
    gap: tokens.spacingHorizontalS,
  },
});

export interface MessageSummaryProps {
  readonly row: MessageRow;
  /** undefined until it is parsed. */
  readonly summary: MailSummary | undefined;
  /** A message from a file has only a header. Default: true. */
  readonly isEnvelopeKnown?: boolean;
  readonly actions: ReactNode;
}

export function MessageSummary({
  row,
  summary,
  isEnvelopeKnown = true,
  actions,
}: MessageSummaryProps): ReactElement {
  const styles = useStyles();
  const now = useNow(60_000);
  const [isAllShown, setIsAllShown] = useState(false);
  const recipients = compareRecipients(
    row.recipients,
    isEnvelopeKnown && summary !== undefined ? namedIn(summary) : undefined,
  );
  const shown = recipients.slice(0, isAllShown ? maxShownRecipients : fewRecipients);
  const others = recipients.length - shown.length;
  const hidden = recipients.slice(shown.length).filter((recipient) => recipient.isEnvelopeOnly).length;
  const from = summary?.from?.address ?? '';
  return (
    <header className={styles.root}>
      <div className={styles.words}>
        <h2 className={styles.subject} title={row.subject}>
          {row.subject === '' ? <span className={styles.noSubject}>No subject</span> : row.subject}
        </h2>
        <div className={styles.line}>
          {row.from === '' ? formatSender(row.sender) : row.from}
          {from !== '' && from.toLowerCase() !== row.sender.toLowerCase() && (
            <Tooltip content="Sender of the envelope: returns go there." relationship="description">
              <span className={styles.mark}>envelope {formatSender(row.sender)}</span>
            </Tooltip>
          )}
          {' → '}
          {recipients.length === 0 && 'nobody'}
          {shown.map((recipient, index) => (
            <span key={recipient.address}>
              {index > 0 && ', '}
              {recipient.address}
              {recipient.isEnvelopeOnly && (
                <Tooltip content="Not named in To or Cc, as with a blind copy." relationship="description">
                  <span className={styles.mark}>envelope only</span>
                </Tooltip>
              )}
            </span>
          ))}
          {others > 0 && (
            <Button size="small" appearance="transparent" onClick={() => setIsAllShown(true)}>
              {others} more{hidden > 0 ? `, ${hidden} by envelope only` : ''}
            </Button>
          )}
        </div>
        <div className={styles.quiet}>
          {row.receivedAt > 0 && (
            <>
              <span title={formatFullTime(row.receivedAt)}>{formatTime(row.receivedAt, now)}</span>
              {' · '}
            </>
          )}
          {formatSize(row.sizeBytes)}
          {summary !== undefined && describeAttachments(summary.attachments)}
        </div>
      </div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}

const fewAttachments = 3;

/** " · 2 attachments: a.pdf (12.0 KB), b.png (3.1 KB)"; pictures of the HTML are none. Pure. */
export function describeAttachments(all: MailSummary['attachments']): string {
  const attached = all.filter(({ isInline }) => !isInline);
  if (attached.length === 0) return '';
  const named = attached
    .slice(0, fewAttachments)
    .map(({ name, type, sizeBytes }) => `${name.slice(0, 80) || type} (${formatSize(sizeBytes)})`)
    .join(', ');
  const rest = attached.length > fewAttachments ? ', …' : '';
  return ` · ${formatCount(attached.length, 'attachment')}: ${named}${rest}`;
}

/** Whom the header names. */
const namedIn = ({ to, cc, bcc }: MailSummary): string[] =>
  [...to, ...cc, ...bcc].map(({ address }) => address.toLowerCase());
