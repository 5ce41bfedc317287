/** Words for the OAuth2 sign-ins. Pure. */
import {
  grantsOf,
  type SignInGrant,
  type SignInProvider,
  type SignInRow,
  type SignInState,
} from '../../src-main/api/contract';

export const providerTitles: Readonly<Record<SignInProvider, string>> = {
  microsoft: 'Microsoft 365',
  google: 'Google',
  custom: 'Other provider',
};

export const stateTitles: Readonly<Record<SignInState, string>> = {
  'signed-in': 'Signed in',
  'expires-soon': 'Expires soon',
  'needs-sign-in': 'Needs sign-in',
  broken: 'Does not work',
};

export type Standing = 'good' | 'warning' | 'bad';

/** Of a shape and a colour beside the word. */
export function standingOf({ state, reason }: Pick<SignInRow, 'state' | 'reason'>): Standing {
  if (state === 'needs-sign-in' || state === 'broken') return 'bad';
  return state === 'expires-soon' || reason !== undefined ? 'warning' : 'good';
}

const grantWords: Readonly<Record<SignInGrant, { readonly title: string; readonly text: string }>> = {
  'authorization-code': {
    title: 'With a browser',
    text: 'Somebody signs in with a browser on this computer; elsewhere, the address that it ends at is pasted here.',
  },
  'device-code': {
    title: 'With a code',
    text: 'A code is shown here and entered in a browser on any device. No address has to be registered.',
  },
  'client-credentials': {
    title: 'As an application',
    text: 'Nobody signs in: the application proves itself by its secret. An administrator gives it the mailbox.',
  },
};

/** Ways of a provider, the one that is proposed first. */
export const grantChoices = (
  provider: SignInProvider,
): readonly { readonly value: SignInGrant; readonly title: string; readonly text: string }[] =>
  grantsOf[provider].map((value) => ({ value, ...grantWords[value] }));

/** Why a provider lacks a way that others have. */
export const missingGrants: Readonly<Partial<Record<SignInProvider, string>>> = {
  google: 'Google allows neither a code nor an application for mailboxes: it has to be a browser.',
};

/** What the verb is called: an application has nobody to sign in. */
export const signInVerb = ({ grant, state }: Pick<SignInRow, 'grant' | 'state'>): string => {
  if (grant === 'client-credentials') return 'Try It';
  return state === 'needs-sign-in' ? 'Sign In…' : 'Sign In Again…';
};

/** Where it is used, by names. */
export const describeUse = (
  { usedBy }: Pick<SignInRow, 'usedBy'>,
  servers: readonly { readonly id: number; readonly name: string }[],
): string => usedBy.map((id) => servers.find((server) => server.id === id)?.name ?? `no. ${id}`).join(', ');

/** "2027-03-31" of a date field; '' is none. */
export const dayOf = (at: number | undefined): string =>
  at === undefined ? '' : new Date(at).toISOString().slice(0, 10);

/** null is none, undefined is no date. */
export function parseDay(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const at = /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
