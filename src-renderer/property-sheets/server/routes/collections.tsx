/** Hosts asked for our mail: ETRN, ATRN and TURN on a schedule. */
import { Checkbox, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { type Collection, collection, type WeekDay, weekDays } from '../../../../src-main/api/contract';
import type { Column } from '../../../ui/data-list';
import { EntryList, type EntryRow } from '../../entry-list';
import { FaultLine } from '../../field-parts';
import {
  CheckSetting,
  LimitSetting,
  LinesSetting,
  RadioSetting,
  SpanSetting,
  TextSetting,
} from '../../fields';
import { Group } from '../../group';
import { outboundSecurityOpener } from '../../outbound-security';
import { outboundSecurityKeys } from '../../outbound-security/keys';
import { useSetting } from '../../sheet-context';
import { type DialogOpenerProps, DialogOpeners } from '../../sheet-dialog';
import { CollectionStates } from './collection-states';
import { dayWord, describeSchedule } from './schedule-words';

type Row = EntryRow<Collection>;

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 120,
    render: ({ entry }) => entry.name,
    text: ({ entry }) => entry.name,
  },
  {
    id: 'host',
    title: 'Host',
    width: 150,
    render: ({ entry }) => entry.host,
    text: ({ entry }) => entry.host,
    isGrowing: true,
  },
  {
    id: 'command',
    title: 'Command',
    width: 90,
    render: ({ entry }) => entry.command.toUpperCase(),
    text: ({ entry }) => entry.command.toUpperCase(),
  },
  {
    id: 'schedule',
    title: 'Schedule',
    width: 190,
    render: ({ entry }) => describeSchedule(entry),
    text: ({ entry }) => describeSchedule(entry),
  },
];

const commandChoices = [
  { value: 'etrn', label: 'ETRN: the host connects to us and delivers' },
  { value: 'atrn', label: 'ATRN: it delivers over the same connection (needs a log-in)' },
  { value: 'turn', label: 'TURN: the same, for older hosts (needs a log-in)' },
];

function HostForm(): ReactElement {
  return (
    <Group title="Host">
      <TextSetting name="name" />
      <TextSetting
        name="host"
        hint="The host that holds our mail: a name, or an address in square brackets."
      />
      <LimitSetting
        name="port"
        label="Use a TCP port of its own"
        offWord="usual port"
        proposal={366}
        hint="The usual port is 366 for ATRN and 25 otherwise."
      />
      <RadioSetting name="command" hint={false} choices={commandChoices} />
      <LinesSetting name="domains" rows={2} hint="One a line." placeholder="example.com" />
      <DialogOpeners openers={[outboundSecurityOpener({ whose: 'at this host' })]} />
    </Group>
  );
}

function ScheduleForm(): ReactElement {
  return (
    <Group title="Schedule">
      <CheckSetting name="isEnabled" />
      <SpanSetting name="everyMinutes" />
      <Days />
      <TextSetting name="fromTime" hint={false} />
      <TextSetting
        name="toTime"
        hint="Times of day on this computer, such as 08:30. To earlier than From is the next day."
      />
    </Group>
  );
}

const useStyles = makeStyles({
  whole: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    minHeight: '100%',
  },
  days: {
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: tokens.spacingHorizontalM,
    marginInlineStart: '-8px',
  },
  group: { border: 'none', margin: 0, padding: 0, minWidth: 0 },
  legend: { padding: 0, marginBlockEnd: tokens.spacingVerticalXXS },
});

function Days(): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting('days');
  const chosen = value as readonly WeekDay[];
  const toggle = (day: WeekDay, isOn: boolean): void => {
    set(weekDays.filter((each) => (each === day ? isOn : chosen.includes(each))));
    leave();
  };
  return (
    <fieldset className={styles.group} data-setting="days">
      <legend className={styles.legend}>{facts.title}</legend>
      <div className={styles.days}>
        {weekDays.map((day) => (
          <Checkbox
            key={day}
            label={dayWord(day)}
            checked={chosen.includes(day)}
            disabled={isReadOnly}
            onChange={(_, data) => toggle(day, data.checked === true)}
          />
        ))}
      </div>
      {fault !== undefined && <FaultLine>{fault}</FaultLine>}
    </fieldset>
  );
}

const pages = [
  {
    id: 'general',
    title: 'General',
    keys: ['name', 'host', 'port', 'command', 'domains', ...outboundSecurityKeys],
    content: <HostForm />,
  },
  {
    id: 'schedule',
    title: 'Schedule',
    keys: ['isEnabled', 'everyMinutes', 'days', 'fromTime', 'toTime'],
    content: <ScheduleForm />,
  },
];

const {
  name: _,
  host: __,
  domains: ___,
  ...defaults
} = collection.parse({ name: 'none', host: 'none', domains: ['none.test'] });
const blank = { name: '', host: '', domains: [], ...defaults };

function Collections({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.whole}>
      <EntryList<Collection>
        name="collections"
        noun="host"
        columns={columns}
        shape={collection.shape}
        blank={blank}
        pages={pages}
        size="large"
        empty={{
          title: 'No host is asked',
          text: 'Where this computer is not always connected, another host holds its mail. Add that host to ask it for the mail on a schedule.',
        }}
      />
      <CollectionStates serverId={serverId} />
    </div>
  );
}

export const collectionsOpener = (serverId: number): DialogOpenerProps => ({
  label: 'Fetch mail…',
  title: 'Fetch Mail from Other Hosts',
  size: 'large',
  pages: [
    { id: 'general', title: 'General', keys: ['collections'], content: <Collections serverId={serverId} /> },
  ],
});
