/** Leaves the browser console. In the desktop nobody signs in, and it is not there. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { readFault, signOut, useHost, useMe } from '../client';
import { addNotice } from './console-store';

const useStyles = makeStyles({
  root: {
    marginInlineStart: 'auto',
    minWidth: 0,
    maxWidth: '320px',
    height: '26px',
    fontWeight: tokens.fontWeightRegular,
  },
  text: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
});

export function SignOutButton(): ReactElement | null {
  const styles = useStyles();
  const me = useMe().data;
  if (useHost() !== undefined || me?.via !== 'browser') return null;
  const leave = (): void => {
    signOut().catch((error: unknown) =>
      addNotice({ intent: 'error', title: 'Sign Out', text: readFault(error).text }),
    );
  };
  return (
    <Button appearance="subtle" size="small" className={styles.root} onClick={leave}>
      <span className={styles.text}>Sign Out ({me.name})</span>
    </Button>
  );
}
