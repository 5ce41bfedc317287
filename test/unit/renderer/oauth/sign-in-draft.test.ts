import { describe, expect, it } from 'vitest';
import type { SignInRow } from '../../../../src-main/api/contract';
import {
  changeOf,
  draftOf,
  findDraftFault,
  settingsOf,
  withProvider,
} from '../../../../src-renderer/oauth/sign-in-draft';
import { signInVerb, standingOf } from '../../../../src-renderer/oauth/sign-in-words';

const row: SignInRow = {
  id: '00112233445566ff',
  name: 'Office',
  provider: 'microsoft',
  grant: 'device-code',
  tenant: 'corp.test',
  clientId: 'app',
  hasClientSecret: true,
  clientSecretExpiresAt: Date.UTC(2027, 2, 31),
  scope: 'https://outlook.office.com/SMTP.Send offline_access',
  isScopeDefault: true,
  authorizationEndpoint: 'https://login.microsoftonline.com/corp.test/oauth2/v2.0/authorize',
  tokenEndpoint: 'https://login.microsoftonline.com/corp.test/oauth2/v2.0/token',
  deviceEndpoint: 'https://login.microsoftonline.com/corp.test/oauth2/v2.0/devicecode',
  mailbox: 'scans@corp.test',
  state: 'signed-in',
  createdAt: 0,
  usedBy: [],
};

describe('the draft of a sign-in', () => {
  it('sends only what was changed, so that the tokens stay', () => {
    const before = draftOf(row);
    expect(changeOf(before, before)).toEqual({});
    expect(changeOf({ ...before, name: 'Printer' }, before)).toEqual({ name: 'Printer' });
    expect(changeOf({ ...before, secretExpires: '' }, before)).toEqual({ clientSecretExpiresAt: null });
  });

  it('leaves a stored secret alone unless another one is typed, or it is removed', () => {
    const before = draftOf(row);
    expect(changeOf({ ...before, clientSecret: 'new' }, before)).toEqual({ clientSecret: 'new' });
    expect(changeOf({ ...before, removesSecret: true }, before)).toEqual({ clientSecret: '' });
  });

  it("does not make the provider's own scope and endpoints the person's", () => {
    expect(settingsOf(draftOf(row))).toMatchObject({
      scope: '',
      tokenEndpoint: '',
      clientSecretExpiresAt: Date.UTC(2027, 2, 31),
    });
  });

  it('takes a way that the other provider offers', () => {
    const custom = { ...draftOf(undefined), provider: 'custom' as const, tokenEndpoint: 'https://a.test' };
    expect(withProvider(custom, 'google')).toMatchObject({
      grant: 'authorization-code',
      tokenEndpoint: '',
    });
  });

  it.each([
    ['name', { name: ' ' }],
    ['clientId', { clientId: '' }],
    ['clientSecretExpiresAt', { secretExpires: '31.3.2027' }],
    [undefined, {}],
  ])('says what is wrong: %s', (field, part) => {
    expect(findDraftFault({ ...draftOf(row), ...part })?.field).toBe(field);
  });
});

describe('a sign-in in the list', () => {
  it('stands out when it does not work, or will not for long', () => {
    expect(standingOf({ state: 'signed-in' })).toBe('good');
    expect(standingOf({ state: 'signed-in', reason: 'The token server cannot be reached.' })).toBe('warning');
    expect(standingOf({ state: 'expires-soon', reason: 'soon' })).toBe('warning');
    expect(standingOf({ state: 'needs-sign-in', reason: 'x' })).toBe('bad');
  });

  it('has a verb that says what happens', () => {
    expect(signInVerb({ grant: 'device-code', state: 'needs-sign-in' })).toBe('Sign In…');
    expect(signInVerb({ grant: 'device-code', state: 'signed-in' })).toBe('Sign In Again…');
    expect(signInVerb({ grant: 'client-credentials', state: 'signed-in' })).toBe('Try It');
  });
});
