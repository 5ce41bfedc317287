/** DNS Lookup: the addresses of a name, one of them to be chosen. */
import { Button, Field, Input, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { readFault, useClient } from '../../client';
import { FormDialog } from '../../ui/form-dialog';

export interface LookUpDialogProps {
  /** Its DNS servers are asked. */
  readonly serverId: number;
  readonly onAccept: (address: string) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export function LookUpDialog({ serverId, onAccept, onClose }: LookUpDialogProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const [name, setName] = useState('');
  const [found, setFound] = useState<readonly string[]>([]);
  const [address, setAddress] = useState<string>();
  const [reason, setReason] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);

  const lookUp = async (): Promise<void> => {
    if (isBusy || name.trim() === '') return;
    setIsBusy(true);
    setReason(undefined);
    try {
      const { addresses, problem } = await client.diagnostics.lookUp({ serverId, name: name.trim() });
      setFound(addresses);
      setAddress(addresses[0]);
      if (addresses.length === 0) setReason(problem ?? `${name.trim()} has no addresses.`);
    } catch (error) {
      setReason(readFault(error).text);
    } finally {
      setIsBusy(false);
    }
  };
  const submit = (): void => {
    if (address === undefined) void lookUp();
    else onAccept(address);
  };

  return (
    <FormDialog
      title="DNS Lookup"
      size="small"
      isDirty={false}
      onSubmit={submit}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={name.trim() === ''}>
          {address === undefined ? 'Look up' : 'OK'}
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        <Field
          label="DNS name"
          {...(reason === undefined ? {} : { validationState: 'error', validationMessage: reason })}
        >
          <Input
            value={name}
            placeholder="printer.example.com"
            onChange={(_, data) => {
              setName(data.value);
              setFound([]);
              setAddress(undefined);
              setReason(undefined);
            }}
          />
        </Field>
        {found.length > 0 && (
          <Field label="Address">
            <RadioGroup value={address ?? ''} onChange={(_, data) => setAddress(data.value)}>
              {found.map((each) => (
                <Radio key={each} value={each} label={each} />
              ))}
            </RadioGroup>
          </Field>
        )}
      </div>
    </FormDialog>
  );
}
