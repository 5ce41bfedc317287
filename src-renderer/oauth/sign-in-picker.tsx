/** Choosing one of the OAuth2 sign-ins of this computer, as a field of a form. */
import { Button, Field, makeStyles, Select, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useSignIns } from './queries';
import { stateTitles } from './sign-in-words';
import { SignInsDialog } from './sign-ins-dialog';

export interface SignInPickerProps {
  /** Number of the sign-in; '' is none. */
  readonly value: string;
  readonly onValue: (id: string) => void;
  readonly onLeave?: () => void;
  readonly isDisabled?: boolean;
  readonly label: string | ReactElement;
  readonly fault?: string | undefined;
}

const useStyles = makeStyles({
  row: { display: 'flex', gap: tokens.spacingHorizontalS },
  button: { flexShrink: 0, whiteSpace: 'nowrap' },
  select: { flexGrow: 1, minWidth: 0, '& select': { minWidth: 0, width: '100%' } },
});

export function SignInPicker(props: SignInPickerProps): ReactElement {
  const { value, onValue, onLeave = () => undefined, isDisabled = false, label, fault } = props;
  const styles = useStyles();
  const { data: rows } = useSignIns();
  const [isOpen, setIsOpen] = useState(false);
  const row = rows?.find(({ id }) => id === value);
  const isGone = value !== '' && rows !== undefined && row === undefined;
  const hint = isGone ? 'This sign-in does not exist any more. Choose another one.' : row?.reason;
  return (
    <>
      <Field
        label={label}
        {...(fault === undefined
          ? hint === undefined
            ? {}
            : { validationState: 'warning' as const, validationMessage: hint }
          : { validationState: 'error' as const, validationMessage: fault })}
      >
        {(control) => (
          <div className={styles.row}>
            <Select
              {...control}
              className={styles.select}
              value={value}
              disabled={isDisabled}
              onChange={(_, data) => {
                onValue(data.value);
                onLeave();
              }}
            >
              <option value="">none</option>
              {isGone && <option value={value}>{value}</option>}
              {rows?.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.mailbox === '' ? each.name : `${each.name}: ${each.mailbox}`}
                  {each.state === 'signed-in' ? '' : ` (${stateTitles[each.state].toLowerCase()})`}
                </option>
              ))}
            </Select>
            <Button className={styles.button} onClick={() => setIsOpen(true)}>
              Sign-ins…
            </Button>
          </div>
        )}
      </Field>
      {isOpen && (
        <SignInsDialog
          selectedId={value}
          onSelect={
            isDisabled
              ? undefined
              : (id) => {
                  onValue(id);
                  onLeave();
                }
          }
          onClose={() => setIsOpen(false)}
        />
      )}
    </>
  );
}
