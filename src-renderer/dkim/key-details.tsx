/** How the selected key stands, and what DNS says of its domain. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { DkimKeyRow, DomainPolicy } from '../../src-main/api/contract';
import { adviceOf, isPublished, standingOf } from './key-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  facts: {
    display: 'grid',
    gridTemplateColumns: '112px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

export interface Policies {
  readonly spf: DomainPolicy;
  readonly dmarc: DomainPolicy;
}

export interface KeyDetailsProps {
  readonly row: DkimKeyRow;
  /** Of its domain; undefined: not asked for. */
  readonly policies: Policies | undefined;
}

const intents = { good: 'success', waiting: 'info', warning: 'warning', bad: 'error' } as const;

export function KeyDetails({ row, policies }: KeyDetailsProps): ReactElement {
  const styles = useStyles();
  const { name, lastCheck } = row;
  const hasOther = lastCheck !== undefined && !isPublished(row) && lastCheck.found.length > 0;
  return (
    <div className={styles.root}>
      <MessageBar intent={intents[standingOf(row)]} layout="multiline">
        <MessageBarBody>{adviceOf(row)}</MessageBarBody>
      </MessageBar>
      <dl className={styles.facts}>
        <dt className={styles.name}>Name in DNS</dt>
        <dd className={styles.value}>
          <span className={styles.code}>{name}</span>
        </dd>
        {hasOther && (
          <>
            <dt className={styles.name}>Found there</dt>
            {lastCheck.found.map((text) => (
              <dd key={text} className={styles.value} style={{ gridColumn: 2 }}>
                <span className={styles.code}>{text}</span>
              </dd>
            ))}
          </>
        )}
        {policies !== undefined && (
          <>
            <dt className={styles.name}>SPF</dt>
            <dd className={styles.value}>{policies.spf.text}</dd>
            <dt className={styles.name}>DMARC</dt>
            <dd className={styles.value}>{policies.dmarc.text}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
