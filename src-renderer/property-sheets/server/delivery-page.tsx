/** Delivery: retries, notifications, and the buttons of the way out. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { NumberSetting, SpanSetting } from '../fields';
import { Group } from '../group';
import { outboundSecurityOpener } from '../outbound-security';
import { useSheet } from '../sheet-context';
import { DialogOpener, DialogOpeners } from '../sheet-dialog';
import { advancedDeliveryOpener, outboundConnectionsOpener } from './delivery-dialogs';
import { DkimButton } from './dkim-button';
import { dialogKeys } from './page-keys';
import { collectionsOpener } from './routes/collections';
import { senderRoutesOpener } from './routes/sender-routes';
import { SmartHostButton } from './smart-host-button';
import { describeWayOut } from './way-out';

const useStyles = makeStyles({
  wayOut: { margin: 0, marginBlockEnd: tokens.spacingVerticalM, color: tokens.colorNeutralForeground2 },
});

const wayOutKeys = [
  ...dialogKeys.outboundSecurity,
  'outboundPort',
  'smartHost',
  'triesDirectDelivery',
  'furtherSmartHosts',
  'senderRoutes',
];

const noSmartHost =
  'Name and password are given to the smart host only. None is set: Advanced… on the Delivery tab has it.';

export interface DeliveryPageProps {
  readonly serverId: number;
  readonly fqdn: string;
}

export function DeliveryPage({ serverId, fqdn }: DeliveryPageProps): ReactElement {
  const styles = useStyles();
  const { value } = useSheet();
  const hasSmartHost = value('smartHost') !== '';
  const security = outboundSecurityOpener({
    whose: 'at the smart host',
    note: hasSmartHost ? undefined : noSmartHost,
  });
  const advanced = advancedDeliveryOpener({ serverId, fqdn });
  return (
    <>
      <p className={styles.wayOut}>
        Mail to other domains goes{' '}
        {describeWayOut(Object.fromEntries(wayOutKeys.map((key) => [key, value(key)])))}{' '}
        <DialogOpener {...advanced} label="Smart host" appearance="link" />
        {' · '}
        <DialogOpener {...security} label="Log-in and encryption" appearance="link" />
      </p>
      <Group title="Outbound" isDense>
        <NumberSetting name="quickRetries" hint={false} />
        <NumberSetting name="quickRetryMinutes" hint={false} />
        <NumberSetting name="firstRetryMinutes" hint={false} />
        <NumberSetting name="secondRetryMinutes" hint={false} />
        <NumberSetting name="thirdRetryMinutes" hint={false} />
        <NumberSetting name="subsequentRetryMinutes" hint={false} />
        <SpanSetting name="outboundDelayMinutes" label="Delay notification" />
        <SpanSetting name="outboundExpirationMinutes" label="Expiration time-out" />
      </Group>
      <Group title="Local" isDense>
        <SpanSetting name="localDelayMinutes" label="Delay notification" />
        <SpanSetting name="localExpirationMinutes" label="Expiration time-out" />
      </Group>
      <DialogOpeners
        openers={[
          security,
          outboundConnectionsOpener,
          advanced,
          senderRoutesOpener,
          collectionsOpener(serverId),
        ]}
      >
        <DkimButton serverId={serverId} />
        <SmartHostButton serverId={serverId} />
      </DialogOpeners>
    </>
  );
}
