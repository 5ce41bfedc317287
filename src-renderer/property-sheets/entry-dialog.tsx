/**
 * One entry of a list of the sheet, in a dialog of its own: its fields are settings like those of the sheet. OK puts
 * the entry into the list and saves nothing.
 */
import type { ReactElement } from 'react';
import type { Values } from './draft';
import type { Shape } from './facts';
import { type Sheet, SheetContext, useSheet } from './sheet-context';
import { SheetDialog, type SheetDialogProps } from './sheet-dialog';

export interface EntryDialogProps extends Pick<SheetDialogProps, 'title' | 'pages' | 'size'> {
  /** The setting that is the list. */
  readonly listName: string;
  /** Place in the list; its length for a new entry. */
  readonly index: number;
  readonly entry: Values;
  readonly shape: Shape;
  readonly onAccept: (entry: Values) => void;
  readonly onClose: () => void;
}

export function EntryDialog({
  listName,
  index,
  entry,
  shape,
  onAccept,
  ...dialog
}: EntryDialogProps): ReactElement {
  const sheet = entrySheet(useSheet(), { listName, index, entry, shape });
  return (
    <SheetContext value={sheet}>
      <SheetDialog {...dialog} onAccept={(changes) => onAccept({ ...entry, ...changes })} />
    </SheetContext>
  );
}

/** The entry as a sheet of its own; what is wrong with it is what would be wrong with the list. */
function entrySheet(
  parent: Sheet,
  { listName, index, entry, shape }: Pick<EntryDialogProps, 'listName' | 'index' | 'entry' | 'shape'>,
): Sheet {
  const prefix = `${listName}.${index}.`;
  return {
    shape,
    isReadOnly: parent.isReadOnly,
    value: (key) => entry[key],
    set: () => undefined,
    leave: () => undefined,
    faultsOf: () => [],
    isChanged: () => false,
    judge(changes) {
      const list = [...(parent.value(listName) as readonly unknown[])];
      list[index] = { ...entry, ...changes };
      const faults = [...parent.judge({ [listName]: list })];
      return new Map(
        faults
          .filter(([path]) => path.startsWith(prefix))
          .map(([path, reason]) => [path.slice(prefix.length), reason]),
      );
    },
  };
}
