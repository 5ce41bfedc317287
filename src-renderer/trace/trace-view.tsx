/** "Where is my mail?": what is asked on top, what was found below it, and the way of the chosen message. */
import { MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { Search24Regular } from '@fluentui/react-icons';
import { type ReactElement, useDeferredValue, useMemo, useState } from 'react';
import type { TraceRow } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount, formatFullTime, formatSender, formatTime } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { MiddleText } from '../ui/middle-text';
import { usePagedRows } from '../ui/paged-rows';
import { SplitPane } from '../ui/split-pane';
import { MoodIcon } from './mood-icon';
import { QueryBar } from './query-bar';
import { TraceDetail, type TraceSeams } from './trace-detail';
import { isAsked, type Mood, moodOf, nothingAsked, outcomeTitles, queryOf } from './trace-words';

const useStyles = makeStyles({
  // In a small window, or much enlarged, the page scrolls: each part stays large enough to be used.
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, overflowY: 'auto' },
  rest: { flexGrow: 1, flexShrink: 0, flexBasis: 0, minHeight: '260px' },
  outcome: {
    display: 'flex',
    alignItems: 'center',
    gap: '6px',
    '& > svg': { flexShrink: 0 },
    '& > span': { minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' },
  },
});

export interface TraceViewProps extends TraceSeams {
  /** undefined: of all virtual servers. */
  readonly serverId: number | undefined;
  readonly serverName: (serverId: number) => string;
  /** The message to begin with, by its queue id; its virtual server where the trace is that of all. */
  readonly firstId?: string | undefined;
  readonly firstServerId?: number | undefined;
}

const keyOf = ({ serverId, id }: Pick<TraceRow, 'serverId' | 'id'>): string => `${serverId} ${id}`;
const readKey = (key: string): { serverId: number; id: string } => {
  const space = key.indexOf(' ');
  return { serverId: Number(key.slice(0, space)), id: key.slice(space + 1) };
};

const outcomesText = ({ outcomes }: TraceRow): string =>
  outcomes.map((each) => outcomeTitles[each]).join(', ');
const worst = ({ outcomes }: TraceRow): Mood => {
  const moods = outcomes.map(moodOf);
  return (['bad', 'waiting', 'good'] as const).find((mood) => moods.includes(mood)) ?? 'plain';
};
const recipientsText = ({ recipients, recipientCount }: TraceRow): string =>
  recipientCount > recipients.length
    ? `${recipients.join(', ')} and ${recipientCount - recipients.length} more`
    : recipients.join(', ');

function useColumns(props: TraceViewProps): readonly Column<TraceRow>[] {
  const styles = useStyles();
  const { serverId, serverName } = props;
  const text = (
    id: string,
    title: string,
    width: number,
    of: (row: TraceRow) => string,
  ): Column<TraceRow> => ({
    id,
    title,
    width,
    text: of,
    render: of,
  });
  const middle = (...column: Parameters<typeof text>): Column<TraceRow> => ({
    ...text(...column),
    render: (row) => <MiddleText text={column[3](row)} />,
  });
  const recipients: Column<TraceRow> = {
    ...text('recipients', 'Recipients', 170, recipientsText),
    render: ({ recipients: [first = ''], recipientCount }) => (
      <MiddleText text={recipientCount > 1 ? `${first} +${recipientCount - 1}` : first} />
    ),
  };
  return [
    {
      id: 'outcome',
      title: 'Outcome',
      width: 150,
      text: outcomesText,
      render: (row) => (
        <span className={styles.outcome}>
          <MoodIcon mood={worst(row)} />
          <span>{outcomesText(row)}</span>
        </span>
      ),
    },
    middle('sender', 'Sender', 160, (row) => formatSender(row.sender)),
    recipients,
    { ...text('subject', 'Subject', 150, (row) => row.subject), isGrowing: true },
    text('source', 'Source', serverId === undefined ? 150 : 200, (row) => row.source),
    ...(serverId === undefined
      ? [text('server', 'Virtual server', 140, (row) => serverName(row.serverId))]
      : []),
    {
      id: 'at',
      title: 'Time',
      width: 112,
      align: 'end',
      text: (row) => formatFullTime(row.at),
      render: (row) => formatTime(row.at, Date.now()),
    },
  ];
}

export function TraceView(props: TraceViewProps): ReactElement {
  const { serverId, firstId, firstServerId = serverId ?? 1, onShowMessage, onShowBadmail } = props;
  const styles = useStyles();
  const client = useClient();
  const columns = useColumns(props);
  const [asked, setAsked] = useState(nothingAsked);
  const [isComplete, setIsComplete] = useState(true);
  const [selected, setSelected] = useState<ReadonlySet<string>>(
    () => new Set(firstId === undefined ? [] : [keyOf({ serverId: firstServerId, id: firstId })]),
  );
  const settled = useDeferredValue(asked);
  // The span is counted from when it was chosen: a list whose beginning moves would be read again and again.
  const query = useMemo(() => queryOf(settled, serverId, Date.now()), [settled, serverId]);
  const pages = usePagedRows<TraceRow>({
    queryKey: ['trace', 'found', query],
    readPage: async ({ offset, limit, signal }) => {
      const found = await client.trace.find({ ...query, offset, limit }, signal ? { signal } : {});
      setIsComplete(found.isComplete);
      return found;
    },
  });
  const show = (id: string, ofServer: number): void =>
    setSelected(new Set([keyOf({ serverId: ofServer, id })]));
  const [key] = selected;
  const chosen = key === undefined ? undefined : readKey(key);
  const list = (
    <DataList<TraceRow>
      label="Trace"
      listId="trace"
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={keyOf}
      selectedKeys={selected}
      onSelect={setSelected}
      isSingle
      page={{ readRows: ({ offset, limit }) => client.trace.find({ ...query, offset, limit }) }}
      empty={<NothingFound isLoading={pages.isLoading} isAsked={isAsked(settled)} />}
    />
  );
  return (
    <div className={styles.root}>
      {pages.error !== undefined && (
        <MessageBar intent="warning">
          <MessageBarBody>{readFault(pages.error).text}</MessageBarBody>
        </MessageBar>
      )}
      {!isComplete && (
        <MessageBar intent="info">
          <MessageBarBody>
            The trace is still being read. Older mail may be missing; refresh in a moment.
          </MessageBarBody>
        </MessageBar>
      )}
      <QueryBar
        asked={asked}
        onAsk={setAsked}
        count={pages.isLoading ? '' : formatCount(pages.total, 'message')}
      />
      <div className={styles.rest}>
        {pages.total === 0 && chosen === undefined ? (
          list
        ) : (
          <SplitPane
            direction="vertical"
            id="trace"
            label="Resize the list"
            defaultSize={196}
            minSize={96}
            first={list}
            second={
              chosen === undefined ? (
                <EmptyState
                  title="No message selected"
                  text="Select a message to see its way, step by step."
                />
              ) : (
                <TraceDetail
                  key={key}
                  {...chosen}
                  onShow={(id) => show(id, chosen.serverId)}
                  onShowMessage={onShowMessage}
                  onShowBadmail={onShowBadmail}
                />
              )
            }
          />
        )}
      </div>
    </div>
  );
}

function NothingFound({
  isLoading,
  isAsked: isFiltered,
}: {
  readonly isLoading: boolean;
  readonly isAsked: boolean;
}) {
  if (isLoading) return <LateSpinner label="Reading the trace" />;
  if (isFiltered)
    return (
      <EmptyState
        title="The trace has no such message."
        text="A part of an address or of a subject is enough, and case does not matter. Mail that never reached Mailroot is not here."
      />
    );
  return (
    <EmptyState
      icon={<Search24Regular />}
      title="Nothing has come in yet."
      text="Each message is listed here with its way, from the client that brought it to each recipient. What was refused is listed too."
    />
  );
}
