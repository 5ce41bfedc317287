/**
 * A folder of messages: the list above, the message below. New mail comes in on top without a refresh; what is
 * selected and what is in view stay. Deleting asks first and then selects the next message.
 */
import { MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useCallback, useState } from 'react';
import type { MessageRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { formatCount } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { keyAfterRemoval } from '../ui/list-movement';
import { type PagedRows, usePagedRows } from '../ui/paged-rows';
import { SplitPane } from '../ui/split-pane';
import { useReadMessage } from './message-content';
import { MessagePane } from './message-pane';
import { markAsRead } from './read-marks';
import { messageFileName, useSaveFile } from './saving';

/** The engine takes no more in one call. */
const maxSelected = 10_000;

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  rest: { flexGrow: 1, minHeight: 0, position: 'relative' },
  bar: { flexShrink: 0 },
});

export interface MailViewProps {
  readonly serverId: number;
  readonly folder: 'drop' | 'badmail';
  /** Why this person may delete nothing here; undefined: it can be done. */
  readonly forbidden: string | undefined;
  readonly label: string;
  readonly columns: readonly Column<MessageRow>[];
  readonly empty: ReactNode;
  /** The menu of the selection belongs to the window. */
  readonly onContextMenu?: ((at: { readonly x: number; readonly y: number }) => void) | undefined;
}

const rowKey = (row: MessageRow): string => row.id;

export function MailView(props: MailViewProps): ReactElement {
  const { serverId, folder, forbidden, label, columns, empty, onContextMenu } = props;
  const styles = useStyles();
  const client = useClient();
  const readMessage = useReadMessage();
  const saveFile = useSaveFile();
  const readPage = ({ offset, limit, signal }: { offset: number; limit: number; signal?: AbortSignal }) =>
    client.messages.list({ serverId, folder, offset, limit }, signal ? { signal } : {});
  const pages = usePagedRows<MessageRow>({ queryKey: keys.messages(serverId, folder), readPage });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setIsConfirming] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);

  const select = useCallback((keys: ReadonlySet<string>): void => {
    setSelected(keys);
    const [only] = keys;
    if (only !== undefined && keys.size === 1) markAsRead(only);
  }, []);

  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      setFault(undefined);
      await action();
    } catch (error) {
      setFault(`${what}: ${readFault(error).text}`);
    }
  };
  const [onlyId] = selected.size === 1 ? selected : [];
  const save = (): void => {
    if (onlyId === undefined) return;
    void attempt('The message could not be saved', async () => {
      const { row, mail } = await readMessage({ serverId, folder, id: onlyId });
      const bytes = await mail.readBytes(0, mail.sizeBytes);
      await saveFile({ ...messageFileName(row.subject, row.id), bytes });
    });
  };
  const remove = (): void => {
    setIsConfirming(false);
    void attempt('Not everything was deleted', async () => {
      const next = keyAfterRemoval(pages, rowKey, selected);
      await client.messages.delete({ serverId, folder, ids: [...selected] });
      select(new Set(next === undefined ? [] : [next]));
    });
  };
  const askDelete = (): void => {
    if (selected.size > 0 && forbidden === undefined) setIsConfirming(true);
  };
  const selectAll = (): void => {
    void attempt('Not everything could be selected', async () => {
      const rows = await pages.readMany(maxSelected);
      setSelected(new Set(rows.map(rowKey)));
      if (pages.total > maxSelected)
        setFault(`The first ${maxSelected.toLocaleString()} messages are selected.`);
    });
  };

  const list = (
    <DataList<MessageRow>
      label={label}
      listId={folder}
      columns={columns}
      total={pages.total}
      rowAt={pages.rowAt}
      onVisible={pages.onVisible}
      rowKey={rowKey}
      selectedKeys={selected}
      onSelect={select}
      onSelectAll={selectAll}
      onDelete={askDelete}
      {...(onContextMenu !== undefined && { onContextMenu: (_, at) => onContextMenu(at) })}
      page={{
        readRows: readPage,
        actions: {
          ...(selected.size > 0 && { delete: askDelete }),
          ...(onlyId !== undefined && { save }),
          ...(pages.total > 0 && { 'select-all': selectAll }),
        },
      }}
      empty={pages.isLoading ? <LateSpinner label="Reading the folder" /> : empty}
    />
  );
  const problem = fault ?? (pages.error === undefined ? undefined : readFault(pages.error).text);
  return (
    <div className={styles.root}>
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
            id={`mail.${folder}`}
            label="Resize the list"
            defaultSize={280}
            minSize={96}
            first={list}
            second={
              onlyId !== undefined ? (
                <MessagePane
                  address={{ serverId, folder, id: onlyId }}
                  row={findRow(pages, onlyId)}
                  onDelete={askDelete}
                  whyNotDelete={forbidden}
                />
              ) : (
                <NothingOpen count={selected.size} canDelete={forbidden === undefined} />
              )
            }
          />
        )}
      </div>
      {isConfirming && (
        <ConfirmDialog
          title={`Delete ${formatCount(selected.size, 'message')}?`}
          text={
            folder === 'drop'
              ? 'The files are removed from the Drop folder. This cannot be undone.'
              : 'The messages and their reason files are removed from the Badmail folder. This cannot be undone.'
          }
          confirmLabel="Delete"
          onConfirm={remove}
          onCancel={() => setIsConfirming(false)}
        />
      )}
    </div>
  );
}

interface NothingOpenProps {
  readonly count: number;
  readonly canDelete: boolean;
}

function NothingOpen({ count, canDelete }: NothingOpenProps): ReactElement {
  return count === 0 ? (
    <EmptyState title="No message selected" text="Select a message to read it." />
  ) : (
    <EmptyState
      title={`${formatCount(count, 'message')} selected`}
      {...(canDelete && { text: 'Delete removes all of them.' })}
    />
  );
}

/** The row may have scrolled out of the pages at hand; the content brings its own then. */
function findRow(pages: PagedRows<MessageRow>, id: string): MessageRow | undefined {
  for (let index = 0; index < Math.min(pages.total, 1000); index += 1) {
    const row = pages.rowAt(index);
    if (row?.id === id) return row;
  }
  return undefined;
}
