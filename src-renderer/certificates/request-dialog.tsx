/** Create Request…: a key, and the request for its certificate that an authority signs. */
import { Input, Textarea } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { CertificateRow, KeyKind } from '../../src-main/api/contract';
import { useClient } from '../client';
import { type CreateDialogProps, KeySelect } from './create-dialog';
import { ActionDialog, FaultField, FieldPair, useSubmission } from './form';
import { type RequestText, useRequestText } from './request-text-dialog';
import { parseNames } from './typed';

export interface RequestDialogProps extends Omit<CreateDialogProps, 'onCreated'> {
  /** The dialog stays, and shows the request. */
  readonly onMade: (row: CertificateRow) => void;
}

const noSubject = { organization: '', unit: '', locality: '', state: '', country: '' };
type SubjectField = keyof typeof noSubject;

export function RequestDialog({ suggestedNames, onMade, onClose }: RequestDialogProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const showRequest = useRequestText(onClose);
  const [made, setMade] = useState<RequestText>();
  const [initial] = useState({
    ...noSubject,
    name: suggestedNames[0] ?? '',
    names: suggestedNames.join('\n'),
    key: 'ec-p256' as KeyKind,
  });
  const [form, setForm] = useState(initial);
  const change = (part: Partial<typeof form>): void => {
    setForm((before) => ({ ...before, ...part }));
    submission.forget();
  };
  const create = (): Promise<unknown> =>
    submission.run(async () => {
      const { row, pem } = await client.certificates.createRequest({
        ...form,
        names: parseNames(form.names),
      });
      setMade({ name: row.name, pem });
      onMade(row);
    });
  const subject = (name: SubjectField, label: string, hint?: string): ReactElement => (
    <FaultField name={name} label={label} submission={submission} {...(hint === undefined ? {} : { hint })}>
      <Input value={form[name]} onChange={(_, data) => change({ [name]: data.value })} />
    </FaultField>
  );
  return (
    <ActionDialog
      title="Create Certificate Request"
      verb="Create"
      result={made && showRequest(made)}
      size="wide"
      submission={submission}
      fields={['name', 'names', 'key', ...Object.keys(noSubject)]}
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      onSubmit={() => void create()}
      onClose={onClose}
    >
      <FieldPair>
        <FaultField name="name" label="Friendly name" hint="For this list only." submission={submission}>
          <Input value={form.name} onChange={(_, data) => change({ name: data.value })} />
        </FaultField>
        <FaultField name="key" label="Key" submission={submission}>
          <KeySelect value={form.key} onValue={(key) => change({ key })} />
        </FaultField>
      </FieldPair>
      <FaultField
        name="names"
        label="Host names and IP addresses"
        hint="What clients connect to, one a line. The first is the common name."
        submission={submission}
      >
        <Textarea value={form.names} rows={3} onChange={(_, data) => change({ names: data.value })} />
      </FaultField>
      <FieldPair>
        {subject('organization', 'Organization', 'Public authorities check it; empty is fine for most.')}
        {subject('unit', 'Organizational unit')}
      </FieldPair>
      <FieldPair>
        {subject('locality', 'City/locality')}
        {subject('state', 'State/province')}
      </FieldPair>
      <FieldPair>{subject('country', 'Country/Region', 'Two letters, such as US or DE.')}</FieldPair>
    </ActionDialog>
  );
}
