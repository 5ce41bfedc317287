/** Outbound Security: how outgoing connections log in and encrypt, of every place that sends. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { CheckSetting, RadioSetting, SelectSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { tlsChoices } from '../server/tls-words';
import { useSetting } from '../sheet-context';
import type { DialogOpenerProps } from '../sheet-dialog';
import { encryptionKeys, logInKeys, senderKeys } from './keys';
import { PasswordSetting } from './password-setting';
import { SignInSetting } from './sign-in-setting';
import { authenticationChoices, tlsModeChoices } from './words';

const useStyles = makeStyles({
  logIn: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    paddingInlineStart: tokens.spacingHorizontalXXL,
  },
});

const clearTextRisk =
  'A host that does not offer TLS gets the password in clear text. "TLS encryption required" makes mail wait instead.';
const modeTexts: Readonly<Record<string, string>> = {
  off: 'Everything goes in clear text, also where the host offers TLS.',
  opportunistic: 'Encrypted where the host offers it, with any certificate; otherwise in clear text.',
  required: 'Mail waits rather than go in clear text. Any certificate will do.',
  verified:
    'Mail waits unless the certificate is valid, comes from an authority that this computer trusts, and names the host.',
};

export interface OutboundSecurityProps {
  /** Where it logs in: "at the smart host". */
  readonly whose: string;
  /** What has to be known about the log-in now. */
  readonly note?: string | undefined;
}

function LogIn({ whose, note }: OutboundSecurityProps): ReactElement {
  const styles = useStyles();
  const method = useSetting('outboundAuthentication').value;
  const isByName = method === 'basic' || method === 'ntlm';
  const reasonAgainst = isByName ? undefined : 'Only with basic authentication or NTLM.';
  return (
    <Group title={`Log-in ${whose}`}>
      <RadioSetting
        name="outboundAuthentication"
        label={`Log-in ${whose}`}
        hint={false}
        choices={authenticationChoices}
        isUnderTitle
      />
      {method !== 'anonymous' && note !== undefined && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{note}</MessageBarBody>
        </MessageBar>
      )}
      <div className={styles.logIn}>
        <TextSetting
          name="outboundUserName"
          hint={userHints[String(method)] ?? false}
          {...(method === 'oauth2' ? { label: 'Mailbox' } : {})}
          reasonAgainst={method === 'anonymous' ? 'Only with a log-in.' : undefined}
        />
        <PasswordSetting name="outboundPassword" reasonAgainst={reasonAgainst} />
        <SignInSetting
          name="outboundSignIn"
          reasonAgainst={method === 'oauth2' ? undefined : 'Only with OAuth2.'}
        />
      </div>
    </Group>
  );
}

function Sender(): ReactElement {
  return (
    <Group title="Sender">
      <TextSetting name="outboundSender" placeholder="senders stay as they are" />
    </Group>
  );
}

const userHints: Readonly<Record<string, string>> = {
  ntlm: 'DOMAIN\\name, or name@domain.',
  oauth2: 'Mailbox to log in to. Empty: the one that signed in. A shared mailbox: its address.',
};

function Encryption(): ReactElement {
  const mode = useSetting('outboundTls');
  const method = useSetting('outboundAuthentication').value;
  const isOff = mode.value === 'off';
  const hasPassword = method === 'basic' && (isOff || mode.value === 'opportunistic');
  const text = modeTexts[String(mode.value)] ?? '';
  return (
    <Group title="Encryption">
      <RadioSetting
        name="outboundTls"
        hint={hasPassword ? `${text} ${clearTextRisk}` : text}
        choices={tlsModeChoices}
        isUnderTitle
      />
      <CheckSetting name="outboundTlsFromStart" reasonAgainst={isOff ? 'Encryption is off.' : undefined} />
      <SelectSetting
        name="outboundMinimumTls"
        choices={tlsChoices}
        reasonAgainst={isOff ? 'Encryption is off.' : undefined}
      />
    </Group>
  );
}

/** The button of the dialog. */
export const outboundSecurityOpener = (props: OutboundSecurityProps): DialogOpenerProps => ({
  label: 'Outbound Security…',
  title: 'Outbound Security',
  size: 'large',
  pages: [
    { id: 'log-in', title: 'General', keys: logInKeys, content: <LogIn {...props} /> },
    { id: 'encryption', title: 'Encryption', keys: encryptionKeys, content: <Encryption /> },
    { id: 'sender', title: 'Sender', keys: senderKeys, content: <Sender /> },
  ],
});
