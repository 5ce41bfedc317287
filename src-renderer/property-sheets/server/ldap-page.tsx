/** LDAP Routing: the directory in which recipients and senders are looked up, and a question to it. */
import { Field, Input, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { type LdapTestAnswer, ldapTestFields } from '../../../src-main/api/contract';
import { readFault, useClient } from '../../client';
import { ReasonedButton } from '../../ui/reasoned-button';
import { CheckSetting, LimitSetting, NumberSetting, SelectSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { PasswordSetting } from '../outbound-security/password-setting';
import { useSetting, useSheet } from '../sheet-context';
import {
  bindingChoices,
  bindingTexts,
  describeAnswer,
  encryptionChoices,
  findReasons,
  schemaChoices,
} from './ldap-words';

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS },
  input: { flexGrow: 1, minWidth: 0 },
  answer: { margin: 0, color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
  addresses: {
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalXL,
    color: tokens.colorNeutralForeground2,
    overflowWrap: 'anywhere',
  },
});

export function LdapPage({ serverId }: { readonly serverId: number }): ReactElement {
  const sheet = useSheet();
  const binding = String(useSetting('ldapBinding').value);
  const reasons = findReasons({
    isEnabled: sheet.value('usesLdapRouting') === true,
    schema: String(sheet.value('ldapSchema')),
    binding,
    server: String(sheet.value('ldapServer') ?? ''),
    encryption: String(sheet.value('ldapEncryption')),
  });
  const sendsInClear = binding === 'plain' && sheet.value('ldapEncryption') === 'none';
  const isEnabled = reasons.all === undefined;
  return (
    <>
      <Group title="Directory">
        <CheckSetting name="usesLdapRouting" />
        <SelectSetting name="ldapSchema" hint={false} choices={schemaChoices} reasonAgainst={reasons.all} />
        <TextSetting name="ldapServer" reasonAgainst={reasons.all} />
        <SelectSetting
          name="ldapEncryption"
          hint={false}
          choices={encryptionChoices}
          reasonAgainst={reasons.all}
        />
        <LimitSetting
          name="ldapPort"
          label="Port"
          hint={false}
          proposal={389}
          offWord="389, or 636 with LDAPS"
          reasonAgainst={reasons.all}
        />
        <CheckSetting name="ldapVerifiesCertificate" reasonAgainst={reasons.certificate} />
        <TextSetting name="ldapBase" reasonAgainst={reasons.all} />
      </Group>
      <Group title="Log-in">
        <SelectSetting
          name="ldapBinding"
          choices={bindingChoices}
          hint={bindingTexts[binding] ?? false}
          reasonAgainst={reasons.all}
        />
        {sendsInClear && isEnabled && (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              User name and password go over the network in clear text. Choose StartTLS or LDAPS.
            </MessageBarBody>
          </MessageBar>
        )}
        <TextSetting name="ldapDomain" reasonAgainst={reasons.domain} />
        <TextSetting name="ldapUserName" reasonAgainst={reasons.logIn} />
        <PasswordSetting name="ldapPassword" reasonAgainst={reasons.logIn} />
      </Group>
      <Group title="A filter of your own">
        <TextSetting name="ldapFilter" placeholder="(mail={address})" reasonAgainst={reasons.filter} />
        <TextSetting name="ldapAddressAttribute" reasonAgainst={reasons.filter} />
        <TextSetting name="ldapMemberAttribute" reasonAgainst={reasons.filter} />
      </Group>
      <Group title="Answers">
        <CheckSetting name="ldapRefusesUnknown" reasonAgainst={reasons.all} />
        <NumberSetting name="ldapMaxGroupMembers" reasonAgainst={reasons.all} />
        <NumberSetting name="ldapCacheMinutes" hint={false} reasonAgainst={reasons.all} />
      </Group>
      <DirectoryTest serverId={serverId} isEnabled={isEnabled} />
    </>
  );
}

const fields = Object.keys(ldapTestFields.shape) as (keyof typeof ldapTestFields.shape)[];

type Answer = { readonly asked: string } & (
  | { readonly found: LdapTestAnswer }
  | { readonly text: string; readonly isFault: boolean }
);

/** Asks by the settings as they stand in the sheet, applied or not. */
function DirectoryTest({
  serverId,
  isEnabled,
}: {
  readonly serverId: number;
  readonly isEnabled: boolean;
}): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const sheet = useSheet();
  const [address, setAddress] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const question = useRef(0);
  const status = useRef<HTMLDivElement>(null);
  // It is the last on a page that is longer than the sheet.
  useEffect(() => {
    if (answer !== undefined) status.current?.scrollIntoView({ block: 'nearest' });
  }, [answer]);
  const asked = address.trim();
  const ask = async (): Promise<void> => {
    const own = ++question.current;
    setAnswer({ asked, text: `Asking the directory about ${asked}…`, isFault: false });
    const settings = Object.fromEntries(fields.map((name) => [name, sheet.value(name)]));
    const next = await client.ldap
      .test({ serverId, address: asked, settings })
      .then((found): Answer => ({ asked, found }))
      .catch((error: unknown): Answer => ({ asked, text: readFault(error).text, isFault: true }));
    if (own === question.current) setAnswer(next);
  };
  const whyNotAsk = sheet.isReadOnly
    ? 'Only an administrator can ask with these settings.'
    : isEnabled
      ? undefined
      : 'LDAP routing is not enabled.';
  const canAsk = whyNotAsk === undefined;
  const words = answer && ('found' in answer ? describeAnswer(answer.asked, answer.found) : answer);
  return (
    <Group title="Test">
      <Field
        label="Mail address"
        hint="Asked with the settings above, before they are applied. Nothing is sent."
      >
        <div className={styles.row}>
          <Input
            className={styles.input}
            aria-label="Mail address"
            value={address}
            placeholder="ann@corp.test"
            disabled={!canAsk}
            onChange={(_, data) => setAddress(data.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              // Enter would be OK for the whole sheet.
              event.preventDefault();
              event.stopPropagation();
              if (canAsk && asked !== '') void ask();
            }}
          />
          <ReasonedButton
            reason={whyNotAsk ?? (asked === '' ? 'Enter a mail address.' : undefined)}
            onClick={() => void ask()}
          >
            Test
          </ReasonedButton>
        </div>
      </Field>
      <div role="status" ref={status}>
        {words && (
          <MessageBar intent={words.isFault ? 'error' : 'info'} layout="multiline">
            <MessageBarBody>
              <p className={styles.answer}>{words.text}</p>
              {'addresses' in words && words.addresses.length > 0 && (
                <ul className={styles.addresses}>
                  {words.addresses.map((each) => (
                    <li key={each}>{each}</li>
                  ))}
                </ul>
              )}
            </MessageBarBody>
          </MessageBar>
        )}
      </div>
    </Group>
  );
}
