/** A new name for a domain. */
import { Button, Field, Input } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { readFault, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { closeDialog, selectRows } from './console-store';

export function RenameDomainDialog({
  serverId,
  name,
}: {
  readonly serverId: number;
  readonly name: string;
}): ReactElement {
  const client = useClient();
  const queryClient = useQueryClient();
  const [text, setText] = useState(name);
  const [reason, setReason] = useState<string>();
  const newName = text.trim();
  const isRight = newName !== '' && newName !== name;
  const rename = async (): Promise<void> => {
    if (!isRight) return;
    try {
      await client.domains.rename({ serverId, name, newName });
      void queryClient.invalidateQueries();
      selectRows(new Set([newName]));
      closeDialog();
    } catch (error) {
      setReason(readFault(error).text);
    }
  };
  return (
    <FormDialog
      title={`Rename ${name}`}
      size="small"
      isDirty={false}
      onSubmit={() => void rename()}
      onClose={closeDialog}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={!isRight}>
          Rename
        </Button>,
        <Button key="cancel" onClick={closeDialog}>
          Cancel
        </Button>,
      ]}
    >
      <Field
        label="New name"
        {...(reason === undefined ? {} : { validationState: 'error' as const, validationMessage: reason })}
      >
        <Input
          value={text}
          onChange={(_, data) => {
            setText(data.value);
            setReason(undefined);
          }}
        />
      </Field>
    </FormDialog>
  );
}
