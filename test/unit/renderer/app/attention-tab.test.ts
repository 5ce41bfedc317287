import { expect, it } from 'vitest';
import { tabOfAttention } from '../../../../src-renderer/app/attention-tab';

it.each([
  ['dkim-key-unusable', 'delivery'],
  ['smart-host-unreachable', 'delivery'],
  ['directory-unavailable', 'ldap'],
  ['open-relay', 'access'],
  ['log-unwritable', undefined],
])('leads from %s to the tab %s', (code, tab) => {
  expect(tabOfAttention(code)).toBe(tab);
});
