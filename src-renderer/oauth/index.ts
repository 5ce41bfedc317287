/** OAuth2 sign-ins of this computer, and choosing one of them. */
export { useSignInNames } from './queries';
export { SignInPicker } from './sign-in-picker';
export { SignInsDialog } from './sign-ins-dialog';
