/** Install Answer…: what the authority made of a request. */
import { type ReactElement, useState } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { useClient } from '../client';
import { PemInput } from './files';
import { ActionDialog, FaultField, useSubmission } from './form';

export interface CertificateActionProps {
  readonly row: CertificateRow;
  readonly onDone: (row: CertificateRow) => void;
  readonly onClose: () => void;
}

export function AnswerDialog({ row, onDone, onClose }: CertificateActionProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const [pem, setPem] = useState('');
  const install = (): Promise<unknown> =>
    submission.run(async () => onDone(await client.certificates.installAnswer({ id: row.id, pem })));
  return (
    <ActionDialog
      title={`Install Answer: ${row.name}`}
      verb="Install"
      size="wide"
      submission={submission}
      fields={['pem']}
      canSubmit={pem.trim() !== ''}
      isDirty={pem !== ''}
      onSubmit={() => void install()}
      onClose={onClose}
    >
      <FaultField
        name="pem"
        label="Certificate from the authority"
        hint="With its chain when there is one, in any order. A .p7b file is fine."
        submission={submission}
      >
        <PemInput
          value={pem}
          rows={10}
          fileLabel="From File…"
          accept=".pem,.crt,.cer,.der,.p7b,.txt"
          pemLabel="CERTIFICATE"
          onValue={(text) => {
            setPem(text);
            submission.forget();
          }}
        />
      </FaultField>
    </ActionDialog>
  );
}
