/** Who changed what and when, the latest first; below, the old and the new values of the chosen one. */
import { makeStyles, SearchBox, tokens } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ChangeRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { useNow } from '../ui/clock';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSortableTime, formatTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { usePagedRows } from '../ui/paged-rows';
import { SplitPane } from '../ui/split-pane';
import { ChangeDetail } from './change-detail';
import { actionWord, viaWord } from './change-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  strip: {
    display: 'flex',
    alignItems: 'center',
    flexShrink: 0,
    minHeight: '40px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  search: { width: '320px' },
  rest: { flexGrow: 1, minHeight: 0 },
});

export interface ChangesViewProps {
  /** Why this person may not read the record. */
  readonly forbidden: string | undefined;
  readonly serverName: (serverId: number) => string | undefined;
}

export function ChangesView({ forbidden, serverName }: ChangesViewProps): ReactElement {
  return forbidden === undefined ? (
    <Changes serverName={serverName} />
  ) : (
    <EmptyState title="The record of changes is for operators." text={forbidden} />
  );
}

/** Nothing tells two entries of one millisecond apart but what they say. */
const rowKey = (row: ChangeRow): string => `${row.at}/${row.who}/${row.action}/${row.subject}`;
const minuteMs = 60_000;
const nothing: ReadonlySet<string> = new Set();

function Changes({ serverName }: Pick<ChangesViewProps, 'serverName'>): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const now = useNow(minuteMs);
  const [text, setText] = useState('');
  const filter = useSettled(text.trim());
  const [selected, setSelected] = useState(nothing);
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.changes.list(
      { offset, limit, ...(filter === '' ? {} : { filter }) },
      signal === undefined ? {} : { signal },
    );
  const pages = usePagedRows<ChangeRow>({ queryKey: [...keys.changes, filter], readPage });
  const [key] = selected;
  const chosen = key === undefined ? undefined : findRow(pages, key);
  const list = (
    <DataList
      label="Changes"
      listId="changes"
      columns={columnsAt(now)}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selected}
      onSelect={setSelected}
      isSingle
      page={{ readRows: readPage }}
      empty={
        pages.error !== undefined ? (
          <EmptyState title="The record could not be read." text={readFault(pages.error).text} />
        ) : pages.isLoading ? (
          <LateSpinner label="Reading the record" />
        ) : filter === '' ? (
          <EmptyState title="Nothing has been changed yet." text="What people change is noted here." />
        ) : (
          <EmptyState title="No change matches." text="Look for another word, a name or a setting." />
        )
      }
    />
  );
  return (
    <div className={styles.root}>
      <div className={styles.strip}>
        <SearchBox
          size="small"
          className={styles.search}
          placeholder="Find a person, a setting, a value"
          aria-label="Find in the record"
          maxLength={200}
          value={text}
          onChange={(_, data) => setText(data.value)}
        />
      </div>
      <div className={styles.rest}>
        <SplitPane
          direction="vertical"
          id="changes"
          label="Resize the list"
          defaultSize={360}
          minSize={96}
          first={list}
          second={
            chosen === undefined ? (
              <EmptyState title="No change selected" text="Select one to see its old and new values." />
            ) : (
              <ChangeDetail row={chosen} serverName={serverName} />
            )
          }
        />
      </div>
    </div>
  );
}

/** Each search reads the whole record: not one for each letter. */
const settleMs = 300;

/** The value once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function findRow(
  pages: { readonly total: number; readonly rowAt: (index: number) => ChangeRow | undefined },
  key: string,
): ChangeRow | undefined {
  for (let index = 0; index < pages.total; index += 1) {
    const row = pages.rowAt(index);
    if (row !== undefined && rowKey(row) === key) return row;
  }
  return undefined;
}

const columnsAt = (now: number): readonly Column<ChangeRow>[] => [
  {
    id: 'at',
    title: 'When',
    width: 130,
    render: (row) => formatTime(row.at, now),
    text: (row) => formatFullTime(row.at),
    exported: { text: (row) => formatSortableTime(row.at) },
  },
  { id: 'who', title: 'Who', width: 140, render: (row) => row.who, text: (row) => row.who },
  {
    id: 'via',
    title: 'By',
    width: 130,
    render: (row) => viaWord(row.via),
    text: (row) => viaWord(row.via),
  },
  {
    id: 'action',
    title: 'What',
    width: 190,
    render: (row) => actionWord(row.action),
    text: (row) => actionWord(row.action),
  },
  { id: 'subject', title: 'Of', width: 240, render: (row) => row.subject, text: (row) => row.subject },
];
