/**
 * Accounts: names and passwords with which programs and devices log in to send mail. They belong to this
 * computer, whatever virtual server is looked at, and change at once.
 */
import { Button } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { AccountRow } from '../../src-main/api/contract';
import { keys, readFault, useAction, useClient, useMe } from '../client';
import { useNow } from '../ui/clock';
import { ConfirmDialog } from '../ui/confirm-dialog';
import type { Column } from '../ui/data-list';
import { FormDialog } from '../ui/form-dialog';
import { formatFullTime, formatTime } from '../ui/format';
import { AccountForm } from './account-form';
import { methodTitle } from './method-words';
import { PeopleList } from './people-list';
import { useAccounts } from './queries';

export interface AccountsDialogProps {
  readonly onClose: () => void;
}

type Step = 'new' | { readonly kind: 'edit' | 'delete'; readonly row: AccountRow };

export function AccountsDialog({ onClose }: AccountsDialogProps): ReactElement {
  const client = useClient();
  const queryClient = useQueryClient();
  const { data: me } = useMe();
  const isAdministrator = me?.role === 'administrator';
  const { data, error } = useAccounts(me !== undefined && me.role !== 'viewer');
  const [step, setStep] = useState<Step>();
  const [selectedName, setSelectedName] = useState<string>();
  const action = useAction();
  const now = useNow(60_000);
  const reread = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keys.accounts });
  const done = (name: string): void => {
    setStep(undefined);
    setSelectedName(name);
    void reread();
  };
  const toggle = async ({ name, isEnabled }: AccountRow): Promise<void> => {
    await action.run(() => client.accounts.set({ name, isEnabled: !isEnabled }));
    void reread();
  };
  const remove = async (name: string): Promise<void> => {
    setStep(undefined);
    await action.run(() => client.accounts.delete({ name }));
    void reread();
  };

  return (
    <FormDialog
      title="Accounts"
      size="huge"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      note={isAdministrator && 'Changes here are in force at once.'}
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      <p style={{ marginBlockStart: 0 }}>
        Programs and devices log in with an account to send mail. The accounts are for all virtual servers of
        this computer, as far as they allow the way in which somebody logs in.
      </p>
      <PeopleList
        label="Accounts"
        listId="accounts"
        columns={columnsAt(now)}
        rows={data}
        selectedName={selectedName}
        onSelect={setSelectedName}
        fault={action.fault ?? (error === null ? undefined : readFault(error))}
        empty={{
          title: 'No accounts yet',
          text: 'Make one for each program or device that has to log in before it sends mail.',
        }}
        whyHidden={
          me?.role === 'viewer'
            ? 'Operators and administrators see the accounts; you are a viewer.'
            : undefined
        }
        canChange={me && isAdministrator}
        height="360px"
        onAdd={() => setStep('new')}
        onOpen={(row) => setStep({ kind: 'edit', row })}
        onDelete={(row) => setStep({ kind: 'delete', row })}
        removeLabel="Delete"
        moreVerbs={(selected) => (
          <Button
            disabledFocusable={!isAdministrator || selected === undefined || action.isBusy}
            onClick={() => selected && void toggle(selected)}
          >
            {selected?.isEnabled === false ? 'Enable' : 'Disable'}
          </Button>
        )}
      />
      {step !== undefined && (step === 'new' || step.kind === 'edit') && (
        <AccountForm
          row={step === 'new' ? undefined : step.row}
          onDone={done}
          onClose={() => setStep(undefined)}
        />
      )}
      {typeof step === 'object' && step.kind === 'delete' && (
        <ConfirmDialog
          title={`Delete the account "${step.row.name}"?`}
          text={`Programs and devices that log in as ${step.row.name} can no longer do so, and their mail is refused. Mail that was accepted from them is still delivered.`}
          confirmLabel="Delete"
          onConfirm={() => void remove(step.row.name)}
          onCancel={() => setStep(undefined)}
        />
      )}
    </FormDialog>
  );
}

const columnsAt = (now: number): readonly Column<AccountRow>[] => [
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
    id: 'enabled',
    title: 'Enabled',
    width: 76,
    render: ({ isEnabled }) => (isEnabled ? 'Yes' : 'No'),
    text: ({ isEnabled }) => (isEnabled ? 'Yes' : 'No: it cannot log in'),
    isSortable: true,
  },
  {
    id: 'methods',
    title: 'Logs in by',
    width: 150,
    render: ({ methods }) => methods.map(methodTitle).join(', '),
    text: ({ methods }) => methods.map(methodTitle).join(', '),
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
  {
    id: 'last',
    title: 'Last log-in',
    width: 110,
    render: ({ lastLogInAt }) => (lastLogInAt === undefined ? '–' : formatTime(lastLogInAt, now)),
    text: ({ lastLogInAt }) =>
      lastLogInAt === undefined ? 'Not since Mailroot was started' : formatFullTime(lastLogInAt),
    isSortable: true,
    sortValue: ({ lastLogInAt }) => lastLogInAt ?? 0,
  },
];
