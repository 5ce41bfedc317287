/** The Checks tab: what receivers will make of a message. Nobody is asked until a button is pressed. */
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { readFault, useClient, useMe } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatCount, formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ScrollRegion } from '../ui/scroll-region';
import { useCheckStyles } from './check-styles';
import { countLevels } from './check-words';
import { type CheckedMail, checkInput, checkKey, isTooLarge } from './checked-mail';
import { ClientScores } from './client-scores';
import { FindingGroups } from './finding-groups';
import { LevelIcon } from './level-icon';
import { LinkChecks } from './link-checks';
import { usePartStyles } from './part-styles';
import { SpamCheck } from './spam-check';

export interface ChecksPartProps {
  readonly message: CheckedMail;
  /** Virtual server whose spam checker is asked. */
  readonly serverId: number;
}

/** A message does not change; its report stays while it may be looked at again. */
const keptMs = 5 * 60_000;

export function ChecksPart({ message, serverId }: ChecksPartProps): ReactElement {
  const client = useClient();
  const checks = useCheckStyles();
  const parts = usePartStyles();
  const me = useMe();
  const isLarge = isTooLarge(message);
  const report = useQuery({
    queryKey: ['checks', ...checkKey(message)],
    enabled: !isLarge,
    gcTime: keptMs,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => client.checks.run({ message: await checkInput(message) }, { signal }),
  });
  if (isLarge)
    return (
      <EmptyState title="The message is too large to be checked." text="Messages up to 32 MB are checked." />
    );
  if (report.error !== null)
    return (
      <EmptyState
        title="The message could not be checked."
        text={readFault(report.error).text}
        action={<Button onClick={() => void report.refetch()}>Check again</Button>}
      />
    );
  if (!report.data) return <LateSpinner label="Checking the message" />;
  const { findings, clients, links, sizes, remoteImages, clientDataOf } = report.data;
  const whyNot = me.data?.role === 'viewer' ? 'Viewers may not ask other hosts.' : undefined;
  return (
    <div className={parts.column}>
      <div className={parts.bar}>
        <LevelIcon level={findings[0]?.level ?? 'good'} />
        <span>{countLevels(findings)}</span>
        <span className={parts.push}>
          {formatSize(sizes.total)}: HTML {formatSize(sizes.html)}, pictures {formatSize(sizes.images)},
          attachments {formatSize(sizes.attachments)}
          {remoteImages.length > 0 && `, ${formatCount(remoteImages.length, 'remote picture')}`}
        </span>
      </div>
      <ScrollRegion label="Checks">
        <div className={checks.body}>
          {findings.length === 0 ? (
            <div className={checks.quiet}>
              Header, lines, encoding, links and HTML are as receivers want them.
            </div>
          ) : (
            <FindingGroups key={checkKey(message).join(' ')} findings={findings} />
          )}
          {clients.length > 0 && <ClientScores clients={clients} dataOf={clientDataOf} />}
          {links.length > 0 && (
            <LinkChecks
              key={`links ${checkKey(message).join(' ')}`}
              message={message}
              links={links}
              whyNot={whyNot}
            />
          )}
          <SpamCheck
            key={`spam ${checkKey(message).join(' ')}`}
            message={message}
            serverId={serverId}
            whyNot={whyNot}
          />
        </div>
      </ScrollRegion>
    </div>
  );
}
