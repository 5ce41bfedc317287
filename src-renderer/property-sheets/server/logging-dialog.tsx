/** Logging Properties: when a new log file is begun, where it lies, and what stands in it. */
import { Checkbox, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import {
  describeLogFileName,
  type LogField,
  type LogFormat,
  type LogSchedule,
  logFields,
} from '../../../src-main/api/contract';
import { useStatus, useSuggestions } from '../../client';
import { FaultLine } from '../field-parts';
import { CheckSetting, FolderSetting, NumberSetting, RadioSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import type { DialogOpenerProps } from '../sheet-dialog';
import { logFieldGroups } from './log-field-words';
import { dialogKeys } from './page-keys';

export const logFormatChoices: readonly { readonly value: LogFormat; readonly label: string }[] = [
  { value: 'w3c', label: 'W3C Extended Log File Format' },
  { value: 'iis', label: 'Microsoft IIS Log File Format' },
  { value: 'ncsa', label: 'NCSA Common Log File Format' },
];

const scheduleChoices: readonly { readonly value: LogSchedule; readonly label: string }[] = [
  { value: 'hourly', label: 'Hourly' },
  { value: 'daily', label: 'Daily' },
  { value: 'weekly', label: 'Weekly' },
  { value: 'monthly', label: 'Monthly' },
  { value: 'unlimited', label: 'Unlimited file size' },
  { value: 'size', label: 'When file size reaches' },
];

const useStyles = makeStyles({
  fields: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(250px, 1fr))',
    marginInlineStart: '-8px',
  },
  name: { color: tokens.colorNeutralForeground3, fontFamily: tokens.fontFamilyMonospace },
  fileName: { margin: 0 },
  lead: { margin: 0, marginBlockEnd: tokens.spacingVerticalM, color: tokens.colorNeutralForeground2 },
});

function LoggingGeneral({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  const separator = useSuggestions().data?.separator ?? '/';
  const dataFolder = useStatus().data?.dataFolder;
  const schedule = useSetting('logSchedule').value as LogSchedule;
  const format = useSetting('logFormat').value as LogFormat;
  const isDated = schedule !== 'unlimited' && schedule !== 'size';
  return (
    <>
      <Group title="New log schedule" isDense>
        <RadioSetting name="logSchedule" hint={false} choices={scheduleChoices} columns={2} isUnderTitle />
        <NumberSetting
          name="logFileSizeMb"
          label="File size"
          hint={false}
          reasonAgainst={schedule === 'size' ? undefined : 'Only for "When file size reaches".'}
        />
        <CheckSetting
          name="usesLocalTimeForLog"
          hint="Off: by UTC. Times in the lines of the W3C format are UTC always."
          reasonAgainst={isDated ? undefined : 'Names of these files have no time in them.'}
        />
      </Group>
      <Group title="Log files">
        <FolderSetting
          name="logDirectory"
          hint="Empty: the folder LogFiles of the data folder."
          {...(dataFolder === undefined ? {} : { placeholder: `${dataFolder}${separator}LogFiles` })}
        />
        <p className={styles.fileName}>
          Log file name{' '}
          <span className={styles.name}>
            {`SMTPSVC${serverId}${separator}${describeLogFileName(format, schedule)}`}
          </span>
        </p>
      </Group>
    </>
  );
}

function LoggingFields(): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, isReadOnly } = useSetting('logFields');
  const isW3c = useSetting('logFormat').value === 'w3c';
  const chosen = new Set(value as readonly LogField[]);
  const toggle = (field: LogField): void => {
    const next = new Set(chosen);
    if (!next.delete(field)) next.add(field);
    // In the order in which they are written.
    set(logFields.filter((each) => next.has(each)));
    leave();
  };
  return (
    <div data-setting="logFields">
      <p className={styles.lead}>
        {isW3c
          ? 'Fields of the W3C Extended Log File Format.'
          : 'The fields of the chosen format are fixed; only those of the W3C Extended Log File Format can be chosen.'}
      </p>
      {fault !== undefined && <FaultLine>{fault}</FaultLine>}
      {logFieldGroups.map((group) => (
        <Group key={group.title} title={group.title} isDense>
          <div className={styles.fields}>
            {group.fields.map(({ name, title }) => (
              <Checkbox
                key={name}
                label={
                  <>
                    {title} <span className={styles.name}>( {name} )</span>
                  </>
                }
                checked={chosen.has(name)}
                disabled={isReadOnly || !isW3c}
                onChange={() => toggle(name)}
              />
            ))}
          </div>
        </Group>
      ))}
    </div>
  );
}

export const loggingOpener = (serverId: number): DialogOpenerProps => ({
  label: 'Properties…',
  title: 'Logging Properties',
  size: 'medium',
  pages: [
    {
      id: 'general',
      title: 'General',
      keys: dialogKeys.logging,
      content: <LoggingGeneral serverId={serverId} />,
    },
    { id: 'advanced', title: 'Advanced', keys: dialogKeys.loggingFields, content: <LoggingFields /> },
  ],
});
