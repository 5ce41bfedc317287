/** A small dialog that asks for a name, a password twice, or both. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import { useAction } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { emptyPerson, findPersonFaults, isUntouched, type PersonDraft } from './person-draft';

export interface PersonFormProps {
  readonly title: string;
  /** Default: small. */
  readonly size?: 'small' | 'wide';
  /** Asks for the name; else it is a change of somebody who is there. */
  readonly hasName: boolean;
  readonly nameHint?: string;
  readonly password: 'needed' | 'optional';
  /** Instead of the usual words below it. */
  readonly passwordHint?: string | undefined;
  /** More fields, between name and password. */
  readonly children?: ReactNode;
  /** Something in them was changed. */
  readonly isChanged?: boolean;
  /** Why what is in them cannot be saved. */
  readonly reason?: string | undefined;
  /** Rejects with what was refused. */
  readonly save: (draft: PersonDraft) => Promise<{ readonly name: string }>;
  /** Gets the name under which the list has the person now. */
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

type FieldName = keyof PersonDraft;
const fieldNames: readonly string[] = ['name', 'password'];

export function PersonForm(props: PersonFormProps): ReactElement {
  const {
    title,
    size = 'small',
    hasName,
    nameHint,
    password,
    children,
    isChanged = false,
    reason,
    save,
  } = props;
  const { onDone, onClose } = props;
  const styles = useStyles();
  const [draft, setDraft] = useState(emptyPerson);
  const [left, setLeft] = useState<ReadonlySet<FieldName>>(new Set());
  const action = useAction();
  const faults = findPersonFaults(draft, { name: hasName, password });
  const refusedField = action.fault?.field;
  const isLoose = action.fault !== undefined && !fieldNames.includes(refusedField ?? '');

  const told = (field: FieldName) => {
    const reason =
      (left.has(field) ? faults[field] : undefined) ??
      (refusedField === field ? action.fault?.text : undefined);
    return reason === undefined ? {} : { validationState: 'error' as const, validationMessage: reason };
  };
  const input = (field: FieldName) => ({
    value: draft[field],
    onChange: (_: unknown, data: { value: string }) => {
      setDraft((before) => ({ ...before, [field]: data.value }));
      action.forget();
    },
    // An empty field that is only passed by is not wrong yet.
    onBlur: () => {
      if (draft[field] !== '') setLeft((before) => new Set(before).add(field));
    },
  });
  const submit = async (): Promise<void> => {
    setLeft(new Set<FieldName>(['name', 'password', 'repeated']));
    if (Object.keys(faults).length > 0 || reason !== undefined) return;
    await action.run(async () => {
      const { name } = await save(draft);
      onDone(name);
    });
  };

  return (
    <FormDialog
      title={title}
      size={size}
      isDirty={isChanged || !isUntouched(draft)}
      onSubmit={() => void submit()}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={action.isBusy}>
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.form}>
        {reason !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{reason}</MessageBarBody>
          </MessageBar>
        )}
        {isLoose && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{action.fault?.text}</MessageBarBody>
          </MessageBar>
        )}
        {hasName && (
          <Field
            label="Name"
            required
            {...(nameHint === undefined ? {} : { hint: nameHint })}
            {...told('name')}
          >
            <Input {...input('name')} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {children}
        <Field
          label={password === 'optional' && !hasName ? 'New password' : 'Password'}
          required={password === 'needed'}
          hint={
            props.passwordHint ??
            (password === 'needed'
              ? 'At least 8 characters.'
              : hasName
                ? 'Not needed.'
                : 'Empty: the password stays as it is.')
          }
          {...told('password')}
        >
          <Input {...input('password')} type="password" autoComplete="new-password" />
        </Field>
        <Field label="Password again" required={password === 'needed'} {...told('repeated')}>
          <Input {...input('repeated')} type="password" autoComplete="new-password" />
        </Field>
      </div>
    </FormDialog>
  );
}
