/** New key and Import key: a small form, which becomes the DNS record of the key once that is there. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Select,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useRef, useState } from 'react';
import { type DkimKeyRow, type DkimRecord, dkimBits } from '../../src-main/api/contract';
import { type Action, useAction, useClient } from '../client';
import { ChoiceInput } from '../ui/choice-input';
import { CancelButton, FormDialog } from '../ui/form-dialog';
import { proposeSelector } from './key-words';
import { recordParts } from './record-dialog';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  column: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    alignItems: 'flex-start',
  },
  code: {
    width: '100%',
    '& textarea': {
      fontFamily: tokens.fontFamilyMonospace,
      fontSize: tokens.fontSizeBase200,
      minHeight: '140px',
    },
  },
  select: { minWidth: 0, '& select': { minWidth: 0, width: '100%' } },
});

interface Made {
  readonly row: DkimKeyRow;
  readonly record: DkimRecord;
}

export interface KeyFormProps {
  readonly kind: 'create' | 'import';
  readonly serverId: number;
  readonly rows: readonly DkimKeyRow[];
  readonly suggestedDomains: readonly string[];
  readonly onMade: (row: DkimKeyRow) => void;
  readonly onClose: () => void;
}

/** Kinds of new keys; the first is the one that is proposed. */
const kinds = [...dkimBits.map((bits) => `rsa-${bits}`), 'ed25519'];
const kindWords: Readonly<Record<string, string>> = {
  'rsa-2048': 'RSA 2048: verified everywhere',
  'rsa-3072': 'RSA 3072: a longer record, which not every provider takes',
  'rsa-4096': 'RSA 4096: a longer record still, and slow',
  ed25519: 'Ed25519: short; many receivers do not verify it, so have an RSA key beside it',
};

export function KeyForm(props: KeyFormProps): ReactElement {
  const { kind, serverId, rows, suggestedDomains, onMade, onClose } = props;
  const styles = useStyles();
  const client = useClient();
  const action = useAction();
  const [made, setMade] = useState<Made>();
  const [initial] = useState(() => {
    const domain = suggestedDomains[0] ?? '';
    return {
      domain,
      selector: kind === 'create' ? proposeSelector(domain, rows) : '',
      key: 'rsa-2048',
      pem: '',
    };
  });
  const [form, setForm] = useState(initial);
  const change = (part: Partial<typeof form>): void => {
    setForm((before) => {
      const next = { ...before, ...part };
      // As long as it is the proposed one it follows the domain.
      const isProposed = kind === 'create' && before.selector === proposeSelector(before.domain, rows);
      return part.domain !== undefined && isProposed
        ? { ...next, selector: proposeSelector(part.domain, rows) }
        : next;
    });
    action.forget();
  };
  const submit = (): void => {
    if (action.isBusy) return;
    const { key, pem } = form;
    const place = { serverId, domain: form.domain.trim(), selector: form.selector.trim() };
    void action.run(async () => {
      const result =
        kind === 'import'
          ? await client.dkim.import({ ...place, pem })
          : await client.dkim.create({
              ...place,
              algorithm: key === 'ed25519' ? 'ed25519-sha256' : 'rsa-sha256',
              bits: dkimBits.find((bits) => key === `rsa-${bits}`) ?? 2048,
            });
      setMade(result);
      onMade(result.row);
    });
  };
  if (made !== undefined)
    return (
      <FormDialog
        {...recordParts({ ...made.row, record: made.record }, onClose)}
        isDirty={false}
        onClose={onClose}
      />
    );
  const fields = kind === 'import' ? ['domain', 'selector', 'pem'] : ['domain', 'selector'];
  const { fault, isBusy } = action;
  return (
    <FormDialog
      title={kind === 'import' ? 'Import DKIM key' : 'New DKIM key'}
      size={kind === 'import' ? 'wide' : 'small'}
      pageKey="form"
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      onSubmit={submit}
      onClose={onClose}
      note={isBusy ? <span role="status">Working…</span> : undefined}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={isBusy}>
          {kind === 'import' ? 'Import' : 'Make key'}
        </Button>,
        <CancelButton key="cancel" />,
      ]}
    >
      <div className={styles.fields}>
        {fault !== undefined && !fields.includes(fault.field ?? '') && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{fault.text}</MessageBarBody>
          </MessageBar>
        )}
        <FaultField
          name="domain"
          label="Domain"
          hint="Mail with a From address of this domain, and of those below it without keys of their own, is signed."
          action={action}
        >
          <ChoiceInput
            value={form.domain}
            choices={[...new Set(suggestedDomains)]}
            onValue={(domain) => change({ domain })}
          />
        </FaultField>
        <FaultField
          name="selector"
          label="Selector"
          hint={
            kind === 'import'
              ? 'As in DNS: the part before ._domainkey'
              : 'Tells the keys of a domain apart. Any short name will do.'
          }
          action={action}
        >
          <Input value={form.selector} onChange={(_, data) => change({ selector: data.value })} />
        </FaultField>
        {kind === 'import' ? (
          <FaultField
            name="pem"
            label="Private key"
            hint="PEM text, as OpenDKIM, OpenSSL and others write it. It is kept encrypted and never shown again."
            action={action}
          >
            <KeyText value={form.pem} onValue={(pem) => change({ pem })} />
          </FaultField>
        ) : (
          <Field label="Key">
            <Select
              className={styles.select}
              value={form.key}
              onChange={(_, data) => change({ key: data.value })}
            >
              {kinds.map((each) => (
                <option key={each} value={each}>
                  {kindWords[each]}
                </option>
              ))}
            </Select>
          </Field>
        )}
        {kind === 'create' && (
          <div>
            The private key stays on this computer, encrypted. Nothing is signed before you switch it on.
          </div>
        )}
      </div>
    </FormDialog>
  );
}

interface FaultFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly action: Action;
  readonly children: ReactElement;
}

function FaultField({ name, label, hint, action: { fault }, children }: FaultFieldProps): ReactElement {
  const isWrong = fault?.field === name;
  return (
    <Field
      label={label}
      hint={hint}
      {...(isWrong ? { validationState: 'error', validationMessage: fault.text } : {})}
    >
      {children}
    </Field>
  );
}

const maxFileBytes = 20_000;

/** Text to paste, or a file to fill it from. Further properties go to the field, so that it can stand in a Field. */
function KeyText({
  value,
  onValue,
  ...rest
}: {
  readonly value: string;
  readonly onValue: (text: string) => void;
}): ReactElement {
  const styles = useStyles();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string>();
  const read = async (file: File): Promise<void> => {
    if (file.size > maxFileBytes) return setFault(`${file.name} is too large for a key.`);
    try {
      onValue(await file.text());
      setFault(undefined);
    } catch {
      setFault(`${file.name} cannot be read.`);
    }
  };
  return (
    <div className={styles.column}>
      <Textarea
        {...rest}
        className={styles.code}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(_, data) => onValue(data.value)}
      />
      <Button size="small" onClick={() => input.current?.click()}>
        From file…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".pem,.key,.private,.txt"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file, changed meanwhile, can be chosen again.
          event.target.value = '';
          if (file !== undefined) void read(file);
        }}
      />
      {fault !== undefined && <span role="alert">{fault}</span>}
    </div>
  );
}
