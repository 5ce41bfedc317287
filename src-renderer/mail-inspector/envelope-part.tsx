/** The envelope: whom the message was really for, how it came, and what does not fit its header. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { skipToken, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { MessageEnvelope } from '../../src-main/api/contract';
import type { MailFields, MailSummary } from '../../src-main/mail-content';
import { readFault, useClient } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatCount, formatFullTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ScrollRegion } from '../ui/scroll-region';
import { describeDifferences, type HeaderAddresses, placeRecipients } from './envelope-words';
import type { MessageAddress } from './message-content';
import { usePartStyles } from './part-styles';

const maxShownRecipients = 1000;

const useStyles = makeStyles({
  root: { padding: tokens.spacingHorizontalM },
  list: {
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalL}`,
    margin: 0,
    maxWidth: '110ch',
    '& dt': { color: tokens.colorNeutralForeground2 },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  },
  differences: {
    margin: `0 0 ${tokens.spacingVerticalM}`,
    paddingLeft: tokens.spacingHorizontalL,
    color: tokens.colorNeutralForeground1,
  },
  recipients: { marginTop: tokens.spacingVerticalM },
  mono: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  only: {
    padding: `0 ${tokens.spacingHorizontalXS}`,
    borderRadius: tokens.borderRadiusSmall,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'nowrap',
  },
});

/** undefined `address`: a message that lies in no folder has none. */
export function useEnvelope(address: MessageAddress | undefined): UseQueryResult<MessageEnvelope> {
  const client = useClient();
  return useQuery({
    queryKey: ['message-envelope', address?.serverId, address?.folder, address?.id],
    queryFn:
      address === undefined ? skipToken : ({ signal }) => client.messages.envelope(address, { signal }),
    // Outcomes of a waiting message change.
    ...(address?.folder === 'queue' && { staleTime: 5_000 }),
  });
}

export function headerAddresses(summary: MailSummary, fields: MailFields): HeaderAddresses {
  const lower = (each: { readonly address: string }): string => each.address.toLowerCase();
  const returnPath = fields.fields.find(({ name }) => name.toLowerCase() === 'return-path')?.decoded;
  return {
    from: summary.from === undefined ? [] : [lower(summary.from)],
    to: summary.to.map(lower),
    cc: summary.cc.map(lower),
    bcc: summary.bcc.map(lower),
    returnPath: returnPath?.trim().replace(/^<|>$/g, ''),
  };
}

export interface EnvelopePartProps {
  readonly address: MessageAddress;
  readonly header: HeaderAddresses | undefined;
  readonly onShowTrace: ((queueId: string) => void) | undefined;
}

export function EnvelopePart({ address, header, onShowTrace }: EnvelopePartProps): ReactElement {
  const envelope = useEnvelope(address);
  if (envelope.data !== undefined)
    return <Envelope envelope={envelope.data} header={header} onShowTrace={onShowTrace} />;
  if (envelope.error !== null)
    return <EmptyState title="The envelope could not be read." text={readFault(envelope.error).text} />;
  return <LateSpinner label="Reading the envelope" />;
}

interface EnvelopeProps extends Omit<EnvelopePartProps, 'address'> {
  readonly envelope: MessageEnvelope;
}

const bodies = { '7bit': '7BIT', '8bitmime': '8BITMIME', binarymime: 'BINARYMIME' } as const;

function Envelope({ envelope, header, onShowTrace }: EnvelopeProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const differences = describeDifferences(envelope, header);
  const recipients = placeRecipients(envelope.recipients, header);
  const hasDsn = recipients.some(({ notify, orcpt }) => notify !== '' || orcpt !== '');
  const hasOutcome = recipients.some(({ outcome }) => outcome !== undefined);
  const { queueId } = envelope;
  const facts: [string, ReactNode][] = [
    ['Reverse-path', <span key="s" className={styles.mono}>{`<${envelope.sender}>`}</span>],
    ['Came by', envelope.source],
    ['Peer', envelope.peer],
    ['HELO', envelope.hello],
    ['Logged in as', envelope.account],
    ['Arrived', envelope.arrivedAt === undefined ? undefined : formatFullTime(envelope.arrivedAt)],
    ['BODY', envelope.body === undefined ? undefined : bodies[envelope.body]],
    ['SMTPUTF8', envelope.isUtf8 === true ? 'Yes' : undefined],
    ['RET', envelope.ret?.toUpperCase()],
    ['ENVID', envelope.envid],
    [
      'Queue ID',
      queueId === undefined ? undefined : (
        <>
          <span className={styles.mono}>{queueId}</span>{' '}
          {onShowTrace !== undefined && (
            <Button size="small" onClick={() => onShowTrace(queueId)}>
              Show trace
            </Button>
          )}
        </>
      ),
    ],
  ];
  return (
    <ScrollRegion label="Envelope of the message">
      <div className={styles.root}>
        {differences.length > 0 && (
          <ul className={styles.differences} aria-label="Envelope and header">
            {differences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        <dl className={styles.list}>
          {facts.map(([name, value]) =>
            value === undefined ? null : (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ),
          )}
        </dl>
      </div>
      <table className={parts.table} aria-label="Recipients">
        <thead>
          <tr>
            <th scope="col">{formatCount(recipients.length, 'recipient')}</th>
            <th scope="col">In the header</th>
            {hasDsn && <th scope="col">NOTIFY</th>}
            {hasDsn && <th scope="col">ORCPT</th>}
            {hasOutcome && <th scope="col">Outcome</th>}
          </tr>
        </thead>
        <tbody>
          {recipients.slice(0, maxShownRecipients).map((recipient, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an address may stand there twice.
            <tr key={index}>
              <td className={styles.mono}>{recipient.address}</td>
              <td>
                {recipient.places === undefined ? (
                  'Unknown'
                ) : recipient.places.length === 0 ? (
                  <span className={styles.only}>by envelope only</span>
                ) : (
                  recipient.places.join(', ')
                )}
              </td>
              {hasDsn && <td>{recipient.notify}</td>}
              {hasDsn && <td className={styles.mono}>{recipient.orcpt}</td>}
              {hasOutcome && <td>{recipient.outcome ?? 'waiting'}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {recipients.length > maxShownRecipients && (
        <div className={parts.note}>and {(recipients.length - maxShownRecipients).toLocaleString()} more</div>
      )}
    </ScrollRegion>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
