/** Advanced: mail of a remote domain that waits until its host asks for it. */
import { makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { CheckSetting } from '../fields';
import { Group } from '../group';
import { useSetting } from '../sheet-context';
import { TurnAccounts } from './turn-accounts';

const useStyles = makeStyles({ whole: { display: 'flex', flexDirection: 'column' } });

export function RemoteAdvancedPage(): ReactElement {
  const styles = useStyles();
  const { facts } = useSetting('turnAccounts');
  return (
    <div className={styles.whole}>
      <Group title="Remote triggered delivery">
        <CheckSetting
          name="holdsForTrigger"
          hint="Mail for this domain waits until its host asks for it with ETRN, or fetches it with ATRN or TURN."
        />
      </Group>
      <Group title={facts.title}>
        <TurnAccounts />
      </Group>
    </div>
  );
}
