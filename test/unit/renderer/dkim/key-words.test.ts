import { describe, expect, it } from 'vitest';
import type { DkimKeyRow, DkimRecordState } from '../../../../src-main/api/contract';
import {
  adviceOf,
  describeDns,
  describeState,
  proposeSelector,
  standingOf,
  whyNot,
} from '../../../../src-renderer/dkim/key-words';

const key: DkimKeyRow = {
  domain: 'corp.test',
  selector: 'mailroot',
  name: 'mailroot._domainkey.corp.test',
  algorithm: 'rsa-sha256',
  bits: 2048,
  isSigning: false,
};
const checked = (state: DkimRecordState, more: Partial<DkimKeyRow> = {}): DkimKeyRow => ({
  ...key,
  lastCheck: { at: 0, state, text: 'What DNS has.', found: [] },
  ...more,
});

describe('how a key stands', () => {
  it.each([
    ['a new key', key, 'Waiting for DNS', 'waiting', 'Put the record of this key into DNS'],
    ['a key without a record', checked('missing'), 'Waiting for DNS', 'waiting', 'What DNS has.'],
    ['a key with its record', checked('published'), 'Ready to sign', 'waiting', 'Mail can be signed now.'],
    ['a key that signs', checked('published', { isSigning: true }), 'Signing', 'good', 'is signed.'],
    ['one never checked', { ...key, isSigning: true }, 'Signing', 'good', 'Check now asks DNS'],
    ['one for testing', checked('testing', { isSigning: true }), 'Signing', 'warning', 'is signed.'],
    ['one without a record', checked('missing', { isSigning: true }), 'Signing', 'bad', 'What DNS has.'],
    ['one with another', checked('other-key', { isSigning: true }), 'Signing', 'bad', 'What DNS has.'],
    [
      'one that cannot be opened',
      { ...key, isSigning: true, fault: 'It is sealed.' },
      'Mail waits',
      'bad',
      'It is sealed. Mail from corp.test waits.',
    ],
    ['an unusable one', { ...key, fault: 'It is sealed.' }, 'Cannot be used', 'bad', 'Delete it'],
  ] as const)('is told of %s', (_, row, state, standing, advice) => {
    expect([describeState(row), standingOf(row)]).toEqual([state, standing]);
    expect(adviceOf(row)).toContain(advice);
  });

  it('is not known of DNS before it was asked', () => {
    expect(describeDns(key)).toBe('Not checked');
    expect(describeDns(checked('revoked'))).toBe('Revoked');
  });
});

describe('what can be done with it', () => {
  it.each([
    ['viewer', ['record']],
    ['operator', ['record', 'check']],
    ['administrator', ['create', 'import', 'record', 'check', 'sign', 'delete']],
  ] as const)('follows the role of a %s', (role, allowed) => {
    const verbs = ['create', 'import', 'record', 'check', 'sign', 'delete'] as const;
    const can = verbs.filter((verb) => whyNot(verb, { row: key, role, isBusy: false }) === undefined);
    expect(can).toEqual(allowed);
  });

  it('is to stop or delete a key that cannot be used, and no more', () => {
    const facts = { role: 'administrator', isBusy: false } as const;
    const broken = { ...key, fault: 'It is sealed.' };
    expect(whyNot('sign', { ...facts, row: { ...broken, isSigning: true } })).toBeUndefined();
    expect(whyNot('delete', { ...facts, row: broken })).toBeUndefined();
    for (const verb of ['sign', 'record', 'check'] as const)
      expect(whyNot(verb, { ...facts, row: broken })).toBe('The private key cannot be used.');
  });
});

it('a selector is proposed that the domain does not use', () => {
  expect(proposeSelector('corp.test', [])).toBe('mailroot');
  expect(proposeSelector('CORP.test ', [key])).toBe('mailroot2');
  expect(proposeSelector('other.test', [key])).toBe('mailroot');
});
