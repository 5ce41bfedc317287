/**
 * OAuth2 sign-ins as a document whose changes can be told. Pure.
 *
 * Promises: of a sign-in only what a person enters is shown, and of its secret only that there is one. What comes from
 *   the provider (tokens, and how they fare) is no change that anybody made.
 */
import { keptSecret } from '../settings/schema';
import type { Document } from './value-changes';

const shownFields = [
  'name',
  'provider',
  'grant',
  'tenant',
  'clientId',
  'clientSecretExpiresAt',
  'scope',
  'authorizationEndpoint',
  'tokenEndpoint',
  'deviceEndpoint',
  'mailbox',
];

/** @param list sign-ins as they are stored */
export function describeSignIns(list: readonly object[]): Document {
  const pick = (entry: object, names: readonly string[]): object =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)));
  const secretOf = (entry: object): unknown => (entry as { clientSecret?: unknown }).clientSecret;
  return {
    raw: { signIns: list.map((entry) => pick(entry, [...shownFields, 'clientSecret'])) },
    shown: {
      signIns: list.map((entry) => ({
        ...pick(entry, shownFields),
        clientSecret: secretOf(entry) === '' ? '' : keptSecret,
      })),
    },
  };
}
