/** A user or a group of this computer is admitted to the command line, or gets another role. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { Role, SystemOperatorRow } from '../../src-main/api/contract';
import { useAction, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { RoleChoice } from './role-choice';

export interface SystemOperatorFormProps {
  /** undefined: a new one. */
  readonly row: SystemOperatorRow | undefined;
  readonly onDone: (row: SystemOperatorRow) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export function SystemOperatorForm({ row, onDone, onClose }: SystemOperatorFormProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const action = useAction();
  const [kind, setKind] = useState(row?.kind ?? 'user');
  const [name, setName] = useState(row?.name ?? '');
  const [role, setRole] = useState<Role>(row?.role ?? 'operator');
  const nameFault = action.fault?.field === 'name' ? action.fault.text : undefined;
  const submit = async (): Promise<void> => {
    await action.run(async () => {
      onDone(
        row === undefined
          ? await client.systemOperators.create({ kind, name: name.trim(), role })
          : await client.systemOperators.set({ kind, name, role }),
      );
    });
  };
  return (
    <FormDialog
      title={row === undefined ? 'Add user or group' : `Edit ${row.kind}: ${row.name}`}
      size="small"
      isDirty={row === undefined ? name !== '' : role !== row.role}
      onSubmit={() => void submit()}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={action.isBusy}>
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        {action.fault !== undefined && nameFault === undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{action.fault.text}</MessageBarBody>
          </MessageBar>
        )}
        {row === undefined && (
          <>
            <Field label="Kind">
              <RadioGroup
                layout="horizontal"
                value={kind}
                onChange={(_, data) => setKind(data.value === 'group' ? 'group' : 'user')}
              >
                <Radio value="user" label="User" />
                <Radio value="group" label="Group" />
              </RadioGroup>
            </Field>
            <Field
              label="Name"
              required
              hint="As this computer knows it."
              {...(nameFault === undefined
                ? {}
                : { validationState: 'error' as const, validationMessage: nameFault })}
            >
              <Input
                value={name}
                onChange={(_, data) => {
                  setName(data.value);
                  action.forget();
                }}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
          </>
        )}
        <RoleChoice role={role} onChange={setRole} />
      </div>
    </FormDialog>
  );
}
