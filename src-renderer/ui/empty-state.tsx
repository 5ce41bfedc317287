/** What a list shows when it holds nothing: what would be here, and the next step. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

export interface EmptyStateProps {
  readonly title: string;
  /** One or two sentences: what lands here, what to do. */
  readonly text?: ReactNode;
  readonly icon?: ReactNode;
  /** A button for the next step. */
  readonly action?: ReactNode;
}

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: tokens.spacingVerticalS,
    height: '100%',
    padding: tokens.spacingHorizontalXXL,
    boxSizing: 'border-box',
    textAlign: 'center',
    color: tokens.colorNeutralForeground2,
  },
  icon: { fontSize: tokens.fontSizeHero800, lineHeight: 1, color: tokens.colorNeutralForeground3 },
  title: {
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground1,
  },
  text: { maxWidth: '44ch' },
  action: { marginTop: tokens.spacingVerticalS },
});

export function EmptyState({ title, text, icon, action }: EmptyStateProps): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.root} role="status">
      {icon !== undefined && (
        <div className={styles.icon} aria-hidden>
          {icon}
        </div>
      )}
      <div className={styles.title}>{title}</div>
      {text !== undefined && <div className={styles.text}>{text}</div>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
