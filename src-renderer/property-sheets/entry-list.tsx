/** A setting that is a list of entries with fields of their own: a list with buttons, and a dialog for an entry. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { Column } from '../ui/data-list';
import type { Values } from './draft';
import { EntryDialog, type EntryDialogProps } from './entry-dialog';
import { FaultLine } from './field-parts';
import { useSetting } from './sheet-context';
import { SideList } from './side-list';

export interface EntryListProps<Entry extends object>
  extends Pick<EntryDialogProps, 'shape' | 'pages' | 'size'> {
  /** The setting. */
  readonly name: string;
  /** Default: the schema's title. */
  readonly label?: string;
  /** "route": what one of them is called in titles. */
  readonly noun: string;
  readonly columns: readonly Column<EntryRow<Entry>>[];
  /** A new entry before anything is typed. */
  readonly blank: Values;
  readonly empty: { readonly title: string; readonly text: string };
  /** The order means something. */
  readonly isOrdered?: boolean;
  readonly reasonAgainstAdd?: string | undefined;
}

export interface EntryRow<Entry> {
  /** Of this very object: selection goes along when it moves. */
  readonly key: string;
  readonly entry: Entry;
}

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, flexGrow: 1 },
});

const keys = new WeakMap<object, string>();
let lastKey = 0;

function keyOf(entry: object): string {
  let key = keys.get(entry);
  if (key === undefined) {
    key = String(++lastKey);
    keys.set(entry, key);
  }
  return key;
}

export function EntryList<Entry extends object>(props: EntryListProps<Entry>): ReactElement {
  const { name, label, noun, columns, blank, empty, isOrdered = false, reasonAgainstAdd, ...dialog } = props;
  const styles = useStyles();
  const { value, set, leave, faults, facts, isReadOnly } = useSetting(name);
  const [editing, setEditing] = useState<number>();
  const selection = useState<ReadonlySet<string>>(new Set());
  const entries = value as readonly Entry[];
  const rows = entries.map((entry) => ({ key: keyOf(entry), entry }));
  const change = (next: readonly unknown[]): void => {
    set(next);
    leave();
  };
  const move = (row: EntryRow<Entry>, step: -1 | 1): void => {
    const at = entries.indexOf(row.entry);
    const next = [...entries];
    next.splice(at, 1);
    next.splice(at + step, 0, row.entry);
    change(next);
  };
  const accept = (entry: Values, at: number): void => {
    const before = entries[at];
    // An edited one stays the one it was; a new one is selected, so that the keys work on.
    if (before !== undefined) keys.set(entry, keyOf(before));
    selection[1](new Set([keyOf(entry)]));
    change(Object.assign([...entries], { [at]: entry }));
  };
  const [fault] = faults;
  const place = Number(fault?.path.split('.')[1]);
  return (
    <div className={styles.whole} data-setting={name}>
      <SideList
        label={label ?? facts.title}
        listId={name}
        columns={columns}
        rows={rows}
        isReadOnly={isReadOnly}
        empty={empty}
        reasonAgainstAdd={reasonAgainstAdd}
        selection={selection}
        onAdd={() => setEditing(entries.length)}
        onEdit={(row) => setEditing(entries.indexOf(row.entry))}
        onRemove={(gone) => change(entries.filter((entry) => !gone.some((row) => row.entry === entry)))}
        {...(isOrdered ? { onMove: move } : {})}
      />
      {fault !== undefined && (
        <FaultLine>{Number.isNaN(place) ? fault.reason : `Entry ${place + 1}: ${fault.reason}`}</FaultLine>
      )}
      {editing !== undefined && (
        <EntryDialog
          {...dialog}
          title={`${editing === entries.length ? 'Add' : isReadOnly ? 'Show' : 'Edit'} ${noun}`}
          listName={name}
          index={editing}
          entry={(entries[editing] as Values | undefined) ?? blank}
          onAccept={(entry) => accept(entry, editing)}
          onClose={() => setEditing(undefined)}
        />
      )}
    </div>
  );
}
