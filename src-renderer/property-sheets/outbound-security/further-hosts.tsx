/** Further smart hosts: where mail goes when the smart host cannot be reached. */
import type { ReactElement } from 'react';
import { type FurtherSmartHost, furtherSmartHost } from '../../../src-main/api/contract';
import type { Column } from '../../ui/data-list';
import { EntryList, type EntryRow } from '../entry-list';
import { LimitSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import { DialogOpeners } from '../sheet-dialog';
import { outboundSecurityOpener } from '.';
import { outboundSecurityKeys } from './keys';
import { describeLogIn } from './words';

type Row = EntryRow<FurtherSmartHost>;

const columns: readonly Column<Row>[] = [
  {
    id: 'host',
    title: 'Host',
    width: 200,
    render: ({ entry }) => entry.host,
    text: ({ entry }) => entry.host,
    isGrowing: true,
  },
  {
    id: 'port',
    title: 'TCP port',
    width: 80,
    align: 'end',
    render: ({ entry }) => portOf(entry),
    text: portText,
  },
  {
    id: 'log-in',
    title: 'Log-in',
    width: 160,
    render: ({ entry }) => describeLogIn(entry),
    text: ({ entry }) => describeLogIn(entry),
  },
];

const portOf = ({ port }: FurtherSmartHost): string => (port === null ? 'same' : String(port));
function portText({ entry }: Row): string {
  return portOf(entry);
}

function HostForm(): ReactElement {
  return (
    <Group title="Host">
      <TextSetting name="host" />
      <LimitSetting
        name="port"
        label="Use a TCP port of its own"
        offWord="as the host before it"
        proposal={587}
        hint={false}
      />
      <DialogOpeners openers={[outboundSecurityOpener({ whose: 'at this host' })]} />
    </Group>
  );
}

const pages = [
  {
    id: 'general',
    title: 'General',
    keys: ['host', 'port', ...outboundSecurityKeys],
    content: <HostForm />,
  },
];
const { host: _, ...defaults } = furtherSmartHost.parse({ host: 'none' });
const blank = { host: '', ...defaults };

export function FurtherSmartHosts(): ReactElement {
  const hasHost = useSetting('smartHost').value !== '';
  return (
    <EntryList<FurtherSmartHost>
      name="furtherSmartHosts"
      noun="smart host"
      columns={columns}
      shape={furtherSmartHost.shape}
      blank={blank}
      pages={pages}
      isOrdered
      reasonAgainstAdd={hasHost ? undefined : 'Enter the smart host first.'}
      empty={{
        title: 'No further smart host',
        text: 'Mail waits while the smart host cannot be reached. Add hosts that stand in for it.',
      }}
    />
  );
}
