/** What is entered for a sign-in, as the form holds it, and what of it goes to the engine. Pure. */
import type { SignInChange, SignInProvider, SignInRow, SignInSettings } from '../../src-main/api/contract';
import { dayOf, grantChoices, parseDay } from './sign-in-words';

export interface SignInDraft {
  readonly name: string;
  readonly provider: SignInProvider;
  readonly grant: SignInRow['grant'];
  readonly tenant: string;
  readonly clientId: string;
  /** What was typed; '' leaves a stored one as it is. */
  readonly clientSecret: string;
  readonly removesSecret: boolean;
  readonly secretExpires: string;
  readonly scope: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly deviceEndpoint: string;
  readonly mailbox: string;
}

const empty: SignInDraft = {
  name: '',
  provider: 'microsoft',
  grant: 'device-code',
  tenant: '',
  clientId: '',
  clientSecret: '',
  removesSecret: false,
  secretExpires: '',
  scope: '',
  authorizationEndpoint: '',
  tokenEndpoint: '',
  deviceEndpoint: '',
  mailbox: '',
};

export function draftOf(row: SignInRow | undefined): SignInDraft {
  if (row === undefined) return empty;
  // The provider's own endpoints are no business of the form's.
  const isCustom = row.provider === 'custom';
  return {
    ...empty,
    name: row.name,
    provider: row.provider,
    grant: row.grant,
    tenant: row.tenant,
    clientId: row.clientId,
    secretExpires: dayOf(row.clientSecretExpiresAt),
    scope: row.isScopeDefault ? '' : row.scope,
    authorizationEndpoint: isCustom ? row.authorizationEndpoint : '',
    tokenEndpoint: isCustom ? row.tokenEndpoint : '',
    deviceEndpoint: isCustom ? row.deviceEndpoint : '',
    mailbox: row.mailbox,
  };
}

/** Another provider has other ways, and knows nothing of what belongs to the one before. */
export function withProvider(draft: SignInDraft, provider: SignInProvider): SignInDraft {
  const grant = grantChoices(provider)[0]?.value ?? 'authorization-code';
  const { authorizationEndpoint, tokenEndpoint, deviceEndpoint, scope, tenant } = empty;
  return {
    ...draft,
    provider,
    grant,
    authorizationEndpoint,
    tokenEndpoint,
    deviceEndpoint,
    scope,
    tenant,
  };
}

/** Fields that are missing or wrong before the engine is asked. */
export function findDraftFault(draft: SignInDraft): { field: string; text: string } | undefined {
  if (parseDay(draft.secretExpires) === undefined)
    return { field: 'clientSecretExpiresAt', text: 'Enter a date such as 2027-03-31.' };
  if (draft.name.trim() === '') return { field: 'name', text: 'Enter a name.' };
  if (draft.clientId.trim() === '') return { field: 'clientId', text: 'Enter the application (client) ID.' };
  return undefined;
}

export function settingsOf(draft: SignInDraft): SignInSettings {
  const { removesSecret: _, secretExpires, ...rest } = draft;
  return { ...rest, clientSecretExpiresAt: parseDay(secretExpires) ?? null };
}

/** Only what is another than it was: the rest keeps its tokens. */
export function changeOf(draft: SignInDraft, before: SignInDraft): SignInChange {
  const [now, old] = [settingsOf(draft), settingsOf(before)];
  const changed = Object.fromEntries(
    Object.entries(now).filter(
      ([name, value]) => name !== 'clientSecret' && value !== old[name as keyof SignInSettings],
    ),
  ) as SignInChange;
  if (draft.clientSecret !== '') return { ...changed, clientSecret: draft.clientSecret };
  return draft.removesSecret ? { ...changed, clientSecret: '' } : changed;
}
