/** Contents of Connection and Relay restrictions: who may connect, and who may relay. They edit the draft of the sheet. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useSuggestions } from '../../../client';
import { ListSetting } from '../../address-list/list-setting';
import { findOwnSubnets, thisComputer } from '../../address-list/suggestions';
import { CheckSetting, RadioSetting } from '../../fields';
import { Remark } from './access-group';
import { useAccessDraft } from './use-access-draft';
import { describeConnection, describeRelay, takesLogIn } from './words';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, minHeight: '100%' },
  sentence: { margin: 0, color: tokens.colorNeutralForeground2 },
});

const modes = [
  { value: 'only', label: 'Only the list below' },
  { value: 'except', label: 'All except the list below' },
] as const;

export function ConnectionPage({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  const draft = useAccessDraft();
  const { text, warning } = describeConnection(draft);
  return (
    <div className={styles.whole}>
      <RadioSetting
        name="connectionMode"
        label="Which computers may connect to this virtual server"
        hint={false}
        choices={modes}
        columns={2}
      />
      <ListSetting
        name="connectionList"
        label="Connection list"
        serverId={serverId}
        empty={
          draft.connectionMode === 'only'
            ? { title: 'Nobody may connect', text: 'Add the computers that may.' }
            : { title: 'Every computer may connect', text: 'Add the computers that may not.' }
        }
      />
      {draft.connectionList.length > 0 && <p className={styles.sentence}>{text}</p>}
      <Remark meaning={warning === undefined ? {} : { warning }} />
    </div>
  );
}

export function RelayPage({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  const draft = useAccessDraft();
  const { text, error } = describeRelay(draft);
  const subnets = findOwnSubnets(useSuggestions().data?.networks ?? []);
  const quick = [
    { label: 'This computer', texts: thisComputer },
    {
      label: 'My subnets',
      texts: subnets,
      reasonAgainst:
        subnets.length === 0 ? 'This computer is in no subnet with private addresses.' : undefined,
    },
  ];
  return (
    <div className={styles.whole}>
      <RadioSetting
        name="relayMode"
        label="Which computers may relay through this virtual server"
        hint={false}
        choices={modes}
        columns={2}
      />
      <ListSetting
        name="relayList"
        label="Relay list"
        serverId={serverId}
        // On a list of those who may not relay they would be a trap.
        quick={draft.relayMode === 'only' ? quick : []}
        empty={
          draft.relayMode === 'only'
            ? {
                title: 'No computer may relay',
                text: 'Add the computers whose programs send mail to other domains.',
              }
            : { title: 'Every computer may relay', text: 'Add the computers that may not.' }
        }
      />
      <CheckSetting
        name="relaysForAuthenticated"
        hint={
          takesLogIn(draft)
            ? false
            : 'Nobody can log in now: only anonymous access is on under Authentication…'
        }
      />
      <p className={styles.sentence}>{text}</p>
      <Remark meaning={error === undefined ? {} : { error }} />
    </div>
  );
}
