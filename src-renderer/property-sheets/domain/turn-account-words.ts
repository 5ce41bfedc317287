/** Accounts that may fetch the mail of a remote domain. Names are compared without case. Pure. */
import type { AccountRow } from '../../../src-main/api/contract';

type Account = Pick<AccountRow, 'name' | 'isEnabled'>;

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** What keeps the account from logging in; '' for nothing, and while the accounts are not known. */
export function accountNote(name: string, accounts: readonly Account[] | undefined): string {
  if (accounts === undefined) return '';
  const account = accounts.find((each) => isSameName(each.name, name));
  if (account === undefined) return 'No such account';
  return account.isEnabled ? '' : 'Disabled';
}

/** Names of accounts that are not listed yet. */
export const proposedAccounts = (
  accounts: readonly Account[] | undefined,
  listed: readonly string[],
): string[] =>
  (accounts ?? []).map(({ name }) => name).filter((name) => !listed.some((each) => isSameName(each, name)));

/** Why `name` cannot be added; undefined: it can. */
export function findNameFault(name: string, listed: readonly string[]): string | undefined {
  if (name.trim() === '') return 'Enter the name of an account.';
  return listed.some((each) => isSameName(each, name.trim()))
    ? `${name.trim()} is in the list already.`
    : undefined;
}
