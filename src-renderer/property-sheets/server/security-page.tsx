/** Security: the operators of the console. Not a part of the draft: what is changed here is in force at once. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { Group } from '../group';

const useStyles = makeStyles({
  text: { margin: 0 },
  quiet: { margin: 0, color: tokens.colorNeutralForeground2 },
});

export interface SecurityPageProps {
  /** The lists, which are another feature's. */
  readonly operators: ReactNode;
  readonly systemOperators: ReactNode;
}

export function SecurityPage({ operators, systemOperators }: SecurityPageProps): ReactElement {
  const styles = useStyles();
  return (
    <>
      <Group title="Operators">
        <p className={styles.text}>
          Operators may sign in to the console in a browser. They are the same for all virtual servers of this
          computer: a viewer sees, an operator runs, an administrator changes.
        </p>
        {operators}
      </Group>
      <Group title="Users and groups of this computer">
        <p className={styles.text}>They may use the command line without another password.</p>
        {systemOperators}
        <p className={styles.quiet}>
          Changes here are in force at once. Whoever owns the data folder or uses the desktop window is
          administrator always and needs no entry here.
        </p>
      </Group>
    </>
  );
}
