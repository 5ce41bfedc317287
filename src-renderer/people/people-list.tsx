/** A list of people with its buttons beside it, and what was refused above. Knows no kind of people. */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';
import type { Fault } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';

export interface PeopleListProps<Row extends { readonly name: string }> {
  readonly label: string;
  readonly listId: string;
  readonly columns: readonly Column<Row>[];
  /** undefined: not read yet, or not to be read. */
  readonly rows: readonly Row[] | undefined;
  readonly selectedName: string | undefined;
  readonly onSelect: (name: string | undefined) => void;
  readonly empty: { readonly title: string; readonly text: string };
  readonly fault: Fault | undefined;
  /** Why whoever looks may not see it: told instead of the list. */
  readonly whyHidden: string | undefined;
  /** Whoever looks may change the list; undefined: it is not known yet. */
  readonly canChange: boolean | undefined;
  /** Height of the list. */
  readonly height: string;
  /** The word for taking somebody out of the list. */
  readonly removeLabel: 'Delete' | 'Remove';
  /** Between Edit… and that. */
  readonly moreVerbs?: (selected: Row | undefined) => ReactNode;
  readonly onAdd: () => void;
  readonly onOpen: (row: Row) => void;
  readonly onDelete: (row: Row) => void;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  body: { display: 'flex', gap: tokens.spacingHorizontalM },
  list: { flexGrow: 1, minWidth: 0, border: `1px solid ${tokens.colorNeutralStroke2}` },
  verbs: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    width: '164px',
    flexShrink: 0,
    '& button': { paddingInline: tokens.spacingHorizontalS, whiteSpace: 'nowrap' },
  },
  quiet: { margin: 0, color: tokens.colorNeutralForeground2 },
});

const notChanged = 'Only an administrator can change this list.';

export function PeopleList<Row extends { readonly name: string }>(props: PeopleListProps<Row>): ReactElement {
  const { label, listId, columns, rows, selectedName, empty, fault, canChange, height, onSelect } = props;
  const styles = useStyles();
  const selected = rows?.find((row) => row.name === selectedName);
  const add = (): void => {
    if (canChange) props.onAdd();
  };
  const edit = (row = selected): void => {
    if (canChange && row !== undefined) props.onOpen(row);
  };
  const remove = (): void => {
    if (canChange && selected !== undefined) props.onDelete(selected);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'Insert') add();
    else if (event.key === 'F2' && selected !== undefined) edit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (props.whyHidden !== undefined) return <p className={styles.quiet}>{props.whyHidden}</p>;
  return (
    <div className={styles.root}>
      {fault !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{fault.text}</MessageBarBody>
        </MessageBar>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the list and its buttons together. */}
      <div className={styles.body} style={{ height }} onKeyDown={onKeyDown}>
        <div className={styles.list}>
          <DataList
            label={label}
            listId={listId}
            columns={columns}
            total={rows?.length ?? 0}
            rowAt={(index) => rows?.[index]}
            rowKey={(row) => row.name}
            selectedKeys={new Set(selected === undefined ? [] : [selected.name])}
            isSingle
            onSelect={([name]) => onSelect(name)}
            onOpen={edit}
            onDelete={remove}
            empty={rows === undefined ? null : <EmptyState {...empty} />}
          />
        </div>
        <div className={styles.verbs}>
          <Button disabledFocusable={!canChange} onClick={add}>
            Add…
          </Button>
          <Button disabledFocusable={!canChange || selected === undefined} onClick={() => edit()}>
            Edit…
          </Button>
          {props.moreVerbs?.(selected)}
          <Button disabledFocusable={!canChange || selected === undefined} onClick={remove}>
            {props.removeLabel}
          </Button>
        </div>
      </div>
      {canChange === false && <p className={styles.quiet}>{notChanged}</p>}
    </div>
  );
}
