/** What the spam checker of the virtual server says, when it is asked. */
import { mergeClasses } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { readFault, useClient } from '../client';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { useCheckStyles } from './check-styles';
import { type CheckedMail, checkInput } from './checked-mail';
import { LevelIcon } from './level-icon';
import { usePartStyles } from './part-styles';

export interface SpamCheckProps {
  readonly message: CheckedMail;
  readonly serverId: number;
  /** Why this person may not ask; undefined: may. */
  readonly whyNot: string | undefined;
}

export function SpamCheck({ message, serverId, whyNot }: SpamCheckProps): ReactElement {
  const checks = useCheckStyles();
  const parts = usePartStyles();
  const client = useClient();
  const asking = useMutation({
    mutationFn: async () => client.checks.spam({ serverId, message: await checkInput(message) }),
  });
  const report = asking.data;
  const isSpam =
    report?.score !== undefined && report.score >= (report.threshold ?? Number.POSITIVE_INFINITY);
  const level = report?.state !== 'scored' ? 'unknown' : isSpam ? 'fault' : 'good';
  return (
    <section className={checks.section}>
      <h3 className={checks.title}>Spam score</h3>
      <div className={mergeClasses(checks.row, checks.gap)}>
        <ReasonedButton
          size="small"
          reason={whyNot ?? (asking.isPending ? 'The spam checker is being asked.' : undefined)}
          onClick={() => asking.mutate()}
        >
          Ask the spam checker
        </ReasonedButton>
        <span className={checks.quiet}>
          The message goes to the SpamAssassin or rspamd of the virtual server's properties.
        </span>
      </div>
      <div role="status" className={checks.row}>
        {asking.isPending && <LateSpinner label="Asking the spam checker" />}
        {asking.error && `The spam checker could not be asked: ${readFault(asking.error).text}`}
        {report && (
          <>
            <LevelIcon level={level} />
            {report.text}
          </>
        )}
      </div>
      {report && report.rules.length > 0 && (
        <table className={parts.table}>
          <thead>
            <tr>
              <th scope="col" className={parts.number}>
                Points
              </th>
              <th scope="col">Rule</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {report.rules.map(({ name, score, text }) => (
              <tr key={name}>
                <td className={parts.number}>{score}</td>
                <td>{name}</td>
                <td>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
