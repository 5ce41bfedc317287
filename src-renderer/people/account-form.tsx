/** An account is added, or gets another password or other ways to log in. */
import { Checkbox, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { AccountRow } from '../../src-main/api/contract';
import { useClient } from '../client';
import { type Method, methodWords, needsPassword } from './method-words';
import { PersonForm } from './person-form';

export interface AccountFormProps {
  /** undefined: a new one. */
  readonly row: AccountRow | undefined;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  text: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  boxes: { display: 'flex', flexDirection: 'column', margin: 0, padding: 0, border: 'none' },
  legend: { padding: 0 },
  hint: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export function AccountForm({ row, onDone, onClose }: AccountFormProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const before: ReadonlySet<Method> = new Set(row?.methods ?? ['basic']);
  const [methods, setMethods] = useState(before);
  const isChanged = methods.size !== before.size || [...methods].some((method) => !before.has(method));
  const toggle = (method: Method, isOn: boolean): void =>
    setMethods(
      new Set(
        methodWords.map((each) => each.method).filter((each) => (each === method ? isOn : methods.has(each))),
      ),
    );
  return (
    <PersonForm
      size="wide"
      title={row === undefined ? 'New account' : `Edit account: ${row.name}`}
      hasName={row === undefined}
      nameHint="What the program logs in as, such as scanner or scanner@example.com."
      password={row === undefined && needsPassword(methods) ? 'needed' : 'optional'}
      passwordHint={
        row === undefined
          ? undefined
          : 'Empty: the password stays as it is. A way to log in that is added needs the password once more.'
      }
      isChanged={isChanged}
      reason={methods.size === 0 ? 'Choose at least one way to log in, or disable the account.' : undefined}
      save={async ({ name, password }) => {
        const given = {
          ...(password === '' ? {} : { password }),
          ...(isChanged || row === undefined ? { methods: [...methods] } : {}),
        };
        if (row === undefined) return client.accounts.create({ name: name.trim(), ...given });
        return Object.keys(given).length === 0 ? row : client.accounts.set({ name: row.name, ...given });
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <fieldset className={styles.boxes}>
        <legend className={styles.legend}>May log in by</legend>
        {methodWords.map(({ method, title, text }) => (
          <Checkbox
            key={method}
            checked={methods.has(method)}
            onChange={(_, data) => toggle(method, data.checked === true)}
            label={
              <>
                {title}
                <br />
                <span className={styles.text}>{text}</span>
              </>
            }
          />
        ))}
        <p className={styles.hint}>
          As far as the virtual server allows it too, under Access, Authentication. A program that chooses by
          itself (msmtp with "auth on", curl without --login-options) may choose a way that is not ticked, and
          is refused: tick those that it may choose, or name one in the program.
        </p>
      </fieldset>
    </PersonForm>
  );
}
