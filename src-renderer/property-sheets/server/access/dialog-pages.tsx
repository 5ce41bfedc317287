/** Contents of the four dialogs of the Access tab. They edit the draft of the sheet. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useSuggestions } from '../../../client';
import { AddressList } from '../../address-list/address-list';
import { findOwnSubnets, thisComputer } from '../../address-list/suggestions';
import { FaultLine } from '../../field-parts';
import { CheckSetting, RadioSetting, TextSetting } from '../../fields';
import { useSetting } from '../../sheet-context';
import { Remark } from './access-group';
import { useAccessDraft } from './use-access-draft';
import { describeConnection, describeRelay, findPasswordRisk } from './words';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, minHeight: '100%' },
  under: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    paddingInlineStart: '25px',
  },
  sentence: { margin: 0, color: tokens.colorNeutralForeground2 },
});

export function AuthenticationPage(): ReactElement {
  const styles = useStyles();
  const draft = useAccessDraft();
  // A field that is wrong tells the same.
  const isWrong = useSetting('basicRequiresTls').faults.length > 0;
  const warning = isWrong ? undefined : findPasswordRisk(draft);
  const reason = draft.allowsBasic ? undefined : 'Needs Basic authentication.';
  return (
    <div className={styles.form}>
      <CheckSetting name="allowsAnonymous" />
      <CheckSetting
        name="allowsBasic"
        hint="Clients may log in as one of the accounts, with AUTH PLAIN or AUTH LOGIN."
      />
      <div className={styles.under}>
        <CheckSetting name="basicRequiresTls" hint={false} reasonAgainst={reason} />
        <TextSetting name="defaultLogonDomain" reasonAgainst={reason} placeholder="example.com" />
      </div>
      <Remark meaning={warning === undefined ? {} : { warning }} />
    </div>
  );
}

export function CommunicationPage(): ReactElement {
  const styles = useStyles();
  const { requiresTls } = useAccessDraft();
  return (
    <div className={styles.form}>
      <CheckSetting
        name="requiresTls"
        hint="Mail is taken only after STARTTLS. Clients that do not know it are refused."
      />
      <div className={styles.under}>
        <CheckSetting
          name="requires128Bit"
          reasonAgainst={requiresTls ? undefined : 'Needs "Require secure channel".'}
        />
      </div>
    </div>
  );
}

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
          draft.allowsBasic
            ? false
            : 'Nobody can log in now: Basic authentication is off under Authentication…'
        }
      />
      <p className={styles.sentence}>{text}</p>
      <Remark meaning={error === undefined ? {} : { error }} />
    </div>
  );
}

type ListSettingProps = Pick<Parameters<typeof AddressList>[0], 'label' | 'serverId' | 'empty' | 'quick'> & {
  readonly name: 'connectionList' | 'relayList';
};

function ListSetting({ name, ...rest }: ListSettingProps): ReactElement {
  const { value, set, leave, faults, isReadOnly } = useSetting(name);
  const texts = Array.isArray(value) ? (value as readonly string[]) : [];
  const [fault] = faults;
  const at = Number(fault?.path.split('.')[1]);
  return (
    <div data-setting={name} style={{ display: 'flex', flexDirection: 'column', flexGrow: 1 }}>
      <AddressList
        {...rest}
        listId={name}
        texts={texts}
        isReadOnly={isReadOnly}
        onChange={(next) => {
          set(next);
          leave();
        }}
      />
      {fault !== undefined && (
        <FaultLine>{Number.isNaN(at) ? fault.reason : `${texts[at]}: ${fault.reason}`}</FaultLine>
      )}
    </div>
  );
}
