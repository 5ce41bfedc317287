/** Export…: a file for another computer, with the private key or without. */
import { Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { useClient } from '../client';
import { useSaveFile } from './files';
import { ActionDialog, FaultField, useSubmission } from './form';
import { decodeBase64 } from './typed';

export function ExportDialog({
  row,
  onClose,
}: {
  readonly row: CertificateRow;
  readonly onClose: () => void;
}): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const saveFile = useSaveFile();
  const [hasKey, setHasKey] = useState(true);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const save = (): Promise<unknown> =>
    submission.run(async () => {
      const { fileName, contentBase64 } = await client.certificates.export({
        id: row.id,
        ...(hasKey ? { password } : {}),
      });
      const isSaved = await saveFile(fileName, decodeBase64(contentBase64)).catch(() => {
        submission.refuse('', 'The file was not written. Choose another place.');
        return false;
      });
      if (isSaved) onClose();
    });
  const submit = (): void => {
    if (hasKey && password !== again) submission.refuse('again', 'The two passwords differ. Enter it again.');
    else void save();
  };
  return (
    <ActionDialog
      title={`Export: ${row.name}`}
      verb="Export…"
      submission={submission}
      fields={['password', 'again']}
      isDirty={password !== ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Export">
        <RadioGroup
          value={hasKey ? 'pfx' : 'pem'}
          onChange={(_, data) => {
            setHasKey(data.value === 'pfx');
            submission.forget();
          }}
        >
          <Radio value="pfx" label="Certificate, chain and private key (PFX file)" />
          <Radio value="pem" label="Certificate and chain only (PEM file)" />
        </RadioGroup>
      </Field>
      {hasKey && (
        <>
          <FaultField
            name="password"
            label="Password for the file"
            hint="At least 8 characters. Whoever has the file and the password can pose as this server."
            submission={submission}
          >
            <Input
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(_, data) => {
                setPassword(data.value);
                submission.forget();
              }}
            />
          </FaultField>
          <FaultField name="again" label="Password again" submission={submission}>
            <Input
              type="password"
              autoComplete="new-password"
              value={again}
              onChange={(_, data) => {
                setAgain(data.value);
                submission.forget();
              }}
            />
          </FaultField>
        </>
      )}
    </ActionDialog>
  );
}
