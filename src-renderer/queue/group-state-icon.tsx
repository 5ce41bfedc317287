/** State of a waiting message as a shape; the shape alone tells them apart. Decorative: the word stands beside it. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  ArrowCircleRightFilled,
  ArrowClockwiseRegular,
  ClockRegular,
  PauseCircleFilled,
  PlugDisconnectedRegular,
  WeatherSnowflakeRegular,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { GroupState } from './group-words';

const useStyles = makeStyles({
  icon: { fontSize: '16px', flexShrink: 0 },
  active: { color: tokens.colorPaletteGreenForeground1 },
  due: { color: tokens.colorBrandForeground1 },
  stopped: { color: tokens.colorPaletteMarigoldForeground1 },
  quiet: { color: tokens.colorNeutralForeground3 },
});

const icons = {
  due: ArrowClockwiseRegular,
  active: ArrowCircleRightFilled,
  waiting: ClockRegular,
  held: PauseCircleFilled,
  frozen: WeatherSnowflakeRegular,
  'for-trigger': PlugDisconnectedRegular,
} as const;

const looks = {
  due: 'due',
  active: 'active',
  waiting: 'quiet',
  held: 'stopped',
  frozen: 'stopped',
  'for-trigger': 'quiet',
} as const;

export function GroupStateIcon({ state }: { readonly state: GroupState }): ReactElement {
  const styles = useStyles();
  const Icon = icons[state];
  return <Icon aria-hidden className={mergeClasses(styles.icon, styles[looks[state]])} />;
}
