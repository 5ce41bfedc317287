import { expect, it } from 'vitest';
import { ldapBindings, ldapEncryptions, ldapSchemas } from '../../../../../src-main/settings/schema';
import {
  bindingChoices,
  bindingTexts,
  describeAnswer,
  encryptionChoices,
  findReasons,
  schemaChoices,
} from '../../../../../src-renderer/property-sheets/server/ldap-words';

const facts = {
  isEnabled: true,
  schema: 'active-directory',
  binding: 'anonymous',
  server: 'ldap.test',
  encryption: 'none',
};
const usable = (change: Partial<typeof facts>): string[] =>
  Object.entries(findReasons({ ...facts, ...change }))
    .filter(([, reason]) => reason === undefined)
    .map(([name]) => name);

it.each([
  ['nothing while it is off', { isEnabled: false, binding: 'plain', schema: 'custom' }, []],
  ['no names with an anonymous binding', {}, ['all']],
  ['names and the domain with a plain one', { binding: 'plain' }, ['all', 'domain', 'logIn']],
  ['the domain where the server is found by it', { server: '' }, ['all', 'domain']],
  ['no domain where another schema has no server', { server: '', schema: 'exchange' }, ['all']],
  ['the filter with the schema that has one', { schema: 'custom' }, ['all', 'filter']],
  ['the check of the certificate with encryption', { encryption: 'ldaps' }, ['all', 'certificate']],
])('lets use %s', (_claim, change, expected) => {
  expect(usable(change)).toEqual(expected);
});

it('has words for every choice', () => {
  expect(schemaChoices.map(({ value }) => value)).toEqual([...ldapSchemas]);
  expect(bindingChoices.map(({ value }) => value)).toEqual([...ldapBindings]);
  expect(encryptionChoices.map(({ value }) => value)).toEqual([...ldapEncryptions]);
  expect(Object.keys(bindingTexts)).toEqual([...ldapBindings]);
});

it('names some of the members of a large group', () => {
  const addresses = Array.from({ length: 50 }, (_, at) => `p${at}@corp.test`);
  const words = describeAnswer('all@corp.test', {
    server: 's:389',
    base: 'dc=x',
    result: 'expanded',
    entries: ['cn=All'],
    addresses,
    addressCount: 2500,
    text: 'It is cn=All.',
  });
  expect(words.addresses).toHaveLength(11);
  expect(words.addresses.at(-1)).toBe('and 2490 more');
  expect(words.isFault).toBe(false);
});
