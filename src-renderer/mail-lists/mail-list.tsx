/**
 * A list of mail with what narrows it above and the chosen message below. New mail comes in on top without a refresh;
 * what is selected and what is in view stay. Deleting needs no question: it can be undone for an hour.
 */
import { MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactElement, type ReactNode, type RefObject, useState } from 'react';
import type { MessageAddress, MessageRow } from '../../src-main/api/contract';
import { readFault, useClient } from '../client';
import { useNow } from '../ui/clock';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { useListSort } from '../ui/list-columns';
import { keyAfterRemoval } from '../ui/list-movement';
import { SplitPane } from '../ui/split-pane';
import { ExportDialog } from './export-dialog';
import { FilterBar } from './filter-bar';
import { type ListQuery, needsIndex, queryText, wholeList, withConversation } from './list-query';
import { addressesOf, keyOf, type ListedMail, type ListRow, rowKey } from './listed-mail';
import { useMailColumns } from './mail-columns';
import { SelectionBar } from './selection-bar';
import { type Marking, mostAtOnce, useMailActs } from './use-mail-acts';
import { type ListScope, searchInput, useMailPages } from './use-mail-pages';

const useStyles = makeStyles({
  // In a small window, or much enlarged, the page scrolls: each part stays large enough to be used.
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0, overflowY: 'auto' },
  rest: { flexGrow: 1, flexShrink: 0, flexBasis: 0, minHeight: '240px', position: 'relative' },
  bar: { flexShrink: 0 },
});

/** What the window gives a list: the panes of other features, and where to tell what was done. */
export interface MailListSeams {
  readonly renderMessage: (message: {
    readonly address: MessageAddress;
    readonly row: MessageRow | undefined;
    readonly onDelete: () => void;
  }) => ReactNode;
  readonly renderComparison: (pair: readonly [MessageAddress, MessageAddress]) => ReactNode;
  readonly onResend?: ((messages: readonly MessageAddress[]) => void) | undefined;
  /** Tells what was done; `undo` takes it back. */
  readonly onDone: (what: { readonly text: string; readonly undo: () => Promise<string> }) => void;
}

export interface MailListProps extends MailListSeams {
  readonly scope: ListScope;
  /** Widths, order and the size of the panes are remembered under it. */
  readonly listId: string;
  readonly label: string;
  readonly forbidden: string | undefined;
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
  /** Shown where there is no mail, and nothing was searched. */
  readonly empty: ReactNode;
  readonly placeOf?: ((mail: ListedMail) => string) | undefined;
  /** Title of the column that `placeOf` fills. */
  readonly placeTitle?: string;
  readonly onEverywhere?: ((text: string) => void) | undefined;
  /** Somebody was led to this message: it is chosen. */
  readonly meant?: MessageAddress | undefined;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** The menu of the selection belongs to the window. */
  readonly onContextMenu?: ((at: { readonly x: number; readonly y: number }) => void) | undefined;
}

/** Deleting waiting mail asks whether its sender is told. */
const queueWords = 'Mail in Queue is deleted on the page Queue, where you choose whether its sender is told.';

export function MailList(props: MailListProps): ReactElement {
  const { scope, listId, label, forbidden, query, onQuery, empty, placeOf } = props;
  const styles = useStyles();
  const client = useClient();
  const acts = useMailActs();
  const sorting = useListSort(listId);
  // Days have one order.
  const sort = query.grouping === 'day' ? undefined : sorting.sort;
  const pages = useMailPages(scope, query, sort);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [meant, setMeant] = useState<MessageAddress>();
  if (props.meant !== undefined && props.meant !== meant) {
    setMeant(props.meant);
    setSelected(new Set([keyOf(props.meant)]));
  }
  const [fault, setFault] = useState<string>();
  const [isComparing, setIsComparing] = useState(false);
  const [exported, setExported] = useState<readonly MessageAddress[]>();
  const isSearched = scope.kind === 'everything' || needsIndex(query, sort);
  const isNarrowed = queryText(query) !== '';

  const attempt = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    try {
      setFault(undefined);
      await action();
    } catch (error) {
      setFault(`${what}: ${readFault(error).text}`);
    }
  };
  const chosen = addressesOf(selected);
  const resting = chosen.filter(({ folder }) => folder !== 'queue');
  const atHand = mailAtHand(pages, selected);
  const [only] = chosen.length === 1 ? chosen : [];
  const onlyRow = atHand.find(({ key }) => only !== undefined && key === keyOf(only));

  const mark = (messages: readonly MessageAddress[], marking: Marking): void =>
    void attempt('Not everything was marked', () => acts.mark(messages, marking));
  const select = (keys: ReadonlySet<string>): void => {
    setSelected(keys);
    setIsComparing(false);
    const [key] = keys.size === 1 ? keys : [];
    const opened = key === undefined ? undefined : mailAtHand(pages, new Set([key]))[0];
    if (opened?.marks?.isRead === false && forbidden === undefined) mark([opened.address], { isRead: true });
  };
  const remove = (): void => {
    const messages = chosen.filter(({ folder }) => folder !== 'queue');
    if (forbidden !== undefined) return;
    if (messages.length < chosen.length) setFault(queueWords);
    if (messages.length === 0) return;
    void attempt('Not everything was deleted', async () => {
      if (messages.length < chosen.length) setFault(queueWords);
      const next = keyAfterRemoval(pages, rowKey, selected);
      const { count, undo } = await acts.remove(messages);
      setSelected(new Set(next === undefined || next.startsWith('day/') ? [] : [next]));
      props.onDone({
        text: `${formatCount(count, 'message')} deleted.`,
        undo: async () => `${formatCount(await undo(), 'message')} restored.`,
      });
    });
  };
  const selectAll = (): void => {
    void attempt('Not everything could be selected', async () => {
      const keys = isSearched
        ? (await client.search.addresses(searchInput(scope, query, sort))).addresses.map(keyOf)
        : (await pages.readMany(mostAtOnce)).flatMap((row) => (row.kind === 'mail' ? row.key : []));
      setSelected(new Set(keys));
      if (pages.messages > mostAtOnce) setFault(`The first ${mostAtOnce.toLocaleString()} are selected.`);
    });
  };
  const openConversation = (row: ListRow): void => {
    if (row.kind !== 'mail' || (row.found?.groupCount ?? 1) < 2) return;
    onQuery({ ...query, text: withConversation(query.text, row.address.id), grouping: 'none' });
  };
  const columns = useMailColumns({
    onConversation: query.grouping === 'conversation' ? openConversation : undefined,
    now: useNow(60_000),
    onStar:
      forbidden === undefined
        ? (mail) => mark([mail.address], { isStarred: mail.marks?.isStarred !== true })
        : undefined,
    ...(placeOf !== undefined && { placeOf }),
    ...(props.placeTitle !== undefined && { placeTitle: props.placeTitle }),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
    if (!isPlain || forbidden !== undefined || chosen.length === 0) return;
    if (!(event.target instanceof Element) || event.target.getAttribute('role') !== 'grid') return;
    if (event.key === 's')
      mark(chosen, { isStarred: !atHand.every(({ marks }) => marks?.isStarred === true) });
    else if (event.key === 'u') mark(chosen, { isRead: atHand.some(({ marks }) => marks?.isRead === false) });
    else return;
    event.preventDefault();
  };

  const list = (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the list inside.
    <div style={{ height: '100%' }} onKeyDown={onKeyDown}>
      <DataList<ListRow>
        label={label}
        listId={listId}
        columns={columns}
        total={pages.total}
        rowAt={pages.rowAt}
        onVisible={pages.onVisible}
        rowKey={rowKey}
        selectedKeys={selected}
        onSelect={select}
        onSelectAll={selectAll}
        onDelete={remove}
        {...(query.grouping === 'conversation' && { onOpen: openConversation })}
        {...(query.grouping !== 'day' && { sorting })}
        {...(props.onContextMenu !== undefined && { onContextMenu: (_, at) => props.onContextMenu?.(at) })}
        page={{
          readRows: pages.readPage,
          actions: {
            ...(chosen.length > 0 && { delete: remove, save: () => setExported(chosen) }),
            ...(pages.messages > 0 && { 'select-all': selectAll }),
          },
        }}
        empty={
          pages.isLoading ? (
            <LateSpinner label={isSearched ? 'Searching' : 'Reading the folder'} />
          ) : isNarrowed ? (
            <EmptyState
              title="Nothing found."
              text={
                pages.isComplete
                  ? 'Try fewer words, or the beginning of one.'
                  : 'Mail is still being indexed.'
              }
            />
          ) : (
            empty
          )
        }
      />
    </div>
  );
  const problem = fault ?? (pages.error === undefined ? undefined : readFault(pages.error).text);
  const comparable =
    chosen.length === 2 ? ([chosen[0], chosen[1]] as [MessageAddress, MessageAddress]) : undefined;
  const pane = (): ReactNode => {
    if (isComparing && comparable !== undefined) return props.renderComparison(comparable);
    if (only !== undefined)
      return props.renderMessage({ address: only, row: onlyRow?.row, onDelete: remove });
    return chosen.length === 0 ? (
      <EmptyState title="No message selected" text="Select a message to read it." />
    ) : (
      <EmptyState title={`${formatCount(chosen.length, 'message')} selected`} />
    );
  };
  const isEmptyFolder = pages.messages === 0 && !isNarrowed && scope.kind === 'folder';
  return (
    <div className={styles.root}>
      {!isEmptyFolder && (
        <FilterBar
          query={query}
          onQuery={onQuery}
          label={scope.kind === 'folder' ? `Search in ${label}` : 'Search mail'}
          faults={pages.faults}
          isComplete={pages.isComplete}
          isSearched={isSearched}
          countText={formatCount(
            pages.messages,
            query.grouping === 'conversation' ? 'conversation' : 'message',
          )}
          forbidden={forbidden}
          {...(props.inputRef !== undefined && { inputRef: props.inputRef })}
          {...(props.onEverywhere !== undefined && { onEverywhere: () => props.onEverywhere?.(query.text) })}
        />
      )}
      {pages.messages > 0 && (
        <SelectionBar
          count={chosen.length}
          selected={atHand}
          forbidden={forbidden}
          onMark={(marking) => mark(chosen, marking)}
          onResend={props.onResend === undefined ? undefined : () => props.onResend?.(resting)}
          whyNotResend={
            chosen.length > 0 && resting.length === 0 ? 'Mail in Queue is on its way already.' : undefined
          }
          onExport={() => setExported(chosen)}
          onCompare={comparable === undefined ? undefined : () => setIsComparing(true)}
          onDelete={remove}
        />
      )}
      {problem !== undefined && (
        <MessageBar intent="warning" className={styles.bar}>
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      <div className={styles.rest}>
        {pages.total === 0 ? (
          list
        ) : (
          <SplitPane
            direction="vertical"
            id={`mail.${listId}`}
            label="Resize the list"
            defaultSize={280}
            minSize={96}
            first={list}
            second={pane()}
          />
        )}
      </div>
      {exported !== undefined && <ExportDialog messages={exported} onClose={() => setExported(undefined)} />}
    </div>
  );
}

/** The query of a place's list, which is whole when one comes back to it. */
export function useListQuery(): readonly [ListQuery, (query: ListQuery) => void] {
  const [query, setQuery] = useState(wholeList);
  return [query, setQuery];
}

/** Selected rows that were read. Looks at the rows around, not at a hundred thousand. */
function mailAtHand(
  pages: { readonly total: number; readonly rowAt: (index: number) => ListRow | undefined },
  keys: ReadonlySet<string>,
): ListedMail[] {
  const found: ListedMail[] = [];
  for (let index = 0; index < Math.min(pages.total, 20_000) && found.length < keys.size; index += 1) {
    const row = pages.rowAt(index);
    if (row?.kind === 'mail' && keys.has(row.key)) found.push(row);
  }
  return found;
}
