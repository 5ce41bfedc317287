/** The causes for which messages lie in Badmail, the largest first; choosing one shows its messages alone. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { CauseGroup } from '../../src-main/api/contract';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSize, formatTime } from '../ui/format';
import { type ChosenCause, causeOf, causeTitle } from './cause-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  list: { flexGrow: 1, minHeight: 0 },
  all: { fontWeight: tokens.fontWeightSemibold },
});

export interface CauseListProps {
  readonly groups: readonly CauseGroup[];
  readonly total: number;
  readonly now: number;
  /** undefined: all of them. */
  readonly chosen: ChosenCause | undefined;
  readonly onChoose: (cause: ChosenCause | undefined) => void;
}

interface CauseRow {
  readonly key: ChosenCause | 'all';
  readonly title: string;
  readonly count: number;
  readonly sizeBytes: number;
  readonly newestAt: number;
}

export function CauseList({ groups, total, now, chosen, onChoose }: CauseListProps): ReactElement {
  const styles = useStyles();
  const rows: readonly CauseRow[] = [
    {
      key: 'all',
      title: 'All causes',
      count: total,
      sizeBytes: groups.reduce((sum, each) => sum + each.sizeBytes, 0),
      newestAt: Math.max(0, ...groups.map(({ newestAt }) => newestAt)),
    },
    ...groups.map((group) => ({ ...group, key: causeOf(group), title: causeTitle(causeOf(group)) })),
  ];
  const columns: Column<CauseRow>[] = [
    {
      id: 'cause',
      title: 'Cause',
      width: 190,
      isGrowing: true,
      text: ({ title }) => title,
      render: ({ key, title }) => (key === 'all' ? <span className={styles.all}>{title}</span> : title),
    },
    {
      id: 'count',
      title: 'Messages',
      width: 82,
      align: 'end',
      text: ({ count }) => count.toLocaleString(),
      render: ({ count }) => count.toLocaleString(),
    },
    {
      id: 'size',
      title: 'Size',
      width: 82,
      align: 'end',
      text: ({ sizeBytes }) => `${sizeBytes.toLocaleString()} bytes`,
      render: ({ sizeBytes }) => formatSize(sizeBytes),
    },
    {
      id: 'newest',
      title: 'Newest',
      width: 108,
      align: 'end',
      text: ({ newestAt }) => formatFullTime(newestAt),
      render: ({ newestAt }) => formatTime(newestAt, now),
    },
  ];
  return (
    <div className={styles.root}>
      <div className={styles.list}>
        <DataList<CauseRow>
          label="Causes"
          listId="badmail-causes"
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowKey={({ key }) => key}
          selectedKeys={new Set([chosen ?? 'all'])}
          onSelect={(keys) => {
            const key = rows.find((row) => keys.has(row.key))?.key;
            onChoose(key === 'all' ? undefined : key);
          }}
          isSingle
          empty={<EmptyState title="Nothing failed." />}
        />
      </div>
    </div>
  );
}
