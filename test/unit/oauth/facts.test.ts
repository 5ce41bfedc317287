import { describe, expect, it } from 'vitest';
import { findSignInAttention } from '../../../src-main/oauth/attention';
import type { SignInEntry } from '../../../src-main/oauth/entry-file';
import { cleanWords, explainRefusal } from '../../../src-main/oauth/failure';
import { isDue } from '../../../src-main/oauth/keep-alive';
import { checkApplication } from '../../../src-main/oauth/providers';
import { judgeSignIn } from '../../../src-main/oauth/state';

const now = Date.UTC(2026, 2, 26);
const dayMs = 86_400_000;
const entry: SignInEntry = {
  id: '00112233445566ff',
  name: 'Office',
  provider: 'microsoft',
  grant: 'device-code',
  tenant: 'corp.test',
  clientId: 'app',
  clientSecret: '',
  scope: '',
  authorizationEndpoint: '',
  tokenEndpoint: '',
  deviceEndpoint: '',
  mailbox: '',
  createdAt: now,
  refreshToken: 'sealed:v1:x',
  signedInAt: now,
  renewedAt: now,
};
const trouble = (kind: 'needs-sign-in' | 'broken') => ({ kind, reason: 'because', at: now });
const { refreshToken: _, ...unsigned } = entry;

describe('a refusal', () => {
  it.each([
    [
      'microsoft',
      'invalid_grant',
      'AADSTS700082: The refresh token has expired due to inactivity.',
      'needs-sign-in',
      'not used for too long',
    ],
    [
      'microsoft',
      'invalid_grant',
      'AADSTS50173: The provided grant has expired',
      'needs-sign-in',
      'password was changed',
    ],
    ['microsoft', 'invalid_grant', 'AADSTS65001: has not consented', 'broken', 'grant consent for SMTP.Send'],
    ['microsoft', 'invalid_grant', 'AADSTS53003: Access has been blocked', 'broken', 'Conditional access'],
    ['microsoft', 'invalid_client', 'AADSTS7000222: keys are expired', 'broken', 'client secret has expired'],
    [
      'microsoft',
      'invalid_client',
      'AADSTS7000215: Invalid client secret',
      'broken',
      'its value, not its ID',
    ],
    ['microsoft', 'invalid_client', 'AADSTS7000218: client_assertion', 'broken', 'Allow public client flows'],
    ['microsoft', 'unauthorized_client', 'AADSTS700016: not found', 'broken', 'no such application'],
    ['microsoft', 'invalid_grant', 'AADSTS999999: new', 'needs-sign-in', 'not valid any more'],
    ['google', 'invalid_grant', 'Token has been expired or revoked.', 'needs-sign-in', 'after seven days'],
    [
      'google',
      'invalid_client',
      'The OAuth client was not found.',
      'broken',
      'client ID or the client secret',
    ],
    ['google', 'admin_policy_enforced', '', 'broken', 'administrator of Google Workspace'],
    ['google', 'invalid_grant', 'AADSTS7000222', 'needs-sign-in', 'Sign in again'],
    ['custom', 'something_new', 'who knows', 'broken', 'It says: who knows'],
    ['custom', 'server_error', '', 'unreachable', 'Mail waits'],
  ] as const)('of %s, %s %s, is %s', (provider, code, description, kind, words) => {
    const failure = explainRefusal(provider, { code, description, httpStatus: 400 });
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(words);
  });

  it.each([500, 502, 429])('with HTTP %i passes, whatever it says', (httpStatus) => {
    expect(explainRefusal('custom', { code: 'invalid_grant', description: '', httpStatus }).kind).toBe(
      'unreachable',
    );
  });

  it('is shown in one bounded line, without what was sent and without numbers for support', () => {
    expect(cleanWords('a\r\nb\u202e\u0007 c Trace ID: 1234 Timestamp: x')).toBe('a b c');
    expect(cleanWords(`secret ${'x'.repeat(9000)}`, ['secret'])).toMatch(/^… x+…$/);
    expect(cleanWords('x'.repeat(9000))).toHaveLength(300);
    expect(cleanWords({ not: 'text' })).toBe('');
  });
});

describe('a sign-in is judged', () => {
  it.each([
    ['good', entry, 'signed-in', undefined],
    ['new', unsigned, 'needs-sign-in', 'Nobody has signed in yet'],
    ['ended by the provider', { ...entry, trouble: trouble('needs-sign-in') }, 'needs-sign-in', 'because'],
    ['broken', { ...entry, trouble: trouble('broken') }, 'broken', 'because'],
    [
      'with a secret for 31 days',
      { ...entry, clientSecretExpiresAt: now + 31 * dayMs },
      'signed-in',
      undefined,
    ],
    [
      'with a secret for 29 days',
      { ...entry, clientSecretExpiresAt: now + 29 * dayMs },
      'expires-soon',
      'expires on 2026-04-24',
    ],
    [
      'with a secret of yesterday',
      { ...entry, clientSecretExpiresAt: now - dayMs },
      'expires-soon',
      'expired on 2026-03-25',
    ],
    [
      'unused for 59 days',
      { ...entry, renewedAt: now - 59 * dayMs, signedInAt: now - 99 * dayMs },
      'signed-in',
      undefined,
    ],
    [
      'unused for 61 days',
      { ...entry, renewedAt: now - 61 * dayMs, signedInAt: now - 99 * dayMs },
      'expires-soon',
      'for 90 days',
    ],
    [
      'an application not yet tried',
      { ...unsigned, grant: 'client-credentials', renewedAt: undefined },
      'needs-sign-in',
      'not been tried',
    ],
    ['an application that works', { ...unsigned, grant: 'client-credentials' }, 'signed-in', undefined],
  ] as const)('%s', (_name, given, state, words) => {
    const standing = judgeSignIn(given as SignInEntry, { now });
    expect(standing.state).toBe(state);
    if (words === undefined) expect(standing.reason).toBeUndefined();
    else expect(standing.reason).toContain(words);
  });
});

describe('attention', () => {
  const use = { id: entry.id, serverId: 1, place: 'Relay', isInForce: true };
  const find = (entries: readonly SignInEntry[], uses = [use]) =>
    findSignInAttention({ uses, entries, lastFailure: () => undefined, now });

  it('is asked for what is in use and does not work, once for each sign-in', () => {
    expect(find([{ ...entry, trouble: trouble('needs-sign-in') }], [use, { ...use, serverId: 2 }])).toEqual([
      { serverId: 1, code: 'sign-in-needed', text: 'OAuth2 sign-in "Office": because', action: 'sign-ins' },
    ]);
    expect(find([{ ...entry, trouble: trouble('broken') }])).toMatchObject([{ code: 'sign-in-broken' }]);
    expect(find([])).toMatchObject([{ code: 'sign-in-missing' }]);
    expect(find([{ ...entry, clientSecretExpiresAt: now }])).toMatchObject([{ code: 'sign-in-expires' }]);
  });

  it('is not asked for what works, or what nobody uses', () => {
    expect(find([entry])).toEqual([]);
    expect(find([{ ...entry, trouble: trouble('broken') }], [])).toEqual([]);
  });

  it('is asked for a token server that cannot be reached', () => {
    const facts = { uses: [use], entries: [entry], lastFailure: () => 'away', now };
    expect(findSignInAttention(facts)).toMatchObject([{ code: 'sign-in-unreachable' }]);
  });
});

describe('a renewal nobody asked for', () => {
  it.each([
    ['is due after three days', { ...entry, renewedAt: now - 3 * dayMs, signedInAt: 0 }, true],
    ['is not due before', { ...entry, renewedAt: now - 2 * dayMs, signedInAt: 0 }, false],
    ['is due for what may have been put right', { ...entry, trouble: trouble('broken') }, true],
    ['is of no use where somebody has to sign in', { ...entry, trouble: trouble('needs-sign-in') }, false],
    ['is of no use where nobody signed in', { ...unsigned, renewedAt: undefined }, false],
  ] as const)('%s', (_name, given, expected) => {
    expect(isDue(given as SignInEntry, now)).toBe(expected);
  });
});

describe('an application', () => {
  const good = { ...entry, hasClientSecret: false };
  it.each([
    ['Microsoft with a code', good, undefined],
    ['Google with a code', { ...good, provider: 'google' }, 'grant'],
    ['Google as an application', { ...good, provider: 'google', grant: 'client-credentials' }, 'grant'],
    ['Google with a browser', { ...good, provider: 'google', grant: 'authorization-code' }, undefined],
    ['another provider without endpoints', { ...good, provider: 'custom' }, 'tokenEndpoint'],
    [
      'another provider without the endpoint of its way',
      { ...good, provider: 'custom', tokenEndpoint: 'https://a.test/' },
      'deviceEndpoint',
    ],
    ['an application without a secret', { ...good, grant: 'client-credentials' }, 'clientSecret'],
    [
      'an application without a mailbox',
      { ...good, grant: 'client-credentials', hasClientSecret: true },
      'mailbox',
    ],
    [
      'an application of no organization',
      { ...good, grant: 'client-credentials', hasClientSecret: true, tenant: '', mailbox: 'a@b.test' },
      'tenant',
    ],
  ] as const)('%s', (_name, given, field) => {
    const check = () => checkApplication(given as Parameters<typeof checkApplication>[0]);
    if (field === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'invalid', field }));
  });
});
