/** Columns of the keys. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircleFilled, ClockRegular, ErrorCircleFilled, WarningFilled } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { DkimKeyRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatFullTime, formatTime } from '../ui/format';
import { describeDns, describeKind, describeState, type Standing, standingOf } from './key-words';

const useStyles = makeStyles({
  cell: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  text: { overflow: 'hidden', textOverflow: 'ellipsis' },
  icon: { fontSize: '16px', flexShrink: 0 },
  good: { color: tokens.colorPaletteGreenForeground1 },
  waiting: { color: tokens.colorNeutralForeground3 },
  warning: { color: tokens.colorPaletteMarigoldForeground1 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

const icons = {
  good: CheckmarkCircleFilled,
  waiting: ClockRegular,
  warning: WarningFilled,
  bad: ErrorCircleFilled,
} as const satisfies Record<Standing, unknown>;

/** Decorative: the word stands beside it. */
function StandingIcon({ standing }: { readonly standing: Standing }): ReactElement {
  const styles = useStyles();
  const Icon = icons[standing];
  return <Icon aria-hidden className={mergeClasses(styles.icon, styles[standing])} />;
}

export function useKeyColumns(now: number): Column<DkimKeyRow>[] {
  const styles = useStyles();
  return [
    {
      id: 'domain',
      title: 'Domain',
      width: 144,
      text: ({ domain }) => domain,
      render: ({ domain }) => domain,
      isSortable: true,
      isGrowing: true,
    },
    {
      id: 'selector',
      title: 'Selector',
      width: 112,
      text: ({ selector }) => selector,
      render: ({ selector }) => selector,
      isSortable: true,
    },
    {
      id: 'key',
      title: 'Key',
      width: 80,
      text: describeKind,
      render: describeKind,
      isSortable: true,
    },
    {
      id: 'state',
      title: 'State',
      width: 152,
      text: describeState,
      render: (row) => (
        <span className={styles.cell}>
          <StandingIcon standing={standingOf(row)} />
          <span className={styles.text}>{describeState(row)}</span>
        </span>
      ),
      isSortable: true,
    },
    {
      id: 'dns',
      title: 'DNS',
      width: 120,
      text: describeDns,
      render: describeDns,
      isSortable: true,
    },
    {
      id: 'checked',
      title: 'Checked',
      width: 108,
      text: ({ lastCheck }) =>
        lastCheck === undefined ? 'Not since Mailroot was started' : formatFullTime(lastCheck.at),
      render: ({ lastCheck }) => (lastCheck === undefined ? '–' : formatTime(lastCheck.at, now)),
      isSortable: true,
      sortValue: ({ lastCheck }) => lastCheck?.at ?? 0,
    },
  ];
}
