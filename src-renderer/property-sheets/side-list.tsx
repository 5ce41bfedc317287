/**
 * A short list in a sheet with Add… and Remove beside it, and Edit… and the order where the caller has them. Keys:
 * Insert adds, Enter edits, Delete removes, Alt with an arrow moves. Knows nothing of what it lists.
 */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, type ReactElement, useState } from 'react';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
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
  readonly onAdd: () => void;
  readonly onRemove: (rows: readonly Row[]) => void;
  /** Also looks, for whoever may not change anything. */
  readonly onEdit?: (row: Row) => void;
  /** Where the order means something: -1 is up. */
  readonly onMove?: (row: Row, step: -1 | 1) => void;
}

const useStyles = makeStyles({
  body: { display: 'flex', gap: tokens.spacingHorizontalM, flexGrow: 1, minHeight: '180px' },
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
});

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
  const styles = useStyles();
  const [selectedKeys, select] = useState<ReadonlySet<string>>(new Set());
  const selected = rows.filter((row) => selectedKeys.has(row.key));
  const [only] = selected.length === 1 ? selected : [];
  const place = only === undefined ? -1 : rows.indexOf(only);
  const noAdd = isReadOnly ? readOnly : reasonAgainstAdd;
  const remove = (): void => {
    if (isReadOnly || selected.length === 0) return;
    onRemove(selected);
    // What comes after takes the place, so that the keys work on.
    const at = rows.findIndex((row) => selectedKeys.has(row.key));
    const rest = rows.filter((row) => !selectedKeys.has(row.key));
    const next = rest[Math.min(at, rest.length - 1)];
    select(new Set(next === undefined ? [] : [next.key]));
  };
  const canMove = (step: -1 | 1): boolean => !isReadOnly && place >= 0 && rows[place + step] !== undefined;
  const move = (step: -1 | 1): void => {
    if (only !== undefined && canMove(step)) onMove?.(only, step);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isMove = onMove !== undefined && event.altKey && /^Arrow(?:Up|Down)$/.test(event.key);
    const isAdd = event.key === 'Insert' && noAdd === undefined;
    if (!isMove && !isAdd) return;
    event.preventDefault();
    event.stopPropagation();
    if (isAdd) onAdd();
    else move(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the list and its buttons together.
    <div className={styles.body} onKeyDown={onKeyDown}>
      <div className={styles.frame}>
        <div className={styles.list}>
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
        </div>
      </div>
      <div className={styles.verbs}>
        <ReasonedButton reason={noAdd} onClick={onAdd}>
          Add…
        </ReasonedButton>
        {onEdit && (
          <Button
            disabledFocusable={only === undefined}
            onClick={() => {
              if (only !== undefined) onEdit(only);
            }}
          >
            Edit…
          </Button>
        )}
        <Button disabledFocusable={isReadOnly || selected.length === 0} onClick={remove}>
          Remove
        </Button>
        {onMove && (
          <>
            <Button disabledFocusable={!canMove(-1)} onClick={() => move(-1)}>
              Up
            </Button>
            <Button disabledFocusable={!canMove(1)} onClick={() => move(1)}>
              Down
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
