/** The dialogs behind the buttons of Delivery: Outbound Connections and Advanced Delivery. */
import type { ReactElement } from 'react';
import { CheckSetting, LimitSetting, LinesSetting, NumberSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import type { DialogOpenerProps } from '../sheet-dialog';
import { CheckDns } from './check-dns';
import { dialogKeys } from './page-keys';

function OutboundConnections(): ReactElement {
  return (
    <Group title="Connections to other servers">
      <LimitSetting name="maxOutboundConnections" label="Limit number of connections to" hint={false} />
      <NumberSetting name="outboundTimeoutMinutes" label="Time-out" />
      <LimitSetting name="maxOutboundConnectionsPerDomain" hint={false} />
      <NumberSetting name="outboundPort" label="TCP port" />
    </Group>
  );
}

interface AdvancedDeliveryProps {
  readonly serverId: number;
  /** Name in force, for an empty field. */
  readonly fqdn: string;
}

function AdvancedDelivery({ serverId, fqdn }: AdvancedDeliveryProps): ReactElement {
  const hasSmartHost = useSetting('smartHost').value !== '';
  return (
    <>
      <Group title="Mail to other domains">
        <TextSetting
          name="smartHost"
          placeholder="none: mail goes by MX"
          hint="A name, or an address in square brackets. It takes all mail without a remote domain of its own. Its port is under Outbound connections, its user name and TLS under Outbound Security."
        />
        <CheckSetting
          name="triesDirectDelivery"
          hint={false}
          reasonAgainst={hasSmartHost ? undefined : 'Only with a smart host.'}
        />
      </Group>
      <Group title="Names">
        <CheckDns serverId={serverId} fqdn={fqdn} />
        <TextSetting
          name="masqueradeDomain"
          hint="Replaces the local domains in senders and From lines of outgoing mail."
        />
      </Group>
      <Group title="Limits and DNS">
        <NumberSetting name="maxHops" hint={false} />
        <CheckSetting
          name="performsReverseDnsLookup"
          hint="Notes the client's host name in the Received line; refuses nobody."
        />
        <LinesSetting
          name="dnsServers"
          rows={2}
          hint="One a line, as address or address:port. Empty: those of this computer."
        />
      </Group>
    </>
  );
}

export const outboundConnectionsOpener: DialogOpenerProps = {
  label: 'Outbound connections…',
  title: 'Outbound Connections',
  size: 'wide',
  pages: [
    {
      id: 'general',
      title: 'General',
      keys: dialogKeys.outboundConnections,
      content: <OutboundConnections />,
    },
  ],
};

export const advancedDeliveryOpener = (props: AdvancedDeliveryProps): DialogOpenerProps => ({
  label: 'Advanced…',
  title: 'Advanced Delivery',
  size: 'wide',
  pages: [
    {
      id: 'general',
      title: 'General',
      keys: dialogKeys.advancedDelivery,
      content: <AdvancedDelivery {...props} />,
    },
  ],
});
