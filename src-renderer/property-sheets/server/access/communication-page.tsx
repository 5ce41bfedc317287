/** Communication: what is required of encryption, for whom less is enough, and certificates by name (SNI). */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { TlsVersion } from '../../../../src-main/api/contract';
import { ListSetting } from '../../address-list/list-setting';
import { CheckSetting, SelectSetting } from '../../fields';
import { Group } from '../../group';
import { useSetting } from '../../sheet-context';
import { isOldTls, tlsChoices } from '../tls-words';
import { useAccessDraft } from './use-access-draft';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', minHeight: '100%' },
  checks: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS },
  under: { paddingInlineStart: '25px' },
  hint: { margin: 0, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

export function CommunicationPage({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  const { requiresTls } = useAccessDraft();
  const lowest = useSetting('minimumTls').value as TlsVersion;
  return (
    <div className={styles.whole}>
      <Group title="Requirements">
        <div className={styles.checks}>
          <CheckSetting
            name="requiresTls"
            hint="Mail is taken on encrypted connections only. Clients that cannot encrypt are refused."
          />
          <div className={styles.under}>
            <CheckSetting
              name="requires128Bit"
              reasonAgainst={requiresTls ? undefined : 'Needs "Require secure channel".'}
            />
          </div>
        </div>
        <SelectSetting
          name="minimumTls"
          hint={
            isOldTls(lowest)
              ? 'TLS 1.0 and 1.1 are broken. Rather name the devices that need them in the list below.'
              : 'Clients that can do no better are not served.'
          }
          choices={tlsChoices}
        />
      </Group>
      <Group title="Clients that may use old TLS">
        <p className={styles.hint}>
          Devices that know nothing better than TLS 1.0 or 1.1 and old ciphers get them, where this computer
          still can.
        </p>
        <ListSetting
          name="oldTlsList"
          serverId={serverId}
          takesDomains={false}
          empty={{
            title: 'No client may use old TLS',
            text: 'Add the addresses of the printers and scanners that need it.',
          }}
        />
      </Group>
    </div>
  );
}
