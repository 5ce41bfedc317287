/** Users and groups of this computer who may use its command line, and as what. Changes are in force at once. */
import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { roleWithArticle, type SystemOperatorRow } from '../../src-main/api/contract';
import { keys, readFault, useAction, useClient, useMe } from '../client';
import { ConfirmDialog } from '../ui/confirm-dialog';
import type { Column } from '../ui/data-list';
import { PeopleList } from './people-list';
import { useSystemOperators } from './queries';
import { roleWords } from './roles';
import { SystemOperatorForm } from './system-operator-form';

/** A user and a group may have one name. */
interface Row extends SystemOperatorRow {
  readonly shownName: string;
}

type Step = { readonly kind: 'add' } | { readonly kind: 'edit' | 'remove'; readonly row: Row };

const rowOf = (row: SystemOperatorRow): Row => ({
  ...row,
  shownName: row.name,
  name: `${row.kind} ${row.name}`,
});

export function SystemOperatorsList(): ReactElement {
  const client = useClient();
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const isAdministrator = me?.role === 'administrator';
  const { data, error } = useSystemOperators(isAdministrator);
  const [step, setStep] = useState<Step>();
  const [selectedName, setSelectedName] = useState<string>();
  const action = useAction();
  const reread = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.systemOperators });
  const remove = async ({ kind, shownName: name }: Row): Promise<void> => {
    setStep(undefined);
    await action.run(() => client.systemOperators.delete({ kind, name }));
    void reread();
  };
  return (
    <>
      {data?.isSupported === false && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{data.reason}</MessageBarBody>
        </MessageBar>
      )}
      <PeopleList<Row>
        label="Users and groups of this computer"
        listId="system-operators"
        columns={columns}
        rows={data?.rows.map(rowOf)}
        selectedName={selectedName}
        onSelect={setSelectedName}
        fault={action.fault ?? (error === null ? undefined : readFault(error))}
        empty={{
          title: 'Nobody else',
          text: 'Add a user or a group of this computer that may use the command line.',
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
        <SystemOperatorForm
          row={step.kind === 'edit' ? { ...step.row, name: step.row.shownName } : undefined}
          onDone={(row) => {
            setStep(undefined);
            setSelectedName(rowOf(row).name);
            void reread();
          }}
          onClose={() => setStep(undefined)}
        />
      )}
      {step?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove the ${step.row.name}?`}
          text="The command line of Mailroot refuses them from now on, unless another entry lets them in."
          confirmLabel="Remove"
          onConfirm={() => void remove(step.row)}
          onCancel={() => setStep(undefined)}
        />
      )}
    </>
  );
}

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 150,
    render: ({ shownName, isFound }) => (isFound ? shownName : `${shownName} (not found)`),
    text: ({ shownName, isFound }) => (isFound ? shownName : `${shownName}: not known to this computer`),
    isSortable: true,
    isGrowing: true,
  },
  {
    id: 'kind',
    title: 'Kind',
    width: 90,
    render: ({ kind }) => (kind === 'user' ? 'User' : 'Group'),
    text: ({ kind }) => (kind === 'user' ? 'User' : 'Group'),
    isSortable: true,
  },
  {
    id: 'role',
    title: 'Role',
    width: 120,
    render: ({ role }) => roleWords[role].title,
    text: ({ role }) => `${roleWords[role].title}: ${roleWords[role].text}`,
    isSortable: true,
  },
];
