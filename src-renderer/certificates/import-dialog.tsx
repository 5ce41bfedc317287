/** Import…: a certificate that was made elsewhere, with its private key. */
import { Field, Input, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { useClient } from '../client';
import { type ChosenFile, FileChoice, PemInput } from './files';
import { ActionDialog, FaultField, useSubmission } from './form';
import { encodeBase64 } from './typed';

export interface ImportDialogProps {
  readonly onImported: (row: CertificateRow) => void;
  readonly onClose: () => void;
}

/** Its base64 is what the engine takes. */
const maxPfxBytes = 1_100_000;

export function ImportDialog({ onImported, onClose }: ImportDialogProps): ReactElement {
  const client = useClient();
  const submission = useSubmission();
  const [isPfx, setIsPfx] = useState(true);
  const [file, setFile] = useState<ChosenFile>();
  const [form, setForm] = useState({ name: '', certificatePem: '', keyPem: '', password: '' });
  const change = (part: Partial<typeof form>): void => {
    setForm((before) => ({ ...before, ...part }));
    submission.forget();
  };
  /** A name is proposed by the file, and never overwritten. */
  const nameBy = (fileName: string | undefined): { name: string } => ({
    name: form.name === '' && fileName !== undefined ? fileName.replace(/\.[^.]+$/, '') : form.name,
  });
  const bring = (): Promise<unknown> =>
    submission.run(async () => {
      const { name, certificatePem, keyPem, password } = form;
      onImported(
        isPfx
          ? await client.certificates.importPfx({
              name,
              contentBase64: encodeBase64(file?.bytes ?? new Uint8Array()),
              password,
            })
          : await client.certificates.importPem({ name, certificatePem, keyPem, password }),
      );
    });
  const submit = (): void => {
    if (isPfx && file === undefined) submission.refuse('contentBase64', 'Choose the file first.');
    else void bring();
  };
  return (
    <ActionDialog
      title="Import Certificate"
      verb="Import"
      size="wide"
      submission={submission}
      fields={
        isPfx ? ['name', 'contentBase64', 'password'] : ['name', 'certificatePem', 'keyPem', 'password']
      }
      isDirty={file !== undefined || Object.values(form).some((text) => text !== '')}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Import from">
        <RadioGroup
          layout="horizontal"
          value={isPfx ? 'pfx' : 'pem'}
          onChange={(_, data) => {
            setIsPfx(data.value === 'pfx');
            submission.forget();
          }}
        >
          <Radio value="pfx" label="PFX file (.pfx, .p12)" />
          <Radio value="pem" label="PEM files or text" />
        </RadioGroup>
      </Field>
      {isPfx ? (
        <FaultField
          name="contentBase64"
          label="File"
          hint="Certificate, chain and private key in one file. Exports of Windows 2003 and 2008 can be read too."
          submission={submission}
        >
          <FileChoice
            label="Choose File…"
            accept=".pfx,.p12"
            maxBytes={maxPfxBytes}
            chosen={file?.name}
            onFile={(chosen) => {
              setFile(chosen);
              change(nameBy(chosen.name));
            }}
          />
        </FaultField>
      ) : (
        <>
          <FaultField
            name="certificatePem"
            label="Certificate"
            hint="And its chain, in any order."
            submission={submission}
          >
            <PemInput
              value={form.certificatePem}
              fileLabel="From File…"
              accept=".pem,.crt,.cer,.der,.p7b,.txt"
              pemLabel="CERTIFICATE"
              onValue={(certificatePem, fileName) => change({ certificatePem, ...nameBy(fileName) })}
            />
          </FaultField>
          <FaultField
            name="keyPem"
            label="Private key"
            hint="Empty when it stands in the same text as the certificate."
            submission={submission}
          >
            <PemInput
              value={form.keyPem}
              fileLabel="Key from File…"
              accept=".pem,.key,.der,.txt"
              pemLabel="PRIVATE KEY"
              onValue={(keyPem) => change({ keyPem })}
            />
          </FaultField>
        </>
      )}
      <FaultField
        name="password"
        label="Password"
        hint={isPfx ? 'That the file was exported with.' : 'Of the private key, when it is encrypted.'}
        submission={submission}
      >
        <Input
          type="password"
          autoComplete="off"
          value={form.password}
          onChange={(_, data) => change({ password: data.value })}
        />
      </FaultField>
      <FaultField name="name" label="Friendly name" hint="For this list only." submission={submission}>
        <Input value={form.name} onChange={(_, data) => change({ name: data.value })} />
      </FaultField>
    </ActionDialog>
  );
}
