/** Accounts authorized to use ATRN: who may fetch the mail that waits for a remote domain. */
import { Button, Field, makeStyles, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import type { AccountRow } from '../../../src-main/api/contract';
import { keys, useClient } from '../../client';
import { ChoiceInput } from '../../ui/choice-input';
import type { Column } from '../../ui/data-list';
import { FormDialog } from '../../ui/form-dialog';
import { FaultLine, fieldOf } from '../field-parts';
import { useSetting } from '../sheet-context';
import { SideList } from '../side-list';
import { accountNote, findNameFault, proposedAccounts } from './turn-account-words';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, flexGrow: 1 },
  note: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  warning: { display: 'inline-flex', color: tokens.colorPaletteYellowForeground2 },
});

interface Row {
  /** The name. */
  readonly key: string;
  readonly note: string;
}

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Account',
    width: 240,
    render: (row) => row.key,
    text: (row) => row.key,
    isGrowing: true,
  },
  {
    id: 'note',
    title: 'Note',
    width: 160,
    render: (row) => <Note text={row.note} />,
    text: (row) => row.note,
  },
];

function Note({ text }: { readonly text: string }): ReactElement | null {
  const styles = useStyles();
  if (text === '') return null;
  return (
    <span className={styles.note}>
      <span className={styles.warning} aria-hidden>
        <WarningFilled />
      </span>
      {text}
    </span>
  );
}

/** undefined while they are not known, and for whoever may not see them. */
function useAccountRows(): readonly AccountRow[] | undefined {
  const client = useClient();
  return useQuery({ queryKey: keys.accounts, queryFn: () => client.accounts.list(), staleTime: 0 }).data;
}

export function TurnAccounts(): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting('turnAccounts');
  const accounts = useAccountRows();
  const [isAdding, setIsAdding] = useState(false);
  const names = value as readonly string[];
  const rows = useMemo(
    () => names.map((name) => ({ key: name, note: accountNote(name, accounts) })),
    [names, accounts],
  );
  const change = (next: readonly string[]): void => {
    set(next);
    leave();
  };
  return (
    <div className={styles.whole} data-setting="turnAccounts">
      <SideList
        label={facts.title}
        listId="turn-accounts"
        columns={columns}
        rows={rows}
        isReadOnly={isReadOnly}
        empty={{
          title: 'Nobody may fetch this mail',
          text: 'Add the accounts that the host of this domain logs in with. ETRN needs none: it only asks that the mail is sent.',
        }}
        onAdd={() => setIsAdding(true)}
        onRemove={(gone) => change(names.filter((name) => !gone.some((row) => row.key === name)))}
      />
      {fault !== undefined && <FaultLine>{fault}</FaultLine>}
      {isAdding && (
        <AddDialog
          listed={names}
          proposed={proposedAccounts(accounts, names)}
          onClose={() => setIsAdding(false)}
          onAccept={(name) => {
            change([...names, name]);
            setIsAdding(false);
          }}
        />
      )}
    </div>
  );
}

interface AddDialogProps {
  readonly listed: readonly string[];
  readonly proposed: readonly string[];
  readonly onAccept: (name: string) => void;
  readonly onClose: () => void;
}

function AddDialog({ listed, proposed, onAccept, onClose }: AddDialogProps): ReactElement {
  const [name, setName] = useState('');
  const [isLeft, setIsLeft] = useState(false);
  const reason = findNameFault(name, listed);
  const hint =
    proposed.length === 0
      ? 'Accounts are made under Access, Accounts… in the properties of the virtual server.'
      : undefined;
  return (
    <FormDialog
      title="Add account"
      size="small"
      isDirty={name !== ''}
      onSubmit={() => {
        setIsLeft(true);
        if (reason === undefined) onAccept(name.trim());
      }}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <Field label="Account" {...fieldOf(isLeft ? reason : undefined, hint)}>
        <ChoiceInput value={name} choices={proposed} onValue={setName} />
      </Field>
    </FormDialog>
  );
}
