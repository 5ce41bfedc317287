/** The fully-qualified domain name, and whether DNS knows it. */
import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useRef, useState } from 'react';
import { readFault, useClient, useSuggestions } from '../../client';
import { fieldOf, SettingLabel } from '../field-parts';
import { useSetting } from '../sheet-context';
import { describeLookUp } from './look-up-words';

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS },
  input: { flexGrow: 1, minWidth: 0 },
  answer: { margin: 0, color: tokens.colorNeutralForeground2 },
});

export interface CheckDnsProps {
  readonly serverId: number;
  readonly fqdn: string;
}

export function CheckDns({ serverId, fqdn }: CheckDnsProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting('fullyQualifiedDomainName');
  const own = useSuggestions().data?.addresses ?? [];
  /** The name that was asked for, and what was found out. */
  const [answer, setAnswer] = useState<{ readonly name: string; readonly text: string }>();
  const lastAsked = useRef('');
  const name = String(value ?? '').trim() || fqdn;
  const ask = async (): Promise<void> => {
    lastAsked.current = name;
    setAnswer({ name, text: `Asking DNS for ${name}…` });
    const text = await client.diagnostics
      .lookUp({ serverId, name })
      .then((found) => describeLookUp(name, found, own))
      .catch((error: unknown) => readFault(error).text);
    if (lastAsked.current === name) setAnswer({ name, text });
  };
  return (
    <>
      <Field
        data-setting="fullyQualifiedDomainName"
        label={<SettingLabel name="fullyQualifiedDomainName" />}
        {...fieldOf(fault, facts.text)}
      >
        <div className={styles.row}>
          <Input
            className={styles.input}
            aria-label={facts.title}
            value={String(value ?? '')}
            placeholder={fqdn}
            disabled={isReadOnly}
            onChange={(_, data) => set(data.value)}
            onBlur={(event) => {
              if (event.target.value !== event.target.value.trim()) set(event.target.value.trim());
              leave();
            }}
          />
          <Button onClick={() => void ask()}>Check DNS</Button>
        </div>
      </Field>
      <p className={styles.answer} role="status">
        {answer?.name === name ? answer.text : ''}
      </p>
    </>
  );
}
