/** The accounts with which SMTP clients log in. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccountRow } from '../api/contract';
import { type Clock, steadyNow } from '../engine/core/clock';
import type { LogOnMethod, LogOnSecrets } from '../engine/core/keyring';
import { Problem } from '../engine/core/problem';
import { makeLogOnFields, methodsOf, openLogOnSecret, type SecretSeal } from './account-secrets';
import type { Gate } from './gate';
import { normalizePassword, verifyPassword } from './password';
import { maxPeople, nameKey, type PeopleFile, type StoredAccount } from './people-file';

export interface Accounts {
  /** By name. */
  list(): AccountRow[];
  /** Problem 'invalid' for 'password' when a way to log in needs one. */
  create(given: {
    readonly name: string;
    readonly password?: string | undefined;
    /** 'basic' alone when nothing is said. */
    readonly methods?: readonly LogOnMethod[] | undefined;
  }): Promise<AccountRow>;
  /** Changes only what is given. A way to log in that is new needs the password; one that goes takes its secret along. */
  set(
    name: string,
    change: {
      readonly password?: string | undefined;
      readonly isEnabled?: boolean | undefined;
      readonly methods?: readonly LogOnMethod[] | undefined;
    },
  ): Promise<AccountRow>;
  delete(name: string): Promise<void>;
  /**
   * The account's name as it was written when it was made; undefined: no such account, disabled, 'basic' not
   * allowed, or a wrong password. Rejects with Problem 'unavailable' when too many log in at once.
   */
  authenticate(name: string, password: string): Promise<string | undefined>;
  /** As `authenticate`, without a password. */
  find(name: string): string | undefined;
  /** See Keyring. */
  isDisabled(name: string): boolean;
  /** See Keyring; `name` in any case. */
  allows(name: string, method: LogOnMethod): boolean;
  /** See Keyring. */
  logOnSecret<M extends keyof LogOnSecrets>(
    name: string,
    method: M,
  ): { readonly account: string; readonly secret: LogOnSecrets[M] } | undefined;
  /** Somebody logged in as this account in a way that is not judged here. */
  noteLogOn(name: string): void;
}

export interface PeopleMeans {
  readonly file: PeopleFile;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly gate: Gate;
}

export interface AccountMeans extends PeopleMeans {
  readonly box: SecretSeal;
}

/** A program that logs in for each message waits for scrypt once a minute, not each time. */
const rememberedMs = 60_000;
const maxRemembered = 1000;

export function createAccounts({ file, clock, gate, box }: AccountMeans): Accounts {
  const lastLogInAt = new Map<string, number>();
  const remembered = createSuccesses(clock);
  const entryOf = createIndex(file);
  const enabledEntryOf = (name: string): StoredAccount | undefined => {
    const entry = entryOf(name);
    return entry?.isEnabled ? entry : undefined;
  };
  const known = (name: string): StoredAccount => entryOf(name) ?? noSuchAccount(name);
  const rowOf = (entry: StoredAccount): AccountRow => {
    const at = lastLogInAt.get(nameKey(entry.name));
    const { name, isEnabled, createdAt } = entry;
    return {
      name,
      isEnabled,
      createdAt,
      methods: [...methodsOf(entry)],
      ...(at === undefined ? {} : { lastLogInAt: at }),
    };
  };

  return {
    list: () =>
      file
        .current()
        .accounts.map(rowOf)
        .sort((one, other) => one.name.localeCompare(other.name)),
    async create({ name, password, methods = ['basic'] }) {
      refuseTaken(entryOf(name));
      const fields = await gate(() => makeLogOnFields(methods, password, {}, box));
      await file.update((now) => {
        refuseTaken(entryOf(name));
        if (now.accounts.length >= maxPeople)
          throw new Problem('refused', `There are ${maxPeople} accounts already; delete one first.`);
        const entry = { name, isEnabled: true, createdAt: clock.now(), ...fields };
        return { ...now, accounts: [...now.accounts, entry] };
      });
      return rowOf(known(name));
    },
    async set(name, { password, isEnabled, methods }) {
      const before = known(name);
      const fields =
        password === undefined && methods === undefined
          ? {}
          : await gate(() => makeLogOnFields(methods ?? methodsOf(before), password, before, box));
      await file.update((now) => {
        const old = known(name);
        // What was made belongs to the ways and secrets of that moment.
        if (old !== before && Object.keys(fields).length > 0)
          throw new Problem('conflict', `The account "${old.name}" was changed meanwhile. Try again.`);
        const entry = { ...old, ...fields, isEnabled: isEnabled ?? old.isEnabled };
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
    find: (name) => enabledEntryOf(name)?.name,
    isDisabled: (name) => entryOf(name)?.isEnabled === false,
    allows(name, method) {
      const entry = enabledEntryOf(name);
      return entry !== undefined && methodsOf(entry).includes(method);
    },
    logOnSecret(name, method) {
      const entry = enabledEntryOf(name);
      if (!entry) return undefined;
      const secret = openOrName(entry, () => openLogOnSecret(entry, method, box));
      return secret && { account: entry.name, secret };
    },
    noteLogOn: (name) => void lastLogInAt.set(nameKey(name), clock.now()),
  };
}

/** Says of which account a secret cannot be opened, and what helps. */
function openOrName<T>({ name }: StoredAccount, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = `${error.message} It belongs to the account "${name}": give it its password again.`;
    throw new Problem(error.code, text, error.field, { cause: error });
  }
}

/** Accounts by name; made anew when they are others. */
function createIndex(file: PeopleFile): (name: string) => StoredAccount | undefined {
  let indexed: readonly StoredAccount[] | undefined;
  let byKey: ReadonlyMap<string, StoredAccount> = new Map();
  return (name) => {
    const { accounts } = file.current();
    if (accounts !== indexed) {
      byKey = new Map(accounts.map((entry) => [nameKey(entry.name), entry]));
      indexed = accounts;
    }
    return byKey.get(nameKey(name));
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
function createSuccesses(clock: Pick<Clock, 'now' | 'elapsed'>) {
  const secret = randomBytes(32);
  const digests = new Map<StoredAccount, { readonly digest: Buffer; readonly until: number }>();
  const digestOf = (password: string): Buffer =>
    createHmac('sha256', secret).update(normalizePassword(password)).digest();
  return {
    has(entry: StoredAccount, password: string): boolean {
      const found = digests.get(entry);
      if (!found) return false;
      if (steadyNow(clock) >= found.until) {
        digests.delete(entry);
        return false;
      }
      return timingSafeEqual(found.digest, digestOf(password));
    },
    add(entry: StoredAccount, password: string): void {
      digests.delete(entry);
      digests.set(entry, { digest: digestOf(password), until: steadyNow(clock) + rememberedMs });
      for (const [oldest] of digests) {
        if (digests.size <= maxRemembered) break;
        digests.delete(oldest);
      }
    },
  };
}
