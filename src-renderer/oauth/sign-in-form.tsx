/** A sign-in is added or changed: who hands out the tokens, and as which application they are asked for. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Select,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { type SignInRow, signInProviders } from '../../src-main/api/contract';
import { keys, useAction, useClient } from '../client';
import { CancelButton, FormDialog } from '../ui/form-dialog';
import {
  changeOf,
  draftOf,
  findDraftFault,
  type SignInDraft,
  settingsOf,
  withProvider,
} from './sign-in-draft';
import { grantChoices, missingGrants, providerTitles } from './sign-in-words';

export interface SignInFormProps {
  /** undefined: a new one. */
  readonly row: SignInRow | undefined;
  readonly onDone: (row: SignInRow) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalM,
    alignItems: 'start',
  },
  radios: { marginInlineStart: '-8px' },
  radioText: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  grow: { flexGrow: 1, minWidth: 0 },
});

const fieldNames: readonly string[] = [
  'name',
  'provider',
  'grant',
  'tenant',
  'clientId',
  'clientSecret',
  'clientSecretExpiresAt',
  'scope',
  'authorizationEndpoint',
  'tokenEndpoint',
  'deviceEndpoint',
  'mailbox',
];

export function SignInForm({ row, onDone, onClose }: SignInFormProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const action = useAction(keys.signIns);
  const [before] = useState(() => draftOf(row));
  const [draft, setDraft] = useState(before);
  const { fault, isBusy } = action;
  const change = (part: Partial<SignInDraft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    action.forget();
  };
  const text = (name: TextField) => ({
    value: draft[name],
    onChange: (_: unknown, data: { value: string }) => change({ [name]: data.value }),
    autoComplete: 'off',
    spellCheck: false,
  });
  const told = (name: string) =>
    fault?.field === name ? { validationState: 'error' as const, validationMessage: fault.text } : {};
  const submit = async (): Promise<void> => {
    const wrong = findDraftFault(draft);
    if (wrong) return action.refuse(wrong.field, wrong.text);
    await action.run(async () =>
      onDone(
        row === undefined
          ? await client.oauth.create(settingsOf(draft))
          : await client.oauth.set({ id: row.id, ...changeOf(draft, before) }),
      ),
    );
  };
  const isCustom = draft.provider === 'custom';
  const choices = grantChoices(draft.provider);
  return (
    <FormDialog
      title={row === undefined ? 'New OAuth2 sign-in' : `Edit OAuth2 sign-in: ${row.name}`}
      size="wide"
      isDirty={JSON.stringify(draft) !== JSON.stringify(before)}
      onSubmit={() => void submit()}
      onClose={onClose}
      note={isBusy ? <span role="status">Working…</span> : undefined}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={isBusy}>
          OK
        </Button>,
        <CancelButton key="cancel" />,
      ]}
    >
      <div className={styles.form}>
        {fault !== undefined && !fieldNames.includes(fault.field ?? '') && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{fault.text}</MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.pair}>
          <Field label="Name" required hint="For this list only." {...told('name')}>
            <Input {...text('name')} data-first-focus />
          </Field>
          <Field label="Provider" {...told('provider')}>
            <Select
              value={draft.provider}
              onChange={(_, data) => {
                const provider = signInProviders.find((each) => each === data.value);
                if (provider) change(withProvider(draft, provider));
              }}
            >
              {signInProviders.map((provider) => (
                <option key={provider} value={provider}>
                  {providerTitles[provider]}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field label="How it is signed in" hint={missingGrants[draft.provider] ?? null} {...told('grant')}>
          <RadioGroup
            className={styles.radios}
            value={draft.grant}
            onChange={(_, data) => {
              const grant = choices.find(({ value }) => value === data.value)?.value;
              if (grant) change({ grant });
            }}
          >
            {choices.map(({ value, title, text: words }) => (
              <Radio
                key={value}
                value={value}
                label={
                  <>
                    {title}
                    <br />
                    <span className={styles.radioText}>{words}</span>
                  </>
                }
              />
            ))}
          </RadioGroup>
        </Field>
        {isCustom && <Endpoints draft={draft} text={text} told={told} />}
        <div className={styles.pair}>
          <Field
            label="Application (client) ID"
            required
            hint="Of the application that is registered at the provider."
            {...told('clientId')}
          >
            <Input {...text('clientId')} />
          </Field>
          {draft.provider === 'microsoft' && (
            <Field
              label="Organization (tenant)"
              required={draft.grant === 'client-credentials'}
              hint="Its domain or directory ID. Empty: that of whoever signs in."
              {...told('tenant')}
            >
              <Input {...text('tenant')} placeholder="example.com" />
            </Field>
          )}
        </div>
        <Secret draft={draft} row={row} change={change} told={told} />
        <Field
          label="Mailbox"
          required={draft.grant === 'client-credentials'}
          hint="Whom to sign in as, and to log in as. Empty: whoever signs in, where the provider tells. Another mailbox that this one may use is entered under Outbound Security."
          {...told('mailbox')}
        >
          <Input {...text('mailbox')} placeholder="scans@example.com" />
        </Field>
        <Field
          label="Scope"
          hint={
            isCustom
              ? 'As the provider names it, often with offline_access.'
              : "Empty: the provider's for SMTP."
          }
          {...told('scope')}
        >
          <Input {...text('scope')} />
        </Field>
      </div>
    </FormDialog>
  );
}

type TextField =
  | 'name'
  | 'tenant'
  | 'clientId'
  | 'scope'
  | 'authorizationEndpoint'
  | 'tokenEndpoint'
  | 'deviceEndpoint'
  | 'mailbox';
type Text = (name: TextField) => object;
type Told = (name: string) => object;

function Endpoints({
  draft,
  text,
  told,
}: {
  readonly draft: SignInDraft;
  readonly text: Text;
  readonly told: Told;
}): ReactNode {
  const needed = {
    authorizationEndpoint: draft.grant === 'authorization-code',
    tokenEndpoint: true,
    deviceEndpoint: draft.grant === 'device-code',
  };
  const titles = {
    authorizationEndpoint: 'Authorization endpoint',
    tokenEndpoint: 'Token endpoint',
    deviceEndpoint: 'Device authorization endpoint',
  };
  const names = ['authorizationEndpoint', 'deviceEndpoint', 'tokenEndpoint'] as const;
  return names.map(
    (name) =>
      needed[name] && (
        <Field key={name} label={titles[name]} required {...told(name)}>
          <Input {...text(name)} placeholder="https://" />
        </Field>
      ),
  );
}

interface SecretProps {
  readonly draft: SignInDraft;
  readonly row: SignInRow | undefined;
  readonly change: (part: Partial<SignInDraft>) => void;
  readonly told: Told;
}

/** Goes in and never comes out. */
function Secret({ draft, row, change, told }: SecretProps): ReactElement {
  const styles = useStyles();
  const isStored = row?.hasClientSecret === true;
  return (
    <div className={styles.pair}>
      <Field
        label="Client secret"
        required={draft.grant === 'client-credentials'}
        hint={
          isStored
            ? 'One is stored. Empty: it stays as it is.'
            : 'Only where the application has one. Kept encrypted, never shown.'
        }
        {...told('clientSecret')}
      >
        <div className={styles.row}>
          <Input
            className={styles.grow}
            type="password"
            autoComplete="new-password"
            aria-label="Client secret"
            value={draft.clientSecret}
            placeholder={isStored ? (draft.removesSecret ? 'is removed' : '••••••••') : ''}
            onChange={(_, data) => change({ clientSecret: data.value, removesSecret: false })}
          />
          {isStored && (
            <Button onClick={() => change({ clientSecret: '', removesSecret: !draft.removesSecret })}>
              {draft.removesSecret ? 'Keep' : 'Remove'}
            </Button>
          )}
        </div>
      </Field>
      <Field
        label="The secret expires on"
        hint="You are warned 30 days before. Empty: never."
        {...told('clientSecretExpiresAt')}
      >
        <Input
          value={draft.secretExpires}
          placeholder="2027-03-31"
          autoComplete="off"
          onChange={(_, data) => change({ secretExpires: data.value })}
        />
      </Field>
    </div>
  );
}
