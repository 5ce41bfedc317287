/** A list of people with its buttons beside it, and what was refused above. Knows no kind of people. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import type { Fault } from '../client';
import { type Column, DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { ListWithVerbs } from '../ui/list-with-verbs';
import { ReasonedButton } from '../ui/reasoned-button';

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
  const noChange =
    canChange === false ? notChanged : selected === undefined ? 'Select an entry first.' : undefined;
  if (props.whyHidden !== undefined) return <p className={styles.quiet}>{props.whyHidden}</p>;
  return (
    <div className={styles.root}>
      {fault !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{fault.text}</MessageBarBody>
        </MessageBar>
      )}
      <ListWithVerbs
        height={height}
        onInsert={add}
        onKey={(event) => {
          const { key, ctrlKey, altKey, metaKey, shiftKey } = event;
          if (key !== 'F2' || ctrlKey || altKey || metaKey || shiftKey || selected === undefined)
            return false;
          edit();
          return true;
        }}
        list={
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
        }
        verbs={
          <>
            <ReasonedButton reason={canChange ? undefined : notChanged} onClick={add}>
              Add…
            </ReasonedButton>
            <ReasonedButton reason={noChange} onClick={() => edit()}>
              Edit…
            </ReasonedButton>
            {props.moreVerbs?.(selected)}
            <ReasonedButton reason={noChange} onClick={remove}>
              {props.removeLabel}
            </ReasonedButton>
          </>
        }
      />
      {canChange === false && <p className={styles.quiet}>{notChanged}</p>}
    </div>
  );
}
