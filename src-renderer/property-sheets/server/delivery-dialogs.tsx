/** Dialogs behind the buttons of Delivery: Outbound Connections and Advanced Delivery. */
import type { ReactElement } from 'react';
import { CheckSetting, LimitSetting, LinesSetting, NumberSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { FurtherSmartHosts } from '../outbound-security/further-hosts';
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
      <LimitSetting
        name="maxMessagesPerMinute"
        proposal={30}
        hint="To one destination. Further messages wait for the next minute."
      />
    </Group>
  );
}

interface AdvancedDeliveryProps {
  readonly serverId: number;
  /** Name in force, for an empty field. */
  readonly fqdn: string;
}

function SmartHosts(): ReactElement {
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
      <Group title="Further smart hosts">
        <FurtherSmartHosts />
      </Group>
    </>
  );
}

function Names({ serverId, fqdn }: AdvancedDeliveryProps): ReactElement {
  return (
    <Group title="Names">
      <CheckDns serverId={serverId} fqdn={fqdn} />
      <TextSetting
        name="masqueradeDomain"
        hint="Replaces the local domains in senders and From lines of outgoing mail."
      />
      <TextSetting name="defaultSender" placeholder="none" />
    </Group>
  );
}

function LimitsAndDns(): ReactElement {
  return (
    <Group title="Limits and DNS">
      <NumberSetting name="maxHops" hint={false} />
      <CheckSetting
        name="performsReverseDnsLookup"
        hint="Notes the client's host name in the Received line; refuses nobody."
      />
      <CheckSetting name="honoursMtaSts" />
      <LinesSetting
        name="dnsServers"
        rows={2}
        hint="One a line, as address or address:port. Empty: those of this computer."
      />
    </Group>
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
  size: 'large',
  pages: [
    { id: 'smart-host', title: 'Smart Host', keys: dialogKeys.smartHost, content: <SmartHosts /> },
    { id: 'names', title: 'Names', keys: dialogKeys.names, content: <Names {...props} /> },
    { id: 'limits', title: 'Limits and DNS', keys: dialogKeys.limitsAndDns, content: <LimitsAndDns /> },
  ],
});
