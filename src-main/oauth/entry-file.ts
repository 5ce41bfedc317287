/**
 * One sign-in as a file: what is in it, and the way between file and memory. Client secret and refresh token are sealed
 * in both. Pure.
 */
import { z } from 'zod';
import { sealedPrefix, signInGrants, signInId, signInProviders } from '../api/contract';

/** '' is none; anything else begins with the box's own prefix. */
const sealed = z
  .string()
  .max(100_000)
  .refine((value) => value === '' || value.startsWith(sealedPrefix), 'A secret is not sealed.');
const text = z.string().max(2000);

const entryFile = z.strictObject({
  version: z.literal(1),
  id: signInId,
  name: z.string().min(1).max(100),
  provider: z.enum(signInProviders),
  grant: z.enum(signInGrants),
  tenant: text,
  clientId: text,
  clientSecret: sealed,
  /** As it was entered. */
  clientSecretExpiresAt: z.number().optional(),
  scope: text,
  authorizationEndpoint: text,
  tokenEndpoint: text,
  deviceEndpoint: text,
  /** As it was entered; '' is the one that signed in. */
  mailbox: text,
  createdAt: z.number(),
  signedInAt: z.number().optional(),
  /** As the provider named who signed in. */
  signedInMailbox: text.optional(),
  /** When the provider last gave a token. */
  renewedAt: z.number().optional(),
  refreshToken: sealed.optional(),
  /** What the provider refused for good. */
  trouble: z
    .strictObject({
      kind: z.enum(['needs-sign-in', 'broken']),
      reason: text,
      at: z.number(),
    })
    .optional(),
});

export type SignInEntry = Readonly<Omit<z.infer<typeof entryFile>, 'version'>>;
export type Trouble = NonNullable<SignInEntry['trouble']>;

/** Throws when the text is no entry. */
export function parseEntry(content: string): SignInEntry {
  const { version: _, ...entry } = entryFile.parse(JSON.parse(content));
  return entry;
}

export const formatEntry = (entry: SignInEntry): string =>
  `${JSON.stringify({ version: 1, ...entry }, null, 2)}\n`;

/** The mailbox whose log-in this is; '' while nobody said. */
export const mailboxOf = ({ mailbox, signedInMailbox = '' }: SignInEntry): string =>
  mailbox === '' ? signedInMailbox : mailbox;

/** Whether tokens of the one are good for the other. */
export function isSameApplication(one: SignInEntry, other: SignInEntry): boolean {
  return (
    one.provider === other.provider &&
    one.grant === other.grant &&
    one.tenant === other.tenant &&
    one.clientId === other.clientId &&
    one.scope === other.scope &&
    one.authorizationEndpoint === other.authorizationEndpoint &&
    one.tokenEndpoint === other.tokenEndpoint &&
    one.deviceEndpoint === other.deviceEndpoint
  );
}
