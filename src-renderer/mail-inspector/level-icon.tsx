/** How grave something is, as shape and colour. Decorative; the word stands beside it. */
import { mergeClasses } from '@fluentui/react-components';
import {
  CheckmarkCircleFilled,
  ErrorCircleFilled,
  InfoRegular,
  QuestionCircleRegular,
  WarningFilled,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { CheckFinding } from '../../src-main/api/contract';
import { useCheckStyles } from './check-styles';

const looks = {
  fault: [ErrorCircleFilled, 'bad'],
  warning: [WarningFilled, 'doubtful'],
  hint: [InfoRegular, 'neutral'],
  unknown: [QuestionCircleRegular, 'neutral'],
  good: [CheckmarkCircleFilled, 'good'],
} as const;

export function LevelIcon({ level }: { readonly level: CheckFinding['level'] }): ReactElement {
  const styles = useCheckStyles();
  const [Icon, colour] = looks[level];
  return <Icon aria-hidden className={mergeClasses(styles.icon, styles[colour])} />;
}
