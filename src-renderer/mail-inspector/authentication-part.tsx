/** The Authentication tab: who the message is really from. DNS is asked by a button, or where a person chose so. */
import { Button, makeStyles, mergeClasses, Switch, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { AuthenticationResult } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { recall, remember } from '../ui/remembered';
import { ScrollRegion } from '../ui/scroll-region';
import { useCheckStyles } from './check-styles';
import { type CheckedMail, checkInput, checkKey, isTooLarge } from './checked-mail';
import { LevelIcon } from './level-icon';
import { usePartStyles } from './part-styles';

export interface AuthenticationPartProps {
  readonly message: CheckedMail;
  /** Virtual server whose DNS is asked. */
  readonly serverId: number;
}

const rememberedKey = 'authentication.onOpen';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

const methodWords = {
  spf: ['SPF', 'May the host that brought it send mail for the sender?'],
  dkim: ['DKIM', 'Did a domain sign it, and is it unchanged?'],
  dmarc: ['DMARC', 'Is the address in From proved?'],
  arc: ['ARC', 'What did forwarders find?'],
} as const;

const resultWords: Record<
  AuthenticationResult['result'],
  readonly ['good' | 'fault' | 'warning' | 'unknown', string]
> = {
  pass: ['good', 'Pass'],
  fail: ['fault', 'Fail'],
  softfail: ['warning', 'Soft fail'],
  neutral: ['unknown', 'Neutral'],
  none: ['unknown', 'None'],
  policy: ['warning', 'Not accepted'],
  temperror: ['warning', 'No answer'],
  permerror: ['fault', 'Unusable'],
  'not-checked': ['unknown', 'Not checked'],
};

const useStyles = makeStyles({
  method: { width: '104px' },
  result: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, whiteSpace: 'nowrap' },
  resultColumn: { width: '128px' },
  domain: { width: '220px' },
  rows: { maxWidth: '120ch' },
  methodName: { fontWeight: tokens.fontWeightSemibold, color: tokens.colorNeutralForeground1 },
});

export function AuthenticationPart({ message, serverId }: AuthenticationPartProps): ReactElement {
  const client = useClient();
  const checks = useCheckStyles();
  const parts = usePartStyles();
  const [isAlways, setIsAlways] = useState(() => recall(rememberedKey, isBoolean) ?? false);
  const key = ['authentication', serverId, ...checkKey(message)];
  const [asked, setAsked] = useState<string | undefined>(undefined);
  const asksDns = isAlways || asked === key.join(' ');
  const isLarge = isTooLarge(message);
  const found = useQuery({
    queryKey: [...key, asksDns],
    enabled: !isLarge,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => {
      // Nothing of the message is needed to say that nothing was asked.
      const input = asksDns ? await checkInput(message) : { contentBase64: '' };
      return client.checks.authentication({ serverId, asksDns, message: input }, { signal });
    },
  });
  if (isLarge)
    return (
      <EmptyState title="The message is too large to be checked." text="Messages up to 32 MB are checked." />
    );
  const choose = (isOn: boolean): void => {
    setIsAlways(isOn);
    remember(rememberedKey, isOn);
  };
  const isChecking = asksDns && found.isFetching;
  const checkedAt = found.data?.checkedAt;
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <Button
          size="small"
          disabledFocusable={isChecking}
          onClick={() => {
            if (isChecking) return;
            if (asksDns) void found.refetch();
            else setAsked(key.join(' '));
          }}
        >
          {checkedAt === undefined ? 'Check now (asks DNS)' : 'Check again (asks DNS)'}
        </Button>
        <span role="status">
          {isChecking
            ? 'Asking DNS…'
            : checkedAt === undefined
              ? 'The owners of the domains can see the question.'
              : `Checked ${formatFullTime(checkedAt)}`}
        </span>
        <Switch
          className={parts.push}
          label="Check when a message is opened"
          labelPosition="before"
          checked={isAlways}
          onChange={(_, data) => choose(data.checked)}
        />
      </div>
      <ScrollRegion label="Authentication">
        {found.error !== null ? (
          <EmptyState
            title="The message could not be checked."
            text={readFault(found.error).text}
            action={<Button onClick={() => void found.refetch()}>Check again</Button>}
          />
        ) : found.data ? (
          <ResultTable results={found.data.results} />
        ) : (
          <LateSpinner label="Checking the message" />
        )}
        {found.data && checkedAt === undefined && !isChecking && (
          <div className={mergeClasses(parts.note, checks.quiet)}>
            Nothing was asked yet. Checking looks the keys and policies up that the message names.
          </div>
        )}
      </ScrollRegion>
    </div>
  );
}

function ResultTable({ results }: { readonly results: readonly AuthenticationResult[] }): ReactElement {
  const parts = usePartStyles();
  const styles = useStyles();
  return (
    <table className={mergeClasses(parts.table, styles.rows)}>
      <thead>
        <tr>
          <th scope="col" className={styles.method}>
            Method
          </th>
          <th scope="col" className={styles.resultColumn}>
            Result
          </th>
          <th scope="col" className={styles.domain}>
            Domain
          </th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {results.map((each, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a domain may have signed several times, and rows never move.
          <ResultRow key={index} result={each} />
        ))}
      </tbody>
    </table>
  );
}

function ResultRow({ result: each }: { readonly result: AuthenticationResult }): ReactElement {
  const checks = useCheckStyles();
  const styles = useStyles();
  const { method, result, domain, selector, isAligned, text } = each;
  const [name, question] = methodWords[method];
  const [level, word] = resultWords[result];
  return (
    <tr>
      <th scope="row" title={question}>
        <span className={styles.methodName}>{name}</span>
      </th>
      <td>
        <span className={styles.result}>
          <LevelIcon level={level} />
          {word}
        </span>
      </td>
      <td>
        <div>{domain}</div>
        {selector !== undefined && <div className={checks.quiet}>Selector {selector}</div>}
        {isAligned === false && result === 'pass' && (
          <div className={checks.quiet}>Not the domain of From</div>
        )}
      </td>
      <td>{result === 'not-checked' && text === 'Not checked yet.' ? question : text}</td>
    </tr>
  );
}
