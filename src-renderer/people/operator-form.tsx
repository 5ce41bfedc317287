/** An operator is added, or gets another role or password. */
import { type ReactElement, useState } from 'react';
import type { OperatorRow, Role } from '../../src-main/api/contract';
import { useClient } from '../client';
import { PersonForm } from './person-form';
import { RoleChoice } from './role-choice';

export interface OperatorFormProps {
  /** undefined: a new one. */
  readonly row: OperatorRow | undefined;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

export function OperatorForm({ row, onDone, onClose }: OperatorFormProps): ReactElement {
  const client = useClient();
  const [role, setRole] = useState<Role>(row?.role ?? 'operator');
  return (
    <PersonForm
      title={row === undefined ? 'Add operator' : `Edit operator: ${row.name}`}
      hasName={row === undefined}
      password={row === undefined ? 'needed' : 'optional'}
      isChanged={row !== undefined && row.role !== role}
      save={async ({ name, password }) => {
        if (row === undefined) return client.operators.create({ name: name.trim(), role, password });
        const change = {
          ...(role === row.role ? {} : { role }),
          ...(password === '' ? {} : { password }),
        };
        // A change ends the person's sessions; none, none.
        return Object.keys(change).length === 0 ? row : client.operators.set({ name: row.name, ...change });
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <RoleChoice
        role={role}
        onChange={setRole}
        {...(row === undefined ? {} : { hint: 'A new role or password signs the person out everywhere.' })}
      />
    </PersonForm>
  );
}
