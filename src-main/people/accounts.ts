/** The accounts with which SMTP clients log in. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccountRow } from '../api/contract';
import type { Clock } from '../engine/core/clock';
import { Problem } from '../engine/core/problem';
import type { Gate } from './gate';
import { hashPassword, normalizePassword, verifyPassword } from './password';
import { maxPeople, nameKey, type PeopleFile, type StoredAccount } from './people-file';

export interface Accounts {
  /** By name. */
  list(): AccountRow[];
  create(given: { readonly name: string; readonly password: string }): Promise<AccountRow>;
  /** Changes only what is given. */
  set(
    name: string,
    change: { readonly password?: string | undefined; readonly isEnabled?: boolean | undefined },
  ): Promise<AccountRow>;
  delete(name: string): Promise<void>;
  /**
   * The account's name as it was written when it was made; undefined: no such account, disabled, or a wrong
   * password. Rejects with Problem 'unavailable' when too many log in at once.
   */
  authenticate(name: string, password: string): Promise<string | undefined>;
  /** As `authenticate`, without a password. */
  find(name: string): string | undefined;
}

export interface PeopleMeans {
  readonly file: PeopleFile;
  readonly clock: Pick<Clock, 'now'>;
  readonly gate: Gate;
}

/** A program that logs in for each message waits for scrypt once a minute, not each time. */
const rememberedMs = 60_000;
const maxRemembered = 1000;

export function createAccounts({ file, clock, gate }: PeopleMeans): Accounts {
  const lastLogInAt = new Map<string, number>();
  const remembered = createSuccesses(clock);
  const entryOf = (name: string): StoredAccount | undefined => {
    const key = nameKey(name);
    return file.current().accounts.find((each) => nameKey(each.name) === key);
  };
  const known = (name: string): StoredAccount => entryOf(name) ?? noSuchAccount(name);
  const rowOf = (entry: StoredAccount): AccountRow => {
    const at = lastLogInAt.get(nameKey(entry.name));
    const { name, isEnabled, createdAt } = entry;
    return { name, isEnabled, createdAt, ...(at === undefined ? {} : { lastLogInAt: at }) };
  };

  return {
    list: () =>
      file
        .current()
        .accounts.map(rowOf)
        .sort((one, other) => one.name.localeCompare(other.name)),
    async create({ name, password }) {
      refuseTaken(entryOf(name));
      const hash = await gate(() => hashPassword(password));
      await file.update((now) => {
        refuseTaken(entryOf(name));
        if (now.accounts.length >= maxPeople)
          throw new Problem('refused', `There are ${maxPeople} accounts already; delete one first.`);
        const entry = { name, isEnabled: true, createdAt: clock.now(), password: hash };
        return { ...now, accounts: [...now.accounts, entry] };
      });
      return rowOf(known(name));
    },
    async set(name, { password, isEnabled }) {
      known(name);
      const hash = password === undefined ? undefined : await gate(() => hashPassword(password));
      await file.update((now) => {
        const old = known(name);
        const entry = {
          ...old,
          isEnabled: isEnabled ?? old.isEnabled,
          password: hash ?? old.password,
        };
        return { ...now, accounts: now.accounts.map((each) => (each === old ? entry : each)) };
      });
      return rowOf(known(name));
    },
    async delete(name) {
      await file.update((now) => {
        const old = known(name);
        return { ...now, accounts: now.accounts.filter((each) => each !== old) };
      });
      lastLogInAt.delete(nameKey(name));
    },
    async authenticate(name, password) {
      const entry = entryOf(name);
      if (!(entry && remembered.has(entry, password))) {
        if (!(await gate(() => verifyPassword(entry?.password, password)))) return undefined;
        // It may have been changed, disabled or deleted meanwhile.
        if (!entry || entryOf(name) !== entry) return undefined;
        remembered.add(entry, password);
      }
      if (!entry.isEnabled) return undefined;
      lastLogInAt.set(nameKey(entry.name), clock.now());
      return entry.name;
    },
    find(name) {
      const entry = entryOf(name);
      return entry?.isEnabled ? entry.name : undefined;
    },
  };
}

function refuseTaken(entry: StoredAccount | undefined): void {
  if (entry) throw new Problem('conflict', `There is already an account named "${entry.name}".`, 'name');
}

function noSuchAccount(name: string): never {
  throw new Problem('not-found', `There is no account named "${name}".`, 'name');
}

/**
 * Successful log-ins of the last minute, as keyed digests under a key that lives in this process only. They
 * hang on the entry itself: an account that changed is another entry.
 */
function createSuccesses(clock: Pick<Clock, 'now'>) {
  const secret = randomBytes(32);
  const digests = new Map<StoredAccount, { readonly digest: Buffer; readonly until: number }>();
  const digestOf = (password: string): Buffer =>
    createHmac('sha256', secret).update(normalizePassword(password)).digest();
  return {
    has(entry: StoredAccount, password: string): boolean {
      const found = digests.get(entry);
      if (!found) return false;
      if (clock.now() >= found.until) {
        digests.delete(entry);
        return false;
      }
      return timingSafeEqual(found.digest, digestOf(password));
    },
    add(entry: StoredAccount, password: string): void {
      digests.delete(entry);
      digests.set(entry, { digest: digestOf(password), until: clock.now() + rememberedMs });
      for (const [oldest] of digests) {
        if (digests.size <= maxRemembered) break;
        digests.delete(oldest);
      }
    },
  };
}
