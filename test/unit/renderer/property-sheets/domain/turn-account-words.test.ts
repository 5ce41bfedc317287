import { describe, expect, it } from 'vitest';
import {
  accountNote,
  findNameFault,
  proposedAccounts,
} from '../../../../../src-renderer/property-sheets/domain/turn-account-words';

const accounts = [
  { name: 'Branch', isEnabled: true },
  { name: 'old', isEnabled: false },
];

describe('accounts that fetch mail', () => {
  it.each([
    ['branch', ''],
    ['old', 'Disabled'],
    ['nobody', 'No such account'],
  ])('%s: "%s"', (name, note) => {
    expect(accountNote(name, accounts)).toBe(note);
    expect(accountNote(name, undefined)).toBe('');
  });

  it('are proposed while they are not in the list', () => {
    expect(proposedAccounts(accounts, [])).toEqual(['Branch', 'old']);
    expect(proposedAccounts(accounts, ['BRANCH'])).toEqual(['old']);
    expect(proposedAccounts(undefined, [])).toEqual([]);
  });

  it.each([
    ['', 'Enter the name of an account.'],
    ['  ', 'Enter the name of an account.'],
    [' BRANCH ', 'BRANCH is in the list already.'],
    ['other', undefined],
  ])('"%s": %s', (name, reason) => {
    expect(findNameFault(name, ['branch'])).toBe(reason);
  });
});
