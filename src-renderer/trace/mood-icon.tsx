import { makeStyles, tokens } from '@fluentui/react-components';
import {
  CheckmarkCircle16Filled,
  Circle16Regular,
  Clock16Regular,
  ErrorCircle16Filled,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { Mood } from './trace-words';

const useStyles = makeStyles({
  good: { color: tokens.colorStatusSuccessForeground1 },
  waiting: { color: tokens.colorStatusWarningForeground1 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  plain: { color: tokens.colorNeutralForeground3 },
});

/** A shape for each; what it means stands beside it in words. */
export function MoodIcon({ mood }: { readonly mood: Mood }): ReactElement {
  const styles = useStyles();
  if (mood === 'good') return <CheckmarkCircle16Filled aria-hidden className={styles.good} />;
  if (mood === 'waiting') return <Clock16Regular aria-hidden className={styles.waiting} />;
  if (mood === 'bad') return <ErrorCircle16Filled aria-hidden className={styles.bad} />;
  return <Circle16Regular aria-hidden className={styles.plain} />;
}
