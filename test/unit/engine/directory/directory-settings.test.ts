import { describe, expect, it } from 'vitest';
import {
  bindNameOf,
  checkAttributeName,
  fingerprintOf,
  portOf,
  refuseImpossibleBinding,
} from '../../../../src-main/engine/directory/directory-settings';
import { referenceOf } from '../../../../src-main/engine/directory/schemas';
import { createServerSettings } from '../../../support/settings';

it.each([
  ['active-directory', 'corp.test', 'ann', 'ann@corp.test'],
  ['active-directory', 'CORP', 'ann', 'CORP\\ann'],
  ['active-directory', 'CORP', 'OTHER\\ann', 'OTHER\\ann'],
  ['active-directory', 'corp.test', 'ann@far.test', 'ann@far.test'],
  ['active-directory', 'corp.test', 'cn=Ann,dc=corp', 'cn=Ann,dc=corp'],
  ['active-directory', '', 'ann', 'ann'],
  ['custom', 'CORP', 'cn=Ann', 'cn=Ann'],
] as const)(
  'the log-in name of schema %s, domain "%s", user %s is %s',
  (ldapSchema, ldapDomain, ldapUserName, name) => {
    expect(bindNameOf(createServerSettings({ ldapSchema, ldapDomain, ldapUserName }))).toBe(name);
  },
);

it.each([
  [{}, 389],
  [{ ldapEncryption: 'starttls' }, 389],
  [{ ldapEncryption: 'ldaps' }, 636],
  [{ ldapEncryption: 'ldaps', ldapPort: 3269 }, 3269],
] as const)('the port of %j is %i', (change, port) => {
  expect(portOf(createServerSettings(change))).toBe(port);
});

describe('bindings that cannot be made', () => {
  it.each([
    ['sspi', 'linux', /Windows SSPI is a part of Windows, .* Choose Plain text/],
    ['sspi', 'darwin', /Windows SSPI is a part of Windows/],
    ['sspi', 'win32', /Windows SSPI cannot be used .* yet\. Choose Plain text/],
    ['service-account', 'linux', /The service account cannot be used .* yet/],
  ] as const)('%s on %s', (ldapBinding, platform, words) => {
    expect(() => refuseImpossibleBinding({ ldapBinding }, platform)).toThrow(words);
  });
});

it('settings that may get other answers have another fingerprint', () => {
  const fingerprint = (change: object) => fingerprintOf(createServerSettings(change));
  const changes = [
    {},
    { ldapServer: 'a.test' },
    { ldapPassword: 'x' },
    { ldapBase: 'dc=x' },
    { ldapRefusesUnknown: true },
    { ldapMaxGroupMembers: 7 },
    { ldapVerifiesCertificate: false },
  ];
  expect(new Set(changes.map(fingerprint)).size).toBe(changes.length);
  expect(fingerprint({ name: 'Other' })).toBe(fingerprint({}));
});

it.each(['', 'a b', '(x)', 'mail)(uid', '1.2.3.', '-mail'])('%j is not the name of an attribute', (name) => {
  expect(() => checkAttributeName(name, 'ldapAddressAttribute')).toThrow('is not the name of an attribute');
});

it.each([
  ['cn=Ann,dc=corp,dc=test', 'name'],
  ['CN = Ann , DC=corp', 'name'],
  ['cn=ann@corp.test,dc=corp', 'name'],
  ['uid=ann', 'name'],
  ['ann@corp.test', 'address'],
  ['smtp:ann@corp.test', 'address'],
  ['a=b@corp.test', 'address'],
  ['neither', 'name'],
])('a member %j is taken for a %s', (value, kind) => {
  expect(referenceOf(value).kind).toBe(kind);
});
