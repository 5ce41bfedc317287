/** Outbound Security: how outgoing connections log in and encrypt, of a virtual server or of a remote domain. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { CheckSetting, RadioSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import type { DialogOpenerProps } from '../sheet-dialog';
import { outboundSecurityKeys } from './keys';
import { PasswordSetting } from './password-setting';

const useStyles = makeStyles({
  logIn: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    paddingInlineStart: tokens.spacingHorizontalXXL,
  },
});

const choices = [
  { value: 'anonymous', label: 'Anonymous access' },
  { value: 'basic', label: 'Basic authentication' },
];

const clearTextRisk =
  'TLS is used where it is offered. A host that does not offer it gets the password in clear text.';

export interface OutboundSecurityProps {
  /** Where it logs in: "at the smart host". */
  readonly whose: string;
  /** What has to be known about the log-in now. */
  readonly note?: string | undefined;
}

function OutboundSecurity({ whose, note }: OutboundSecurityProps): ReactElement {
  const styles = useStyles();
  const isBasic = useSetting('outboundAuthentication').value === 'basic';
  const requiresTls = useSetting('outboundRequiresTls');
  const reasonAgainst = isBasic ? undefined : 'Only with basic authentication.';
  return (
    <>
      <Group title={`Log-in ${whose}`}>
        <RadioSetting
          name="outboundAuthentication"
          label={`Log-in ${whose}`}
          hint={false}
          choices={choices}
          isUnderTitle
        />
        {isBasic && note !== undefined && (
          <MessageBar intent="info" layout="multiline">
            <MessageBarBody>{note}</MessageBarBody>
          </MessageBar>
        )}
        <div className={styles.logIn}>
          <TextSetting name="outboundUserName" hint={false} reasonAgainst={reasonAgainst} />
          <PasswordSetting name="outboundPassword" reasonAgainst={reasonAgainst} />
        </div>
      </Group>
      <Group title="Encryption">
        <CheckSetting
          name="outboundRequiresTls"
          {...(isBasic && requiresTls.value !== true ? { hint: clearTextRisk } : {})}
        />
      </Group>
    </>
  );
}

/** The button of the dialog. */
export const outboundSecurityOpener = (props: OutboundSecurityProps): DialogOpenerProps => ({
  label: 'Outbound Security…',
  title: 'Outbound Security',
  pages: [
    {
      id: 'general',
      title: 'General',
      keys: outboundSecurityKeys,
      content: <OutboundSecurity {...props} />,
    },
  ],
});
