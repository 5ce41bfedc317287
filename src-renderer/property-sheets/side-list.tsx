/**
 * A short list in a sheet with Add… and Remove beside it, and Edit… and the order where the caller has them. Keys:
 * Insert adds, Enter edits, Delete removes, Alt with an arrow moves. Knows nothing of what it lists.
 */
import { type KeyboardEvent, type ReactElement, useState } from 'react';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { ListWithVerbs } from '../ui/list-with-verbs';
import { ReasonedButton } from '../ui/reasoned-button';

export interface SideListProps<Row extends { readonly key: string }> {
  readonly label: string;
  /** Its columns are remembered under it. */
  readonly listId: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly empty: { readonly title: string; readonly text: string };
  readonly isReadOnly: boolean;
  /** Why nothing can be added. */
  readonly reasonAgainstAdd?: string | undefined;
  /** By key. Default: the list keeps it itself. */
  readonly selection?: readonly [ReadonlySet<string>, (keys: ReadonlySet<string>) => void];
  readonly onAdd: () => void;
  readonly onRemove: (rows: readonly Row[]) => void;
  /** Also looks, for whoever may not change anything. */
  readonly onEdit?: (row: Row) => void;
  /** Where the order means something: -1 is up. */
  readonly onMove?: (row: Row, step: -1 | 1) => void;
}

const readOnly = 'Only an administrator can change this list.';

export function SideList<Row extends { readonly key: string }>(props: SideListProps<Row>): ReactElement {
  const {
    label,
    listId,
    columns,
    rows,
    empty,
    isReadOnly,
    reasonAgainstAdd,
    onAdd,
    onRemove,
    onEdit,
    onMove,
  } = props;
  const own = useState<ReadonlySet<string>>(new Set());
  const [selectedKeys, select] = props.selection ?? own;
  const selected = rows.filter((row) => selectedKeys.has(row.key));
  const [only] = selected.length === 1 ? selected : [];
  const place = only === undefined ? -1 : rows.indexOf(only);
  const noAdd = isReadOnly ? readOnly : reasonAgainstAdd;
  const noChange = isReadOnly ? readOnly : selected.length === 0 ? 'Select an entry first.' : undefined;
  const noMove = (step: -1 | 1): string | undefined => {
    if (noChange !== undefined) return noChange;
    if (only === undefined) return 'Select one entry only.';
    if (rows[place + step] !== undefined) return undefined;
    return step === -1 ? 'It is the first already.' : 'It is the last already.';
  };
  const remove = (): void => {
    if (isReadOnly || selected.length === 0) return;
    onRemove(selected);
    // What comes after takes the place, so that the keys work on.
    const at = rows.findIndex((row) => selectedKeys.has(row.key));
    const rest = rows.filter((row) => !selectedKeys.has(row.key));
    const next = rest[Math.min(at, rest.length - 1)];
    select(new Set(next === undefined ? [] : [next.key]));
  };
  const move = (step: -1 | 1): void => {
    if (only !== undefined && noMove(step) === undefined) onMove?.(only, step);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (onMove === undefined || !event.altKey || !/^Arrow(?:Up|Down)$/.test(event.key)) return false;
    move(event.key === 'ArrowUp' ? -1 : 1);
    return true;
  };
  return (
    <ListWithVerbs
      isNarrow
      onInsert={() => noAdd === undefined && onAdd()}
      onKey={onKey}
      list={
        <DataList
          label={label}
          listId={listId}
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowKey={(row) => row.key}
          selectedKeys={selectedKeys}
          onSelect={select}
          onDelete={remove}
          {...(onEdit ? { onOpen: onEdit } : {})}
          empty={<EmptyState {...empty} />}
        />
      }
      verbs={
        <>
          <ReasonedButton reason={noAdd} onClick={onAdd}>
            Add…
          </ReasonedButton>
          {onEdit && (
            <ReasonedButton
              reason={only === undefined ? 'Select one entry first.' : undefined}
              onClick={() => {
                if (only !== undefined) onEdit(only);
              }}
            >
              {isReadOnly ? 'Show…' : 'Edit…'}
            </ReasonedButton>
          )}
          <ReasonedButton reason={noChange} onClick={remove}>
            Remove
          </ReasonedButton>
          {onMove && (
            <>
              <ReasonedButton reason={noMove(-1)} onClick={() => move(-1)}>
                Up
              </ReasonedButton>
              <ReasonedButton reason={noMove(1)} onClick={() => move(1)}>
                Down
              </ReasonedButton>
            </>
          )}
        </>
      }
    />
  );
}
