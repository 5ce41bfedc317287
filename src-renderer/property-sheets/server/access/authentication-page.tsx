/** Authentication: the ways to log in, and what each of them needs. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { CheckSetting, TextSetting } from '../../fields';
import { FileSetting } from '../../file-setting';
import { useSetting } from '../../sheet-context';
import { Remark } from './access-group';
import { useAccessDraft } from './use-access-draft';
import { findPasswordRisk, takesLogIn } from './words';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  under: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalM,
    paddingInlineStart: '25px',
  },
});

/** `fqdn` is the name in force. */
export function AuthenticationPage({ fqdn }: { readonly fqdn: string }): ReactElement {
  const styles = useStyles();
  const draft = useAccessDraft();
  const host = String(useSetting('fullyQualifiedDomainName').value ?? '') || fqdn;
  // A field that is wrong tells the same.
  const isWrong = useSetting('basicRequiresTls').faults.length > 0;
  const warning = isWrong ? undefined : findPasswordRisk(draft);
  return (
    <div className={styles.form}>
      <CheckSetting name="allowsAnonymous" />
      <CheckSetting
        name="allowsBasic"
        hint="AUTH PLAIN and AUTH LOGIN, which nearly every program and device can do."
      />
      <div className={styles.under}>
        <CheckSetting
          name="basicRequiresTls"
          hint={false}
          reasonAgainst={draft.allowsBasic ? undefined : 'Needs Basic authentication.'}
        />
        <Remark meaning={warning === undefined ? {} : { warning }} />
        <TextSetting
          name="defaultLogonDomain"
          reasonAgainst={takesLogIn(draft) ? undefined : 'Needs a way to log in.'}
          placeholder="example.com"
        />
      </div>
      <CheckSetting
        name="allowsIntegrated"
        hint="AUTH NTLM, version 2 alone, for accounts that allow it; AUTH GSSAPI where this computer has a Kerberos key."
      />
      <div className={styles.under}>
        <FileSetting
          name="kerberosKeytab"
          hint={`Holds the key of smtp/${host}. Browse… finds the folder of the file.`}
          fileName="smtp.keytab"
          placeholder="the key file of this computer"
          reasonAgainst={draft.allowsIntegrated ? undefined : 'Needs Integrated Windows Authentication.'}
        />
      </div>
      <CheckSetting
        name="allowsChallengeResponse"
        hint="AUTH SCRAM-SHA-256 and AUTH CRAM-MD5, for accounts that allow it. The password never crosses the network."
      />
    </div>
  );
}
