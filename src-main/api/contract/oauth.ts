/** Procedures about OAuth2 sign-ins. A sign-in belongs to this computer; Outbound Security refers to it by number. */
import { z } from 'zod';
import { administrator, viewer } from './base';
import { serverId } from './values';

export const signInProviders = ['microsoft', 'google', 'custom'] as const;
export type SignInProvider = (typeof signInProviders)[number];
export const signInGrants = ['authorization-code', 'device-code', 'client-credentials'] as const;
export type SignInGrant = (typeof signInGrants)[number];
/** 'expires-soon' works, and will not for long. 'broken' needs a change here or at the provider, not a new sign-in. */
export const signInStates = ['signed-in', 'expires-soon', 'needs-sign-in', 'broken'] as const;
export type SignInState = (typeof signInStates)[number];

/** What the provider offers, for those who choose. */
export const grantsOf: Readonly<Record<SignInProvider, readonly SignInGrant[]>> = {
  microsoft: ['device-code', 'authorization-code', 'client-credentials'],
  // Its device flow takes only a short list of scopes, and that of mail is not among them.
  google: ['authorization-code'],
  custom: ['authorization-code', 'device-code', 'client-credentials'],
};

export const signInId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'Enter the number of a sign-in: 16 hexadecimal digits.');

/** An OAuth2 sign-in. Tokens and secrets are never in here. */
export const signInRow = z.object({
  id: signInId,
  /** Friendly name. */
  name: z.string(),
  provider: z.enum(signInProviders),
  grant: z.enum(signInGrants),
  /** Of Microsoft: a domain or number, or "organizations". */
  tenant: z.string(),
  clientId: z.string(),
  hasClientSecret: z.boolean(),
  /** As it was entered. */
  clientSecretExpiresAt: z.number().optional(),
  /** In force, and whether that is the provider's own. */
  scope: z.string(),
  isScopeDefault: z.boolean(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  deviceEndpoint: z.string(),
  /** The mailbox that signed in; '' while nobody said. */
  mailbox: z.string(),
  state: z.enum(signInStates),
  /** Why it is not simply signed in, and what helps. */
  reason: z.string().optional(),
  createdAt: z.number(),
  signedInAt: z.number().optional(),
  /** When the provider last gave a token. */
  renewedAt: z.number().optional(),
  /** Virtual servers whose settings name it. */
  usedBy: z.array(serverId),
});
export type SignInRow = z.infer<typeof signInRow>;

const line = (length: number) =>
  z
    .string()
    .trim()
    .max(length, `At most ${length} characters.`)
    .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'Enter text without control characters.');
const isLoopback = (host: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(host);

/** Tokens are keys: they go over HTTPS, or do not leave the computer. */
const endpoint = line(2000).refine((value) => {
  if (value === '') return true;
  try {
    const url = new URL(value);
    if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  } catch {
    return false;
  }
}, 'Enter an address that begins with https://.');

const fields = {
  name: line(100).min(1, 'Enter a name.'),
  provider: z.enum(signInProviders),
  grant: z.enum(signInGrants),
  tenant: line(255).refine(
    (value) => /^[A-Za-z0-9.-]*$/.test(value),
    'Enter the domain or the number of the organization.',
  ),
  clientId: line(500).min(1, 'Enter the application (client) ID.'),
  /** '' is none. */
  clientSecret: z.string().max(4000, 'At most 4000 characters.'),
  clientSecretExpiresAt: z.number().int().min(0).max(8_640_000_000_000).nullable(),
  /** '' is the provider's own. */
  scope: line(2000),
  authorizationEndpoint: endpoint,
  tokenEndpoint: endpoint,
  deviceEndpoint: endpoint,
  mailbox: line(320),
};
export const signInSettings = z.object({
  ...fields,
  tenant: fields.tenant.default(''),
  clientSecret: fields.clientSecret.default(''),
  clientSecretExpiresAt: fields.clientSecretExpiresAt.default(null),
  scope: fields.scope.default(''),
  authorizationEndpoint: fields.authorizationEndpoint.default(''),
  tokenEndpoint: fields.tokenEndpoint.default(''),
  deviceEndpoint: fields.deviceEndpoint.default(''),
  mailbox: fields.mailbox.default(''),
});
export type SignInSettings = z.infer<typeof signInSettings>;
export const signInChange = z.object(fields).partial();
export type SignInChange = z.infer<typeof signInChange>;

const attemptId = z.string().max(100);
/** What the person has to do now. */
export const signInStep = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('browser'),
    attemptId,
    /** To be opened in a browser. */
    url: z.string(),
    /** Where the provider sends the browser in the end: this computer. */
    redirectUri: z.string(),
    expiresAt: z.number(),
  }),
  z.object({
    kind: z.literal('device'),
    attemptId,
    userCode: z.string(),
    /** To be opened on any device. */
    verificationUri: z.string(),
    /** The same with the code in it, where the provider has that. */
    completeUri: z.string().optional(),
    expiresAt: z.number(),
  }),
  /** There was nothing to be done by hand. */
  z.object({ kind: z.literal('done') }),
]);
export type SignInStep = z.infer<typeof signInStep>;

export const signInProgress = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('done') }),
  z.object({ state: z.literal('failed'), reason: z.string() }),
  z.object({ state: z.literal('cancelled') }),
]);
export type SignInProgress = z.infer<typeof signInProgress>;

const ofSignIn = z.object({ id: signInId });
const ofAttempt = ofSignIn.extend({ attemptId });

export const oauth = {
  list: viewer.output(z.array(signInRow)),
  create: administrator.input(signInSettings).output(signInRow),
  /** Changes only what is given. What the tokens were given for must not change under them: then it needs a new sign-in. */
  set: administrator.input(ofSignIn.extend(signInChange.shape)).output(signInRow),
  /** Refused while a setting names it. */
  delete: administrator.input(ofSignIn).output(z.object({})),
  /** One at a time for each sign-in: the one before is cancelled. */
  beginSignIn: administrator.input(ofSignIn).output(signInStep),
  /** Answers when something has happened, at the latest after `waitSeconds`. */
  pollSignIn: administrator
    .input(ofAttempt.extend({ waitSeconds: z.number().min(0).max(25).default(20) }))
    .output(signInProgress),
  /** The address that the browser ended at, where that browser is not on the engine's computer. */
  completeSignIn: administrator
    .input(ofAttempt.extend({ address: z.string().trim().max(20_000) }))
    .output(signInProgress),
  cancelSignIn: administrator.input(ofAttempt).output(z.object({})),
  /** Fetches a new token now: whether it works is known then. */
  renew: administrator.input(ofSignIn).output(signInRow),
};
