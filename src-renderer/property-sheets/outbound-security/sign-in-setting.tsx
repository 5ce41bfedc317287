/** Whose tokens log in: one of the OAuth2 sign-ins of this computer. */
import type { ReactElement } from 'react';
import { type SettingProps, TextSetting } from '../fields';

export function SignInSetting(props: SettingProps): ReactElement {
  return <TextSetting {...props} />;
}
