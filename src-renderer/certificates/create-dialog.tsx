/** Create Self-Signed…: a certificate that this computer vouches for itself. */
import { Input, makeStyles, Select, Textarea } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { CertificateRow, KeyKind } from '../../src-main/api/contract';
import { useClient } from '../client';
import { ActionDialog, FaultField, useSubmission } from './form';
import { daysReason, parseDays, parseNames } from './typed';

// A select is as wide as its longest choice unless it is told that it may be narrower.
const useStyles = makeStyles({ select: { minWidth: 0, '& select': { minWidth: 0, width: '100%' } } });

const defaultDays = 825;

/** Words for the kinds of keys; the first is the one that is proposed. */
const keyChoices: readonly { readonly kind: KeyKind; readonly label: string }[] = [
  { kind: 'ec-p256', label: 'EC P-256: for clients of today' },
  { kind: 'rsa-2048', label: 'RSA 2048: for old clients' },
  { kind: 'rsa-3072', label: 'RSA 3072' },
  { kind: 'rsa-4096', label: 'RSA 4096: slow to make' },
];

export interface CreateDialogProps {
  readonly suggestedNames: readonly string[];
  readonly onCreated: (row: CertificateRow) => void;
  readonly onClose: () => void;
}

export function CreateDialog({ suggestedNames, onCreated, onClose }: CreateDialogProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const [initial] = useState({
    name: suggestedNames[0] ?? '',
    names: suggestedNames.join('\n'),
    days: String(defaultDays),
    key: 'ec-p256' as KeyKind,
  });
  const [form, setForm] = useState(initial);
  const change = (part: Partial<typeof form>): void => {
    setForm((before) => ({ ...before, ...part }));
    submission.forget();
  };
  const create = (): void => {
    const { name, names, key } = form;
    const days = parseDays(form.days);
    if (days === undefined) {
      submission.refuse('days', daysReason);
      return;
    }
    void submission.run(async () =>
      onCreated(await client.certificates.createSelfSigned({ name, names: parseNames(names), days, key })),
    );
  };
  return (
    <ActionDialog
      title="Create Self-Signed Certificate"
      verb="Create"
      submission={submission}
      fields={['name', 'names', 'days', 'key']}
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      onSubmit={create}
      onClose={onClose}
    >
      <FaultField name="name" label="Friendly name" hint="For this list only." submission={submission}>
        <Input value={form.name} onChange={(_, data) => change({ name: data.value })} />
      </FaultField>
      <FaultField
        name="names"
        label="Host names and IP addresses"
        hint="What clients connect to, one a line. The first is the common name."
        submission={submission}
      >
        <Textarea value={form.names} rows={3} onChange={(_, data) => change({ names: data.value })} />
      </FaultField>
      <FaultField name="key" label="Key" submission={submission}>
        <KeySelect value={form.key} onValue={(key) => change({ key })} />
      </FaultField>
      <FaultField name="days" label="Valid for (days)" submission={submission}>
        <Input inputMode="numeric" value={form.days} onChange={(_, data) => change({ days: data.value })} />
      </FaultField>
      <div>
        Connections are encrypted with it. Clients that check who they talk to refuse it, unless they were
        told to trust it; for these, create a request and have an authority sign it.
      </div>
    </ActionDialog>
  );
}

/** Further properties go to the control, so that it can stand in a Field. */
export function KeySelect({
  value,
  onValue,
  ...rest
}: {
  readonly value: KeyKind;
  readonly onValue: (kind: KeyKind) => void;
}): ReactElement {
  const styles = useStyles();
  return (
    <Select
      {...rest}
      className={styles.select}
      value={value}
      onChange={(_, data) => onValue(keyChoices.find(({ kind }) => kind === data.value)?.kind ?? 'ec-p256')}
    >
      {keyChoices.map(({ kind, label }) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </Select>
  );
}
