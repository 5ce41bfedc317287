/**
 * The list of connection control and relay restrictions: computers, subnets and domains, added one by one or
 * pasted. Keys: Insert adds, Enter and F2 edit, Delete removes, Ctrl+V adds what was copied. What the list means
 * is its owner's; what is odd about it is told here, and nothing is repaired unasked.
 */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { AddRegular, WarningFilled } from '@fluentui/react-icons';
import { type ClipboardEvent, type KeyboardEvent, type ReactElement, type ReactNode, useState } from 'react';
import { DataList } from '../../ui/data-list';
import { EmptyState } from '../../ui/empty-state';
import type { ListRow } from './analysis';
import { ComputerDialog } from './computer-dialog';
import { entryColumns } from './entry-columns';
import { PasteDialog } from './paste-dialog';
import { readLines } from './pasted-lines';
import { useListEdit } from './use-list-edit';

export interface AddressListProps {
  readonly label: string;
  /** Its columns are remembered under it. */
  readonly listId: string;
  readonly texts: readonly string[];
  readonly onChange: (texts: readonly string[]) => void;
  /** Its DNS servers answer DNS Lookup. */
  readonly serverId: number;
  readonly isReadOnly: boolean;
  /** What an empty list means. */
  readonly empty: { readonly title: string; readonly text: string };
  /** Entries that a click adds. */
  readonly quick?: readonly QuickAdd[];
  /** False: addresses and subnets only. Default: true. */
  readonly takesDomains?: boolean;
}

export interface QuickAdd {
  readonly label: string;
  readonly texts: readonly string[];
  /** Why it adds nothing. */
  readonly reasonAgainst?: string | undefined;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flexGrow: 1, gap: tokens.spacingVerticalS, minHeight: 0 },
  body: { display: 'flex', gap: tokens.spacingHorizontalM, flexGrow: 1, minHeight: '154px' },
  frame: {
    position: 'relative',
    flexGrow: 1,
    minWidth: 0,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  list: { position: 'absolute', inset: 0 },
  verbs: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    width: '96px',
    flexShrink: 0,
  },
  line: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    minHeight: '24px',
  },
  told: { flexGrow: 1, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  warning: { display: 'inline-flex', color: tokens.colorPaletteYellowForeground2 },
});

export function AddressList(props: AddressListProps): ReactElement {
  const {
    label,
    listId,
    texts,
    onChange,
    serverId,
    isReadOnly,
    empty,
    quick = [],
    takesDomains = true,
  } = props;
  const styles = useStyles();
  const edit = useListEdit(texts, { onChange, takesDomains });
  const { rows, oddities, selectedKeys, selected } = edit;
  /** 'new', or the row that is being edited. */
  const [editing, setEditing] = useState<ListRow | 'new'>();
  const [pasting, setPasting] = useState<string>();

  const open = (row: ListRow | undefined): void => {
    if (row !== undefined && !isReadOnly) setEditing(row);
  };
  const paste = (event: ClipboardEvent): void => {
    const text = event.clipboardData.getData('text');
    if (isReadOnly || text.trim() === '') return;
    event.preventDefault();
    if (readLines(text, texts, { takesDomains }).bad.length > 0) setPasting(text);
    else edit.add(text.split(/\r\n|\r|\n/));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isReadOnly || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'Insert') setEditing('new');
    else if (event.key === 'F2') open(selected);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const verb = (title: string, run: () => void, isPossible = true): ReactNode => (
    <Button disabledFocusable={isReadOnly || !isPossible} onClick={run}>
      {title}
    </Button>
  );

  return (
    <div className={styles.root}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the list and its buttons together. */}
      <div className={styles.body} onKeyDown={onKeyDown} onPaste={paste}>
        <div className={styles.frame}>
          <div className={styles.list}>
            <DataList
              label={label}
              listId={listId}
              columns={entryColumns}
              total={rows.length}
              rowAt={(index) => rows[index]}
              rowKey={(row) => row.key}
              selectedKeys={selectedKeys}
              onSelect={edit.select}
              onOpen={open}
              onDelete={isReadOnly ? () => {} : edit.removeSelected}
              empty={<EmptyState {...empty} />}
            />
          </div>
        </div>
        <div className={styles.verbs}>
          {verb('Add…', () => setEditing('new'))}
          {verb('Edit…', () => open(selected), selected !== undefined)}
          {verb('Remove', edit.removeSelected, selectedKeys.size > 0)}
          {verb('Paste…', () => setPasting(''))}
        </div>
      </div>
      <div className={styles.line}>
        <div className={styles.told} role="status">
          {rows.length > 0 && `${countWords(rows.length)}. `}
          {edit.told}
        </div>
        {quick.map((each) => (
          <Button
            key={each.label}
            size="small"
            icon={<AddRegular />}
            disabledFocusable={isReadOnly || each.reasonAgainst !== undefined}
            title={each.reasonAgainst ?? `Adds ${each.texts.join(' and ')}`}
            onClick={() => each.reasonAgainst === undefined && !isReadOnly && edit.add(each.texts)}
          >
            {each.label}
          </Button>
        ))}
      </div>
      {oddities.needless.length > 0 && (
        <div className={styles.line}>
          <span className={styles.warning} aria-hidden>
            <WarningFilled />
          </span>
          <span role="status">{needlessWords(oddities.needless)}</span>
          {!isReadOnly && (
            <Button size="small" onClick={edit.removeNeedless}>
              {oddities.needless.length === 1 ? 'Remove it' : 'Remove them'}
            </Button>
          )}
        </div>
      )}
      {editing !== undefined && (
        <ComputerDialog
          text={editing === 'new' ? undefined : editing.text}
          others={rows.filter((row) => row !== editing).map((row) => row.text)}
          serverId={serverId}
          takesDomains={takesDomains}
          onClose={() => setEditing(undefined)}
          onAccept={(text) => {
            if (editing === 'new') edit.add([text]);
            else edit.replace(editing, text);
            setEditing(undefined);
          }}
        />
      )}
      {pasting !== undefined && (
        <PasteDialog
          initial={pasting}
          texts={texts}
          takesDomains={takesDomains}
          onClose={() => setPasting(undefined)}
          onAccept={(added) => {
            edit.add(added);
            setPasting(undefined);
          }}
        />
      )}
    </div>
  );
}

const countWords = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'entry' : 'entries'}`;

function needlessWords(needless: readonly ListRow[]): string {
  const [first] = needless;
  if (first === undefined) return '';
  if (needless.length > 1)
    return `${countWords(needless.length)} are needless: others in the list cover them.`;
  return first.isRepeated
    ? `${first.text} is listed twice.`
    : `${first.text} is already covered by ${first.coveredBy}.`;
}
