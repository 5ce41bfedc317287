/** The first tab of a dead message: why it lies here, whom it concerns, what to do. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import { formatFullTime, formatSender } from '../ui/format';
import { ScrollRegion } from '../ui/scroll-region';
import { describeBadmail } from './badmail-words';

const maxShownRecipients = 100;

const useStyles = makeStyles({
  root: { padding: tokens.spacingHorizontalM },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  list: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    margin: `${tokens.spacingVerticalM} 0 0`,
    maxWidth: '90ch',
    '& dt': { color: tokens.colorNeutralForeground2 },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  verbatim: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

/** Only a notification has the null sender; a Pickup file without one has none that could be read. */
function describeSender({ sender, cause }: MessageRow): string {
  if (sender !== '') return formatSender(sender);
  return cause === 'bad-pickup-file' || cause === 'no-recipients' || cause === 'damaged-queue-file'
    ? 'Unknown'
    : '<> (nobody is told when it fails)';
}

export function WhyPart({ row }: { readonly row: MessageRow }): ReactElement {
  const styles = useStyles();
  const words = describeBadmail(row.cause);
  return (
    <ScrollRegion label="Why">
      <div className={styles.root}>
        <h3 className={styles.title}>{words.title}</h3>
        <dl className={styles.list}>
          <dt>What happened</dt>
          <dd>{words.explanation}</dd>
          <dt>Reason</dt>
          <dd className={styles.verbatim}>{row.reason ?? 'None is recorded.'}</dd>
          <dt>Sender</dt>
          <dd>{describeSender(row)}</dd>
          <dt>Recipients</dt>
          <dd>
            {row.recipients.length === 0 && 'Nobody'}
            {row.recipients.slice(0, maxShownRecipients).map((address) => (
              <div key={address}>{address}</div>
            ))}
            {row.recipients.length > maxShownRecipients && (
              <div>and {row.recipients.length - maxShownRecipients} more</div>
            )}
          </dd>
          <dt>When</dt>
          <dd>{formatFullTime(row.receivedAt)}</dd>
          <dt>What to do</dt>
          <dd>{words.advice}</dd>
        </dl>
      </div>
    </ScrollRegion>
  );
}
