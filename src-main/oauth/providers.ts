/**
 * What is known of the providers: where they hand out tokens, what has to be asked for, and how long they remember.
 * Pure.
 */
import { grantsOf, type SignInGrant, type SignInProvider } from '../api/contract';
import { Problem } from '../engine/core/problem';

/** What says with whom, and as what, a sign-in speaks. */
export interface Application {
  readonly provider: SignInProvider;
  readonly grant: SignInGrant;
  readonly tenant: string;
  readonly clientId: string;
  readonly scope: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly deviceEndpoint: string;
  readonly mailbox: string;
}

export interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly device: string;
}

/** Any work or school account; whoever knows the organization names it. */
const anyOrganization = 'organizations';

/** Those that were entered come before the provider's own, for clouds of one's own (Microsoft for governments and China). */
export function endpointsOf(application: Application): Endpoints {
  const { provider, tenant, authorizationEndpoint, tokenEndpoint, deviceEndpoint } = application;
  const own = ownEndpoints(provider, tenant === '' ? anyOrganization : tenant);
  return {
    authorization: authorizationEndpoint || own.authorization,
    token: tokenEndpoint || own.token,
    device: deviceEndpoint || own.device,
  };
}

function ownEndpoints(provider: SignInProvider, tenant: string): Endpoints {
  switch (provider) {
    case 'microsoft': {
      const base = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0`;
      return {
        authorization: `${base}/authorize`,
        token: `${base}/token`,
        device: `${base}/devicecode`,
      };
    }
    case 'google':
      return {
        authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
        token: 'https://oauth2.googleapis.com/token',
        device: '',
      };
    case 'custom':
      return { authorization: '', token: '', device: '' };
  }
}

/** What a token is asked for, as it is shown and kept. */
export function scopeOf({ provider, grant, scope }: Application): string {
  if (scope !== '') return scope;
  switch (provider) {
    case 'microsoft':
      // An application acts with all the rights it was given; ".default" is how it says so.
      return grant === 'client-credentials'
        ? 'https://outlook.office365.com/.default'
        : 'https://outlook.office.com/SMTP.Send offline_access';
    case 'google':
      return 'https://mail.google.com/';
    case 'custom':
      return '';
  }
}

/**
 * What a person is asked to agree to. Who signed in is asked for only where it is not known: each scope more is one more
 * that an administrator may have to allow.
 */
export function askedScopeOf(application: Application): string {
  const scope = scopeOf(application);
  const isKnown = application.mailbox !== '' || application.provider === 'custom';
  return isKnown ? scope : `${scope} openid email`;
}

/** Besides what every provider is told. */
export function authorizationParameters({ provider, mailbox }: Application): Record<string, string> {
  const hint: Record<string, string> = mailbox === '' ? {} : { login_hint: mailbox };
  switch (provider) {
    case 'microsoft':
      return mailbox === '' ? { prompt: 'select_account' } : hint;
    case 'google':
      // Without both of them it gives a refresh token the first time only.
      return { ...hint, access_type: 'offline', prompt: 'consent' };
    case 'custom':
      return hint;
  }
}

/** Microsoft knows "http://localhost" with any port; the others follow RFC 8252 section 7.3. */
export const redirectHostOf = (provider: SignInProvider): 'localhost' | '127.0.0.1' =>
  provider === 'microsoft' ? 'localhost' : '127.0.0.1';

/** RFC 9207 tells who answered; of the others it is not known, or another one for each organization. */
export const issuerOf = ({ provider, tokenEndpoint }: Application): string | undefined =>
  provider === 'google' && tokenEndpoint === '' ? 'https://accounts.google.com' : undefined;

/** Days after which a refresh token that nobody used is forgotten; undefined: not known. */
export const forgottenAfterDays: Readonly<Record<SignInProvider, number | undefined>> = {
  microsoft: 90,
  google: 180,
  custom: undefined,
};

/** Throws Problem 'invalid' with the field that is missing or does not go with the others. */
export function checkApplication(application: Application & { readonly hasClientSecret: boolean }): void {
  const { provider, grant, tenant, hasClientSecret } = application;
  const refuse = (field: string, text: string): never => {
    throw new Problem('invalid', text, field);
  };
  if (!grantsOf[provider].includes(grant)) {
    if (grant === 'device-code')
      refuse('grant', 'Google does not allow a device code for mail. Sign in with a browser instead.');
    refuse('grant', 'Google has no such way for mailboxes. Sign in with a browser instead.');
  }
  const endpoints = endpointsOf(application);
  if (endpoints.token === '') refuse('tokenEndpoint', 'Enter the token endpoint.');
  if (grant === 'authorization-code' && endpoints.authorization === '')
    refuse('authorizationEndpoint', 'Enter the authorization endpoint.');
  if (grant === 'device-code' && endpoints.device === '')
    refuse('deviceEndpoint', 'Enter the device authorization endpoint.');
  if (grant !== 'client-credentials') return;
  if (!hasClientSecret)
    refuse('clientSecret', 'Enter the client secret: an application proves itself by it.');
  if (provider === 'microsoft' && application.tokenEndpoint === '' && tenant === '')
    refuse('tenant', 'Enter the organization: its domain, or its directory (tenant) ID.');
  if (application.mailbox === '') refuse('mailbox', 'Enter the mailbox: an application has none of its own.');
}
