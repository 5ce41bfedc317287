/** Everything about one certificate, and what should be done about it. */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  Tooltip,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { formatFullTime } from '../ui/format';
import { useCopy } from '../ui/use-copy';
import { describeKey, describeUse, judgeCertificate } from './certificate-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  facts: {
    display: 'grid',
    gridTemplateColumns: '112px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    alignItems: 'baseline',
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

export interface CertificateDetailsProps {
  readonly row: CertificateRow;
  readonly servers: readonly { readonly id: number; readonly name: string }[];
  readonly now: number;
  readonly onShowRequest: (() => void) | undefined;
}

export function CertificateDetails(props: CertificateDetailsProps): ReactElement {
  const { row, servers, now, onShowRequest } = props;
  const styles = useStyles();
  const { standing, advice } = judgeCertificate(row, now);
  const isWaiting = row.state === 'requested' || row.isRenewalRequested;
  return (
    <div className={styles.root}>
      {standing !== 'good' && (
        <MessageBar intent={standing === 'bad' ? 'error' : 'warning'}>
          <MessageBarBody>{advice}</MessageBarBody>
        </MessageBar>
      )}
      {isWaiting && (
        <MessageBar intent="info">
          <MessageBarBody>
            {row.state === 'requested'
              ? 'The request waits for the answer of the authority.'
              : 'A renewal was requested. This certificate stays in use until the answer is installed.'}
          </MessageBarBody>
          {onShowRequest !== undefined && (
            <MessageBarActions>
              <Button size="small" onClick={onShowRequest}>
                Show Request…
              </Button>
            </MessageBarActions>
          )}
        </MessageBar>
      )}
      <dl className={styles.facts}>
        <Fact name="Issued to">{row.names.join(', ')}</Fact>
        <Fact name="Subject">{row.subject}</Fact>
        {row.state === 'ready' && (
          <Fact name="Issued by">{row.isSelfSigned ? 'Itself (self-signed)' : row.issuer}</Fact>
        )}
        {row.notBefore !== undefined && row.notAfter !== undefined && (
          <Fact name="Valid">
            {formatFullTime(row.notBefore)} to {formatFullTime(row.notAfter)}
          </Fact>
        )}
        <Fact name="Key">{describeKey(row)}</Fact>
        {row.fingerprint !== undefined && (
          <Fact name="Fingerprint">
            <Fingerprint text={row.fingerprint} />
          </Fact>
        )}
        <Fact name="Used by">{describeUse(row, servers) || 'No virtual server'}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </>
  );
}

/** Where the page may not write to the clipboard the text can be selected. */
function Fingerprint({ text }: { readonly text: string }): ReactElement {
  const styles = useStyles();
  const { copied, copy, forget } = useCopy();
  const isCopied = copied === text;
  return (
    <>
      <span className={styles.code}>SHA-256 {text}</span>{' '}
      <Tooltip content={isCopied ? 'Copied' : 'Copy the fingerprint'} relationship="label">
        <Button
          appearance="subtle"
          size="small"
          icon={isCopied ? <CheckmarkRegular fontSize={14} /> : <CopyRegular fontSize={14} />}
          onClick={() => copy(text, 'Fingerprint')}
          onBlur={forget}
        />
      </Tooltip>
    </>
  );
}
