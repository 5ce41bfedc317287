/**
 * Who may use the control channel, and as what.
 *
 * Promises: the kernel says who calls, never the caller; who is neither the owner of the data folder nor the account
 *   that runs Mailroot nor root gets in by the list of operators alone; who cannot be identified gets in only while the file
 *   system lets nobody else as far as the socket.
 * Trusts: the computer's own users and groups, as it tells them; remembered for a few seconds.
 */
import type { Socket } from 'node:net';
import { type Clock, steadyNow } from '../../engine/core/clock';
import type { PeerIdentity, SystemAccounts } from '../../native';
import type { SystemOperators } from '../../people';
import { type Role, roles } from '../contract';
import type { Caller } from '../implementer';

/** An entry of the list, as far as it decides. */
interface Entry {
  readonly kind: 'user' | 'group';
  readonly name: string;
  readonly role: Role;
}

export interface AdmissionFacts {
  readonly userId: number;
  /** Undefined: the system has no name for the number. */
  readonly userName: string | undefined;
  /** Of the user; asked only when it decides. */
  readonly groups: () => readonly string[];
  /** Owner of the data folder. */
  readonly ownerId: number;
  /** The account that runs Mailroot. */
  readonly processUserId: number;
  readonly entries: readonly Entry[];
}

const rootId = 0;

/**
 * The role of a caller; undefined: none. An entry for the person goes before those for groups, also when it allows less;
 * of several groups the one that allows most. Pure.
 */
export function decideRole(facts: AdmissionFacts): Role | undefined {
  const { userId, userName, entries } = facts;
  if ([facts.ownerId, facts.processUserId, rootId].includes(userId)) return 'administrator';
  if (userName === undefined || entries.length === 0) return undefined;
  const own = entries.find(({ kind, name }) => kind === 'user' && name === userName);
  if (own) return own.role;
  const ofGroups = entries.filter(({ kind }) => kind === 'group');
  if (ofGroups.length === 0) return undefined;
  const groups = new Set(facts.groups());
  return ofGroups
    .filter(({ name }) => groups.has(name))
    .map(({ role }) => role)
    .sort((one, other) => roles.indexOf(other) - roles.indexOf(one))[0];
}

export interface Admission {
  /**
   * Who calls over this connection; undefined: somebody who is not admitted. Waits for the computer's directory of
   * people; never rejects.
   */
  callerOf(socket: Socket): Promise<Caller | undefined>;
  /** False once a caller from here would not have the role any more, by the list of now. Asks nobody. */
  stillIs(caller: Caller): boolean;
  /** True when there are others to admit, and callers can be told apart. */
  isShared(): boolean;
  /** Calls `listener` after each change of who is admitted; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

export interface AdmissionOptions {
  readonly systemOperators: Pick<SystemOperators, 'entries' | 'onChange'>;
  readonly identityOf: (socket: Socket) => PeerIdentity | undefined;
  /** False: `identityOf` never knows. */
  readonly canIdentify: () => boolean;
  readonly accounts: Pick<SystemAccounts, 'userName' | 'groupsOf'>;
  readonly ownerId: number;
  readonly processUserId: number;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
}

/** A directory service may take its time for each answer; somebody who leaves a group is out after this. */
const rememberedMs = 5_000;
const maxRemembered = 1_000;

/** Where the file system alone protects, whoever gets as far as the socket owns the data folder. */
export const localCaller: Caller = { role: 'administrator', name: 'local', via: 'control' };

export function createAdmission(options: AdmissionOptions): Admission {
  const { systemOperators, accounts, clock } = options;
  const nameOf = remember(clock, (userId) => accounts.userName(userId));
  const groupsOf = remember(clock, async (userId): Promise<readonly string[]> => {
    const name = await nameOf(userId);
    return name === undefined ? [] : accounts.groupsOf(name, userId);
  });
  const { ownerId, processUserId } = options;
  const askedOf = new WeakMap<Caller, Person>();
  const decide = (person: Person): Role | undefined => {
    const groups = (): readonly string[] => person.groups ?? [];
    const entries = systemOperators.entries();
    return decideRole({ ...person, groups, ownerId, processUserId, entries });
  };
  const isShared = (): boolean => systemOperators.entries().length > 0 && options.canIdentify();
  return {
    isShared,
    onChange: systemOperators.onChange,
    async callerOf(socket) {
      const userId = options.identityOf(socket)?.userId;
      if (userId === undefined) return isShared() ? undefined : localCaller;
      const userName = await nameOf(userId);
      let person: Person = { userId, userName };
      let role = decide(person);
      // Only who is nobody by number and name can be somebody by a group.
      if (role === undefined && systemOperators.entries().some(({ kind }) => kind === 'group')) {
        person = { ...person, groups: await groupsOf(userId) };
        role = decide(person);
      }
      if (role === undefined) return undefined;
      const caller: Caller = { role, name: userName ?? `user ${userId}`, via: 'control' };
      askedOf.set(caller, person);
      return caller;
    },
    stillIs(caller) {
      const person = askedOf.get(caller);
      return person === undefined ? caller === localCaller && !isShared() : decide(person) === caller.role;
    },
  };
}

interface Person {
  readonly userId: number;
  readonly userName: string | undefined;
  /** Undefined: not asked for. */
  readonly groups?: readonly string[];
}

/** `find` for each number at most once in `rememberedMs`, and never twice at once. */
function remember<T>(
  clock: Pick<Clock, 'now' | 'elapsed'>,
  find: (id: number) => Promise<T>,
): (id: number) => Promise<T> {
  const known = new Map<number, { readonly found: Promise<T>; until: number }>();
  return (id) => {
    const entry = known.get(id);
    if (entry && steadyNow(clock) < entry.until) return entry.found;
    const found = find(id);
    known.delete(id);
    const fresh = { found, until: Number.POSITIVE_INFINITY };
    known.set(id, fresh);
    const settle = (): void => {
      fresh.until = steadyNow(clock) + rememberedMs;
    };
    found.then(settle, settle);
    for (const [oldest] of known) {
      if (known.size <= maxRemembered) break;
      known.delete(oldest);
    }
    return found;
  };
}
