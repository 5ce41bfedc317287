/** Whose tokens log in: one of the OAuth2 sign-ins of this computer. */
import { type ReactElement, useContext } from 'react';
import { SettingLabel, type SettingProps } from '../field-parts';
import { useSetting } from '../sheet-context';
import { SignInSlot } from '../sign-in-slot';

export function SignInSetting({ name, reasonAgainst }: SettingProps): ReactElement {
  const render = useContext(SignInSlot);
  const { value, set, leave, fault, isReadOnly } = useSetting(name);
  return (
    <div data-setting={name}>
      {render({
        value: String(value ?? ''),
        onValue: set,
        onLeave: leave,
        isDisabled: isReadOnly || reasonAgainst !== undefined,
        label: <SettingLabel name={name} />,
        fault,
      })}
    </div>
  );
}
