/** A password: goes in and never comes out. A stored one is named as stored, and can be replaced or removed. */
import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { keptSecret } from '../../../src-main/api/contract';
import { fieldOf, SettingLabel } from '../field-parts';
import { useSetting } from '../sheet-context';

const useStyles = makeStyles({
  row: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  word: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
  input: { flexGrow: 1, minWidth: 0 },
});

export interface PasswordSettingProps {
  readonly name: string;
  readonly reasonAgainst?: string | undefined;
}

export function PasswordSetting({ name, reasonAgainst }: PasswordSettingProps): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting(name);
  const [hadStored] = useState(value === keptSecret);
  const isDisabled = isReadOnly || reasonAgainst !== undefined;
  if (value === keptSecret)
    return (
      <Field
        data-setting={name}
        label={<SettingLabel name={name} />}
        {...fieldOf(fault, reasonAgainst ?? facts.text)}
      >
        <div className={styles.row}>
          <span className={styles.word}>A password is stored.</span>
          <Button disabled={isDisabled} onClick={() => set('')}>
            Replace or remove
          </Button>
        </div>
      </Field>
    );
  return (
    <Field
      data-setting={name}
      label={<SettingLabel name={name} />}
      {...fieldOf(fault, reasonAgainst ?? facts.text)}
    >
      <div className={styles.row}>
        <Input
          className={styles.input}
          type="password"
          autoComplete="new-password"
          aria-label={facts.title}
          value={String(value ?? '')}
          disabled={isDisabled}
          {...(hadStored ? { placeholder: 'none: the stored one is removed' } : {})}
          onChange={(_, data) => set(data.value)}
          onBlur={leave}
        />
        {hadStored && (
          <Button disabled={isDisabled} onClick={() => set(keptSecret)}>
            Keep the stored one
          </Button>
        )}
      </div>
    </Field>
  );
}
