/** What the window shows instead of the console when its session has ended. Nothing of before can be read behind it. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { PersonLockRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useId } from 'react';
import { signInAddress } from '../client';
import { useConsole } from './console-store';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalM,
    height: '100%',
    padding: tokens.spacingHorizontalXXL,
    boxSizing: 'border-box',
    textAlign: 'center',
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
  },
  icon: { fontSize: tokens.fontSizeHero900, lineHeight: 1, color: tokens.colorNeutralForeground3 },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  text: { margin: 0, maxWidth: '52ch', color: tokens.colorNeutralForeground2 },
});

export function SignedOut(): ReactElement {
  const styles = useStyles();
  const textId = useId();
  const queryClient = useQueryClient();
  useEffect(() => {
    // Whoever signs in next may be somebody else, who may see less.
    queryClient.clear();
    useConsole.setState({ dialog: undefined, notices: [], selectedKeys: new Set() });
  }, [queryClient]);
  return (
    <main className={styles.root}>
      <PersonLockRegular className={styles.icon} aria-hidden />
      <h1 className={styles.title}>You were signed out</h1>
      <p id={textId} className={styles.text}>
        Your session has ended: it was not used for twelve hours, you signed out in another window, your role
        or password was changed, or Mailroot was started again. Sign in to go on where you were.
      </p>
      <Button as="a" appearance="primary" href={signInAddress} aria-describedby={textId} ref={takeFocus}>
        Sign In
      </Button>
    </main>
  );
}

const takeFocus = (button: HTMLAnchorElement | HTMLButtonElement | null): void => button?.focus();
