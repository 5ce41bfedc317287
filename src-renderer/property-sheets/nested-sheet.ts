/** The draft of a dialog inside a sheet: its own changes over the sheet's. Pure but for the setters given. */
import { isSame, keyOfPath, type Values } from './draft';
import type { Sheet } from './sheet-context';

export interface NestedDraft {
  readonly parent: Sheet;
  /** What was changed in the dialog so far. */
  readonly changes: Values;
  /** Fields that tell what is wrong with them. */
  readonly left: ReadonlySet<string>;
  readonly setChanges: (change: (before: Values) => Values) => void;
  readonly setLeft: (change: (before: ReadonlySet<string>) => ReadonlySet<string>) => void;
}

export function nestSheet({ parent, changes, left, setChanges, setLeft }: NestedDraft): Sheet {
  const faults = parent.judge(changes);
  return {
    shape: parent.shape,
    isReadOnly: parent.isReadOnly,
    value: (key) => (key in changes ? changes[key] : parent.value(key)),
    set: (key, value) => {
      if (parent.isReadOnly) return;
      setChanges(({ [key]: _, ...others }) =>
        isSame(value, parent.value(key)) ? others : { ...others, [key]: value },
      );
    },
    leave: (key) => setLeft((before) => new Set(before).add(key)),
    faultsOf: (key) => [
      ...(left.has(key)
        ? [...faults].filter(([path]) => keyOfPath(path) === key).map(([path, reason]) => ({ path, reason }))
        : []),
      // What the engine refused stands until its field is changed.
      ...(key in changes ? [] : parent.faultsOf(key)),
    ],
    isChanged: (key) => key in changes || parent.isChanged(key),
    judge: (more) => parent.judge({ ...changes, ...more }),
  };
}
