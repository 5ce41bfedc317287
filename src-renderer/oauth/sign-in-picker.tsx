/** Choosing one of the OAuth2 sign-ins of this computer, as a field of a form. */
import { Field, Select } from '@fluentui/react-components';
import type { ReactElement } from 'react';

export interface SignInPickerProps {
  /** Number of the sign-in; '' is none. */
  readonly value: string;
  readonly onValue: (id: string) => void;
  readonly onLeave?: () => void;
  readonly isDisabled?: boolean;
  readonly label: string | ReactElement;
  readonly fault?: string | undefined;
}

export function SignInPicker(props: SignInPickerProps): ReactElement {
  const { value, onValue, onLeave, isDisabled = false, label, fault } = props;
  return (
    <Field
      label={label}
      {...(fault === undefined ? {} : { validationState: 'error' as const, validationMessage: fault })}
    >
      <Select
        value={value}
        disabled={isDisabled}
        onChange={(_, data) => onValue(data.value)}
        {...(onLeave === undefined ? {} : { onBlur: onLeave })}
      >
        <option value="">none</option>
        {value !== '' && <option value={value}>{value}</option>}
      </Select>
    </Field>
  );
}
