/** Protection: what one address may do before it is refused, delays for nuisances, and proxies that are believed. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { ListSetting } from '../../address-list/list-setting';
import { LimitSetting, NumberSetting } from '../../fields';
import { Group } from '../../group';
import { useSetting } from '../../sheet-context';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, minHeight: '100%' },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
});

export function ProtectionPage(): ReactElement {
  const isLocking = useSetting('maxFailedLogOns').value !== null;
  return (
    <>
      <Group title="One address">
        <LimitSetting
          name="maxConnectionsPerAddress"
          hint="At the same time; the excess is refused with 421. An IPv6 network of /64 counts as one address."
        />
        <LimitSetting
          name="maxFailedLogOns"
          offWord="never"
          hint="Counted over all its connections. This computer itself (127.0.0.1, ::1) is never locked out."
        />
        <NumberSetting
          name="lockOutMinutes"
          reasonAgainst={isLocking ? undefined : 'No address is locked out.'}
        />
      </Group>
      <Group title="Delays">
        <NumberSetting
          name="tarPitSeconds"
          hint="Before each refusal of a client that has not logged in. 0: none. More than 90 makes honest clients give up."
        />
        <NumberSetting
          name="greetingDelaySeconds"
          hint="A client that speaks before it is greeted, as mass mailers do, is refused. 0: nobody waits, and nobody is refused for it. Computers in the relay list do not wait."
        />
      </Group>
    </>
  );
}

export function ProxiesPage({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.whole}>
      <p className={styles.text}>
        Load balancers that begin each connection with the PROXY protocol, version 1 or 2. The client's
        address is what they say; a connection of theirs without it is refused. Nobody else is believed.
      </p>
      <ListSetting
        name="proxyList"
        serverId={serverId}
        takesDomains={false}
        empty={{ title: 'No proxy is believed', text: 'Add the load balancers in front of this computer.' }}
      />
    </div>
  );
}
