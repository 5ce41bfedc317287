/** Operators: who may use the console in a browser, and as what. Changes are in force at once. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { type OperatorRow, roleWithArticle } from '../../src-main/api/contract';
import { keys, readFault, useAction, useClient, useMe } from '../client';
import { useNow } from '../ui/clock';
import { ConfirmDialog } from '../ui/confirm-dialog';
import type { Column } from '../ui/data-list';
import { formatFullTime, formatTime } from '../ui/format';
import { OperatorForm } from './operator-form';
import { PeopleList } from './people-list';
import { useOperators } from './queries';
import { roleWords } from './roles';

type Step = { readonly kind: 'add' } | { readonly kind: 'edit' | 'remove'; readonly row: OperatorRow };

export function OperatorsList(): ReactElement {
  const client = useClient();
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const isAdministrator = me?.role === 'administrator';
  const { data, error } = useOperators(isAdministrator);
  const [step, setStep] = useState<Step>();
  const [selectedName, setSelectedName] = useState<string>();
  const action = useAction();
  const now = useNow(60_000);
  const reread = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.operators });
  const done = (name: string): void => {
    setStep(undefined);
    setSelectedName(name);
    void reread();
  };
  const remove = async (name: string): Promise<void> => {
    setStep(undefined);
    await action.run(() => client.operators.delete({ name }));
    void reread();
  };

  return (
    <>
      <PeopleList
        label="Operators"
        listId="operators"
        columns={columnsAt(now)}
        rows={data}
        selectedName={selectedName}
        onSelect={setSelectedName}
        fault={action.fault ?? (error === null ? undefined : readFault(error))}
        empty={{
          title: 'No operators yet',
          text: 'Add a person who may use the console in a browser with a name and a password.',
        }}
        whyHidden={
          me === undefined || isAdministrator
            ? undefined
            : `Only an administrator sees this list; you are ${roleWithArticle(me.role)}.`
        }
        canChange={me && isAdministrator}
        height="164px"
        onAdd={() => setStep({ kind: 'add' })}
        onOpen={(row) => setStep({ kind: 'edit', row })}
        onDelete={(row) => setStep({ kind: 'remove', row })}
        removeLabel="Remove"
      />
      {step !== undefined && step.kind !== 'remove' && (
        <OperatorForm
          row={step.kind === 'edit' ? step.row : undefined}
          onDone={done}
          onClose={() => setStep(undefined)}
        />
      )}
      {step?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove the operator "${step.row.name}"?`}
          text={`${step.row.name} is signed out at once and can no longer sign in to the console.`}
          confirmLabel="Remove"
          onConfirm={() => void remove(step.row.name)}
          onCancel={() => setStep(undefined)}
        />
      )}
    </>
  );
}

const columnsAt = (now: number): readonly Column<OperatorRow>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 150,
    render: ({ name }) => name,
    text: ({ name }) => name,
    isSortable: true,
    isGrowing: true,
  },
  {
    id: 'role',
    title: 'Role',
    width: 120,
    render: ({ role }) => roleWords[role].title,
    text: ({ role }) => `${roleWords[role].title}: ${roleWords[role].text}`,
    isSortable: true,
  },
  {
    id: 'created',
    title: 'Created',
    width: 110,
    render: ({ createdAt }) => formatTime(createdAt, now),
    text: ({ createdAt }) => formatFullTime(createdAt),
    isSortable: true,
    sortValue: ({ createdAt }) => createdAt,
  },
];
