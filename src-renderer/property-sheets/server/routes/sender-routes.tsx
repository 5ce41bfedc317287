/** Routes by sender: whose mail goes another way. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type SenderRoute, senderRoute } from '../../../../src-main/api/contract';
import type { Column } from '../../../ui/data-list';
import { EntryList, type EntryRow } from '../../entry-list';
import { LimitSetting, LinesSetting, TextSetting } from '../../fields';
import { Group } from '../../group';
import { outboundSecurityOpener } from '../../outbound-security';
import { FurtherSmartHosts } from '../../outbound-security/further-hosts';
import { outboundSecurityKeys } from '../../outbound-security/keys';
import { RouteLimits } from '../../outbound-security/route-limits';
import { describeLogIn } from '../../outbound-security/words';
import type { DialogOpenerProps } from '../../sheet-dialog';
import { DialogOpeners } from '../../sheet-dialog';

type Row = EntryRow<SenderRoute>;

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', minHeight: '100%' },
  text: { margin: 0, marginBlockStart: tokens.spacingVerticalS, color: tokens.colorNeutralForeground2 },
});

const goesTo = ({ entry }: Row): string => {
  const { smartHost, furtherSmartHosts } = entry;
  if (smartHost === '') return 'DNS';
  const count = furtherSmartHosts.length;
  return count === 0 ? smartHost : `${smartHost} and ${count} more`;
};

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 120,
    render: ({ entry }) => entry.name,
    text: ({ entry }) => entry.name,
    isSortable: false,
  },
  {
    id: 'senders',
    title: 'Senders',
    width: 170,
    render: ({ entry }) => entry.senders.join(', '),
    text: ({ entry }) => entry.senders.join(', '),
    isSortable: false,
    isGrowing: true,
  },
  { id: 'to', title: 'Goes to', width: 140, render: goesTo, text: goesTo, isSortable: false },
  {
    id: 'log-in',
    title: 'Log-in',
    width: 110,
    render: ({ entry }) => describeLogIn(entry),
    text: ({ entry }) => describeLogIn(entry),
    isSortable: false,
  },
];

function RouteForm(): ReactElement {
  return (
    <>
      <Group title="Route">
        <TextSetting name="name" />
        <LinesSetting
          name="senders"
          rows={3}
          placeholder="app@example.com"
          hint="One a line: an address (app@example.com), a domain (example.com, *.example.com), or <> for notifications."
        />
      </Group>
      <Group title="Goes to">
        <TextSetting name="smartHost" placeholder="none: mail goes by MX" />
        <LimitSetting
          name="port"
          label="Use a TCP port of its own"
          offWord="server's port"
          proposal={587}
          hint={false}
        />
        <DialogOpeners openers={[outboundSecurityOpener({ whose: 'at the hosts of this route' })]} />
      </Group>
    </>
  );
}

const pages = [
  {
    id: 'general',
    title: 'General',
    keys: ['name', 'senders', 'smartHost', 'port', ...outboundSecurityKeys],
    content: <RouteForm />,
  },
  {
    id: 'more',
    title: 'Further Hosts and Limits',
    keys: ['furtherSmartHosts', 'maxConnections', 'maxMessagesPerMinute'],
    content: (
      <>
        <Group title="Further smart hosts">
          <FurtherSmartHosts />
        </Group>
        <RouteLimits />
      </>
    ),
  },
];

const { name: _, senders: __, ...defaults } = senderRoute.parse({ name: 'none', senders: ['<>'] });
const blank = { name: '', senders: [], ...defaults };

function SenderRoutes(): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.whole}>
      <EntryList<SenderRoute>
        name="senderRoutes"
        noun="route"
        columns={columns}
        shape={senderRoute.shape}
        blank={blank}
        pages={pages}
        size="large"
        isOrdered
        empty={{
          title: 'All senders go one way',
          text: 'Add a route to send the mail of some senders through another smart host, or with another log-in.',
        }}
      />
      <p className={styles.text}>
        The first route that matches the sender decides. The domain of the recipient comes first: local
        domains and remote domains have their own ways.
      </p>
    </div>
  );
}

export const senderRoutesOpener: DialogOpenerProps = {
  label: 'Routes…',
  title: 'Routes by Sender',
  size: 'large',
  pages: [{ id: 'general', title: 'General', keys: ['senderRoutes'], content: <SenderRoutes /> }],
};
