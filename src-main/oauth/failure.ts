/** Why a provider gave no token, and what helps. Pure. */
import type { SignInProvider } from '../api/contract';

/**
 * 'needs-sign-in': somebody has to sign in again; 'broken': something has to be put right, here or at the provider, and
 * it works again then; 'unreachable': it may work the next time without anybody doing anything.
 */
export type FailureKind = 'needs-sign-in' | 'broken' | 'unreachable';

/** The error of RFC 6749 section 5.2 and its like, cut and cleaned. */
export interface ProviderError {
  readonly code: string;
  readonly description: string;
  readonly httpStatus: number;
}

/** No token. The text is for people and names neither tokens nor secrets. */
export class TokenFailure extends Error {
  readonly kind: FailureKind;
  readonly providerCode: string | undefined;

  constructor(kind: FailureKind, text: string, options: { providerCode?: string; cause?: unknown } = {}) {
    super(text, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'TokenFailure';
    this.kind = kind;
    this.providerCode = options.providerCode;
  }
}

interface Advice {
  readonly kind: FailureKind;
  readonly text: string;
}

const again = 'Sign in again.';

/**
 * By number of Microsoft's error (AADSTS...). They say more than the OAuth2 code beside them, which is "invalid_grant" for
 * nearly everything.
 */
const microsoftAdvice = new Map<number, Advice>(
  (
    [
      [50034, 'needs-sign-in', `The user does not exist in this organization. ${again}`],
      [50055, 'needs-sign-in', `The password of the user has expired. Change it, and sign in again.`],
      [50057, 'broken', "The user's account is disabled. Have it enabled, or sign in as another user."],
      [50076, 'needs-sign-in', `Microsoft asks for a second factor now. ${again}`],
      [50078, 'needs-sign-in', `The second factor has expired. ${again}`],
      [50079, 'needs-sign-in', `Microsoft asks for a second factor now. ${again}`],
      [
        50105,
        'broken',
        'The user is not assigned to the application. An administrator of Microsoft Entra has to assign it.',
      ],
      [
        50173,
        'needs-sign-in',
        `The password was changed, or the sign-ins of the user were revoked. ${again}`,
      ],
      [
        53000,
        'broken',
        'Conditional access of your organization does not allow this computer. Ask an administrator of Microsoft Entra.',
      ],
      [
        53003,
        'broken',
        'Conditional access of your organization forbids this. Ask an administrator of Microsoft Entra for an exception.',
      ],
      [
        65001,
        'broken',
        'Nobody has agreed to what the application may do. An administrator of Microsoft Entra has to grant consent for SMTP.Send.',
      ],
      [70008, 'needs-sign-in', `The sign-in has expired. ${again}`],
      [70011, 'broken', 'Microsoft does not know the scope. Correct it, or leave it empty.'],
      [70043, 'needs-sign-in', `The sign-in is older than your organization allows. ${again}`],
      [90002, 'broken', 'Microsoft does not know the organization. Correct the tenant.'],
      [90072, 'needs-sign-in', 'This user belongs to another organization. Sign in as another user.'],
      [90094, 'broken', 'An administrator of Microsoft Entra has to grant consent to the application.'],
      [90095, 'broken', 'An administrator of Microsoft Entra has to grant consent to the application.'],
      [700003, 'needs-sign-in', `The device that signed in was removed from the organization. ${again}`],
      [
        700016,
        'broken',
        'The organization has no such application. Check the application (client) ID and the tenant.',
      ],
      [700082, 'needs-sign-in', `The sign-in was not used for too long. ${again}`],
      [
        700084,
        'needs-sign-in',
        `The application is registered for single pages, whose sign-ins end after a day. Register it for "Mobile and desktop applications", and sign in again.`,
      ],
      [
        7000112,
        'broken',
        'The application is disabled. An administrator of Microsoft Entra has to enable it.',
      ],
      [7000215, 'broken', 'The client secret is wrong. Enter its value, not its ID.'],
      [
        7000218,
        'broken',
        'The application wants a client secret. Enter one, or switch on "Allow public client flows" of the application.',
      ],
      [
        7000222,
        'broken',
        'The client secret has expired. Make a new one for the application, and enter it here.',
      ],
      [
        7000229,
        'broken',
        'The application is not known in this organization. An administrator of Microsoft Entra has to grant it consent.',
      ],
    ] as const
  ).map(([number, kind, text]) => [number, { kind, text }]),
);

const adviceOf: Readonly<Record<string, Advice>> = {
  invalid_grant: { kind: 'needs-sign-in', text: `The sign-in is not valid any more. ${again}` },
  interaction_required: {
    kind: 'needs-sign-in',
    text: `The provider wants to ask the user something. ${again}`,
  },
  login_required: { kind: 'needs-sign-in', text: again },
  consent_required: {
    kind: 'broken',
    text: 'Nobody has agreed to what the application may do. An administrator of the provider has to grant consent.',
  },
  access_denied: { kind: 'needs-sign-in', text: 'It was not allowed.' },
  expired_token: { kind: 'needs-sign-in', text: 'The code has expired. Begin again.' },
  invalid_client: {
    kind: 'broken',
    text: 'The provider does not accept the client ID or the client secret. Correct them; a secret may have expired.',
  },
  deleted_client: {
    kind: 'broken',
    text: 'The application was deleted at the provider. Register another one, and enter its client ID.',
  },
  disabled_client: { kind: 'broken', text: 'The application is disabled at the provider.' },
  unauthorized_client: {
    kind: 'broken',
    text: 'The application may not sign in this way. Change its registration at the provider.',
  },
  admin_policy_enforced: {
    kind: 'broken',
    text: 'A policy of your organization forbids the application. An administrator of Google Workspace has to trust it.',
  },
  org_internal: { kind: 'broken', text: 'The application is for users of another organization.' },
  invalid_scope: { kind: 'broken', text: 'The provider does not know the scope. Correct it.' },
  unsupported_grant_type: { kind: 'broken', text: 'The provider does not offer this way to sign in.' },
  redirect_uri_mismatch: {
    kind: 'broken',
    text: 'The application is not registered for this computer. Register it as a desktop application.',
  },
  invalid_request: { kind: 'broken', text: 'The provider does not accept the request.' },
};

/** Two things that Google says with one code. */
const googleTesting =
  'Google ends sign-ins after seven days while the consent screen of the application is in "Testing": publish it.';

/** What a provider's refusal means. */
export function explainRefusal(provider: SignInProvider, error: ProviderError): TokenFailure {
  const { code, description, httpStatus } = error;
  const options = { providerCode: code };
  if (isPassing(error))
    return new TokenFailure(
      'unreachable',
      `The provider gives no tokens now (${wordsOf(error)}). Mail waits and is tried again.`,
      options,
    );
  const number = Number(/AADSTS(\d{4,8})/.exec(description)?.[1]);
  const advice = (provider === 'google' ? undefined : microsoftAdvice.get(number)) ?? adviceOf[code];
  const words = wordsOf(error);
  if (advice === undefined)
    return new TokenFailure(
      httpStatus >= 400 && httpStatus < 500 ? 'broken' : 'unreachable',
      `The provider gives no token. It says: ${words}`,
      options,
    );
  const more = provider === 'google' && code === 'invalid_grant' ? ` ${googleTesting}` : '';
  return new TokenFailure(advice.kind, `${advice.text}${more} The provider says: ${words}`, options);
}

const isPassing = ({ code, httpStatus }: ProviderError): boolean =>
  httpStatus >= 500 ||
  httpStatus === 429 ||
  httpStatus === 408 ||
  code === 'temporarily_unavailable' ||
  code === 'server_error' ||
  code === 'slow_down';

function wordsOf({ code, description, httpStatus }: ProviderError): string {
  const said = description === '' ? code : description;
  return said === '' ? `HTTP ${httpStatus}` : said;
}

const maxWords = 300;

/**
 * Words of a provider as they may be shown: one line, bounded, and without what was sent to it.
 *
 * @param secrets what must not come back
 */
export function cleanWords(text: unknown, secrets: readonly string[] = []): string {
  if (typeof text !== 'string') return '';
  let shown = text.slice(0, 20_000);
  for (const secret of secrets) if (secret.length > 3) shown = shown.replaceAll(secret, '…');
  // Microsoft puts lines of numbers for its support behind its sentence.
  shown = shown.split(/\s*(?:Trace ID|Timestamp):/, 1)[0] ?? '';
  const line = shown
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length <= maxWords ? line : `${line.slice(0, maxWords - 1)}…`;
}
