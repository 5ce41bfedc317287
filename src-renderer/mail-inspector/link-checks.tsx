/** Links of a message, what is wrong with each, and on request whether their pages are there. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { LinkResult } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ReasonedButton } from '../ui/reasoned-button';
import { useCheckStyles } from './check-styles';
import { type CheckedMail, checkInput } from './checked-mail';
import { LevelIcon } from './level-icon';
import { usePartStyles } from './part-styles';

const states = {
  'not-checked': ['unknown', 'Not asked'],
  good: ['good', 'There'],
  broken: ['fault', 'Broken'],
  blocked: ['warning', 'Not asked'],
  unreachable: ['warning', 'No answer'],
} as const;

const useStyles = makeStyles({
  state: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, whiteSpace: 'nowrap' },
  url: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  stateColumn: { width: '120px' },
});

export interface LinkChecksProps {
  readonly message: CheckedMail;
  /** As they stand, nobody asked. */
  readonly links: readonly LinkResult[];
  /** Why this person may not ask; undefined: may. */
  readonly whyNot: string | undefined;
}

export function LinkChecks({ message, links, whyNot }: LinkChecksProps): ReactElement {
  const checks = useCheckStyles();
  const parts = usePartStyles();
  const styles = useStyles();
  const client = useClient();
  const asking = useMutation({
    mutationFn: async () => (await client.checks.links({ message: await checkInput(message) })).links,
  });
  const shown = asking.data ?? links;
  const broken = asking.data?.filter(({ state }) => state === 'broken').length ?? 0;
  return (
    <section className={checks.section}>
      <h3 className={checks.title}>Links</h3>
      <div className={mergeClasses(checks.row, checks.gap)}>
        <ReasonedButton
          size="small"
          reason={whyNot ?? (asking.isPending ? 'The hosts are being asked.' : undefined)}
          onClick={() => asking.mutate()}
        >
          Check links
        </ReasonedButton>
        <span className={checks.quiet}>
          This asks the hosts of the links for their pages; they see the address of this computer. Private
          addresses are never asked.
        </span>
      </div>
      <div role="status">
        {asking.isPending && <LateSpinner label="Asking the hosts" />}
        {asking.data && (broken === 0 ? 'No link is broken.' : `${formatCount(broken, 'link')} broken.`)}
        {asking.error && `The links could not be checked: ${readFault(asking.error).text}`}
      </div>
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col" className={styles.stateColumn}>
              State
            </th>
            <th scope="col">Link</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((link, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an address may stand under several texts, and never moves.
            <LinkRow key={index} link={link} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LinkRow({ link }: { readonly link: LinkResult }): ReactElement {
  const checks = useCheckStyles();
  const styles = useStyles();
  const { url, text, state, detail, isMisleading } = link;
  const [level, word] = isMisleading ? (['fault', 'Misleading'] as const) : states[state];
  return (
    <tr>
      <td>
        <span className={styles.state}>
          <LevelIcon level={level} />
          {word}
        </span>
      </td>
      <td>
        {text !== '' && text !== url && <div>{text}</div>}
        <div className={styles.url}>{url === '' ? '(empty)' : url}</div>
        {detail !== '' && <div className={checks.quiet}>{detail}</div>}
      </td>
    </tr>
  );
}
