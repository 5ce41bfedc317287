/** State as shape and colour: the shape alone is enough to tell them apart. Decorative; the word stands beside it. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import {
  CircleHintFilled,
  CircleRegular,
  ErrorCircleFilled,
  PauseCircleFilled,
  PlayCircleFilled,
  QuestionCircleRegular,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';

export type StateGlyph = 'running' | 'paused' | 'stopped' | 'failed' | 'busy' | 'unknown';

const useStyles = makeStyles({
  icon: { fontSize: '16px', flexShrink: 0 },
  running: { color: tokens.colorPaletteGreenForeground1 },
  paused: { color: tokens.colorPaletteMarigoldForeground1 },
  stopped: { color: tokens.colorNeutralForeground3 },
  failed: { color: tokens.colorPaletteRedForeground1 },
  busy: { color: tokens.colorBrandForeground1 },
  unknown: { color: tokens.colorNeutralForeground3 },
});

const icons = {
  running: PlayCircleFilled,
  paused: PauseCircleFilled,
  stopped: CircleRegular,
  failed: ErrorCircleFilled,
  busy: CircleHintFilled,
  unknown: QuestionCircleRegular,
};

export interface StateIconProps {
  readonly glyph: StateGlyph;
}

export function StateIcon({ glyph }: StateIconProps): ReactElement {
  const styles = useStyles();
  const Icon = icons[glyph];
  return <Icon aria-hidden className={mergeClasses(styles.icon, styles[glyph])} />;
}
