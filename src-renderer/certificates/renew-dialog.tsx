/** Renew…, and Rename…. */
import { Input } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useClient } from '../client';
import type { CertificateActionProps } from './answer-dialog';
import { ActionDialog, FaultField, useSubmission } from './form';
import { type RequestText, useRequestText } from './request-text-dialog';
import { daysReason, parseDays } from './typed';

const defaultDays = 825;

/** One that is not self-signed is not done with a request: the dialog stays and shows it. */
export function RenewDialog({ row, onDone, onClose }: CertificateActionProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const showRequest = useRequestText(onClose);
  const [made, setMade] = useState<RequestText>();
  const [days, setDays] = useState(String(defaultDays));
  const renew = (): void => {
    const wanted = parseDays(days);
    if (wanted === undefined) {
      submission.refuse('days', daysReason);
      return;
    }
    void submission.run(async () => {
      const answer = await client.certificates.renew({ id: row.id, days: wanted });
      if (answer.requestPem === undefined) onDone(answer.row);
      else setMade({ name: answer.row.name, pem: answer.requestPem });
    });
  };
  return (
    <ActionDialog
      title={`Renew: ${row.name}`}
      verb={row.isSelfSigned ? 'Renew' : 'Create request'}
      result={made && showRequest(made)}
      submission={submission}
      fields={['days']}
      isDirty={days !== String(defaultDays)}
      onSubmit={renew}
      onClose={onClose}
    >
      {row.isSelfSigned ? (
        <>
          <div>
            A new certificate for the same names, with a new key, takes the place of this one at once. Clients
            that were told to trust the old one must be told to trust the new one.
          </div>
          <FaultField name="days" label="Valid for (days)" submission={submission}>
            <Input
              inputMode="numeric"
              value={days}
              onChange={(_, data) => {
                setDays(data.value);
                submission.forget();
              }}
            />
          </FaultField>
        </>
      ) : (
        <div>
          A request for the same names is made, with a new key, for the authority to sign. This certificate
          stays in use until the answer is installed.
        </div>
      )}
    </ActionDialog>
  );
}

export function RenameDialog({ row, onDone, onClose }: CertificateActionProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const [name, setName] = useState(row.name);
  const rename = (): Promise<unknown> =>
    submission.run(async () => onDone(await client.certificates.rename({ id: row.id, name })));
  return (
    <ActionDialog
      title={`Rename ${row.name}`}
      verb="Rename"
      submission={submission}
      fields={['name']}
      canSubmit={name.trim() !== row.name}
      isDirty={false}
      onSubmit={() => void rename()}
      onClose={onClose}
    >
      <FaultField name="name" label="Friendly name" submission={submission}>
        <Input
          value={name}
          onChange={(_, data) => {
            setName(data.value);
            submission.forget();
          }}
        />
      </FaultField>
    </ActionDialog>
  );
}
