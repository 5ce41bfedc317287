/** Housekeeping: how much mail and trace is kept, frozen destinations, who is told on the desktop, the spam checker. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { readFault, useClient } from '../../client';
import { announce } from '../../ui/announcer';
import { CheckSetting, LimitSetting, NumberSetting, RadioSetting, TextSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import { FrozenDestinations } from './frozen-destinations';
import { portFor } from './housekeeping-words';
import { describePreview, type LimitedFolder, limitKeys, limitsOf } from './retention-words';

const useStyles = makeStyles({
  preview: {
    display: 'flex',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalM,
    minHeight: '32px',
  },
  button: { flexShrink: 0 },
  text: { color: tokens.colorNeutralForeground2 },
});

const checkerChoices = [
  { value: 'none', label: 'None' },
  { value: 'spamassassin', label: 'SpamAssassin (spamd)' },
  { value: 'rspamd', label: 'rspamd' },
];

/** Asks with the limits as they stand in the form, which are not in force yet. */
function Preview({
  serverId,
  folder,
}: {
  readonly serverId: number;
  readonly folder: LimitedFolder;
}): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const values: Record<string, unknown> = {};
  const [days, messages, mb] = limitKeys[folder];
  values[days] = useSetting(days).value;
  values[messages] = useSetting(messages).value;
  values[mb] = useSetting(mb).value;
  const asked = JSON.stringify(values);
  const [answer, setAnswer] = useState<{ readonly asked: string; readonly text: string }>();
  const [isAsking, setIsAsking] = useState(false);
  const ask = async (): Promise<void> => {
    setIsAsking(true);
    try {
      const limits = limitsOf(folder, values);
      const text = describePreview(await client.messages.previewRetention({ serverId, folder, limits }));
      setAnswer({ asked, text });
      announce(text);
    } catch (error) {
      setAnswer({ asked, text: readFault(error).text });
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <div className={styles.preview}>
      <Button className={styles.button} disabled={isAsking} onClick={() => void ask()}>
        Show what this removes…
      </Button>
      <span className={styles.text}>
        {isAsking ? 'Looking at the folder…' : answer?.asked === asked ? answer.text : ''}
      </span>
    </div>
  );
}

function SpamChecker(): ReactElement {
  const { value: port, set: setPort } = useSetting('spamCheckerPort');
  return (
    <Group title="Spam checker">
      <RadioSetting
        name="spamChecker"
        choices={checkerChoices}
        isUnderTitle
        onChoose={(checker) => {
          const usual = portFor(checker, port);
          if (usual !== undefined) setPort(usual);
        }}
      />
      <TextSetting name="spamCheckerAddress" />
      <NumberSetting name="spamCheckerPort" />
    </Group>
  );
}

export function HousekeepingPage({ serverId }: { readonly serverId: number }): ReactElement {
  return (
    <>
      <Group title="Drop" isDense>
        <LimitSetting name="dropKeepDays" hint={false} proposal={90} offWord="never" />
        <LimitSetting name="dropKeepMessages" hint={false} proposal={100_000} />
        <LimitSetting
          name="dropKeepMb"
          proposal={10_240}
          hint="The oldest messages are removed for good, every few minutes."
        />
        <Preview serverId={serverId} folder="drop" />
      </Group>
      <Group title="Badmail" isDense>
        <LimitSetting name="badmailKeepDays" hint={false} proposal={90} offWord="never" />
        <LimitSetting name="badmailKeepMessages" hint={false} proposal={100_000} />
        <LimitSetting
          name="badmailKeepMb"
          proposal={10_240}
          hint="The oldest messages are removed for good, every few minutes."
        />
        <Preview serverId={serverId} folder="badmail" />
      </Group>
      <Group title="Trace" isDense>
        <LimitSetting
          name="traceKeepDays"
          offWord="for ever"
          hint="How long it can be found out what became of a message."
        />
        <LimitSetting name="traceKeepMb" hint={false} />
        <CheckSetting name="tracesDialogues" />
      </Group>
      <Group title="Queue">
        <FrozenDestinations serverId={serverId} />
      </Group>
      <Group title="Notifications on the desktop">
        <CheckSetting name="notifiesNewMail" hint={false} />
        <CheckSetting name="notifiesBadmail" hint={false} />
        <CheckSetting name="notifiesStop" hint={false} />
        <LimitSetting name="notifiesQueueOver" hint={false} proposal={1000} offWord="never" />
      </Group>
      <SpamChecker />
    </>
  );
}
