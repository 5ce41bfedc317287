/** Delivery: retries, notifications, outgoing connections, the way out. */
import type { ReactElement } from 'react';
import { CheckSetting, LimitSetting, LinesSetting, NumberSetting, SpanSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';

export function DeliveryPage({ fqdn }: { readonly fqdn: string }): ReactElement {
  const smartHost = useSetting('smartHost');
  return (
    <>
      <Group title="Way out">
        <TextSetting name="smartHost" placeholder="none: by MX" />
        <CheckSetting
          name="triesDirectDelivery"
          reasonAgainst={smartHost.value === '' ? 'Only with a smart host.' : undefined}
        />
        <NumberSetting name="outboundPort" />
      </Group>
      <Group title="Outbound">
        <NumberSetting name="firstRetryMinutes" hint={false} />
        <NumberSetting name="secondRetryMinutes" hint={false} />
        <NumberSetting name="thirdRetryMinutes" hint={false} />
        <NumberSetting name="subsequentRetryMinutes" hint={false} />
        <SpanSetting name="outboundDelayMinutes" label="Delay notification" />
        <SpanSetting name="outboundExpirationMinutes" label="Expiration time-out" />
      </Group>
      <Group title="Local">
        <SpanSetting name="localDelayMinutes" label="Delay notification" />
        <SpanSetting name="localExpirationMinutes" label="Expiration time-out" />
      </Group>
      <Group title="Outbound connections">
        <LimitSetting name="maxOutboundConnections" label="Limit number of connections to" hint={false} />
        <LimitSetting name="maxOutboundConnectionsPerDomain" hint={false} />
        <NumberSetting name="outboundTimeoutMinutes" label="Time-out" hint={false} />
      </Group>
      <Group title="Advanced">
        <NumberSetting name="maxHops" />
        <TextSetting name="fullyQualifiedDomainName" placeholder={fqdn} />
        <LinesSetting
          name="dnsServers"
          rows={3}
          hint="One a line, as address or address:port. Empty: those of this computer."
        />
      </Group>
    </>
  );
}
