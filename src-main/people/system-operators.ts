/**
 * Users and groups of this computer who may use the command line and the local control channel, and in which role.
 *
 * They prove who they are to the system, not to us, so there is no password here. Whom the list admits is decided where
 * the channel is (api/http/control-admission.ts).
 */
import type { Role, SystemOperatorKind, SystemOperatorRow } from '../api/contract';
import { Problem } from '../engine/core/problem';
import type { PeopleMeans } from './accounts';
import { maxPeople, type StoredSystemOperator } from './people-file';

/** What is asked of the computer's own list of users and groups. */
export interface SystemNames {
  userId(name: string): Promise<number | undefined>;
  userName(userId: number): Promise<string | undefined>;
  groupExists(name: string): Promise<boolean>;
}

export interface SystemOperatorsMeans extends Pick<PeopleMeans, 'file' | 'clock'> {
  readonly names: SystemNames;
  /** Why nobody can be admitted on this computer; undefined: they can. */
  readonly whyUnsupported: () => string | undefined;
}

interface Named {
  readonly kind: SystemOperatorKind;
  readonly name: string;
}

export interface SystemOperators {
  /** Users before groups, by name. */
  overview(): Promise<{ rows: SystemOperatorRow[]; isSupported: boolean; reason?: string }>;
  /** In no order; without asking the computer. */
  entries(): readonly StoredSystemOperator[];
  /** Refused with field 'name' when this computer has no such user or group. */
  create(given: Named & { readonly role: Role }): Promise<SystemOperatorRow>;
  set(change: Named & { readonly role: Role }): Promise<SystemOperatorRow>;
  delete(named: Named): Promise<void>;
  /** Calls `listener` after each change of any operator; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

export function createSystemOperators({
  file,
  clock,
  names,
  whyUnsupported,
}: SystemOperatorsMeans): SystemOperators {
  const entryOf = ({ kind, name }: Named): StoredSystemOperator | undefined =>
    file.current().systemOperators.find((each) => each.kind === kind && each.name === name);
  const known = (named: Named): StoredSystemOperator => entryOf(named) ?? notListed(named);
  const isFound = async ({ kind, name }: Named): Promise<boolean> =>
    kind === 'user' ? (await names.userId(name)) !== undefined : names.groupExists(name);
  const rowOf = async (entry: StoredSystemOperator): Promise<SystemOperatorRow> => ({
    ...entry,
    isFound: await isFound(entry),
  });

  return {
    async overview() {
      const reason = whyUnsupported();
      const rows = (await Promise.all(file.current().systemOperators.map(rowOf))).sort(
        (one, other) => other.kind.localeCompare(one.kind) || one.name.localeCompare(other.name),
      );
      return { rows, isSupported: reason === undefined, ...(reason === undefined ? {} : { reason }) };
    },
    entries: () => file.current().systemOperators,
    async create({ kind, name: given, role }) {
      const reason = whyUnsupported();
      if (reason !== undefined) throw new Problem('unavailable', reason);
      const name = kind === 'user' ? await ownName(names, given) : given;
      if (!(await isFound({ kind, name })))
        throw new Problem('not-found', `This computer has no ${kind} named "${name}".`, 'name');
      await file.update((now) => {
        if (entryOf({ kind, name }))
          throw new Problem('conflict', `The ${kind} "${name}" is an operator already.`, 'name');
        if (now.systemOperators.length >= maxPeople)
          throw new Problem('refused', `There are ${maxPeople} operators already; dismiss one first.`);
        const entry = { kind, name, role, createdAt: clock.now() };
        return { ...now, systemOperators: [...now.systemOperators, entry] };
      });
      return rowOf(known({ kind, name }));
    },
    async set({ role, ...named }) {
      if (known(named).role !== role)
        await file.update((now) => {
          const old = known(named);
          const systemOperators = now.systemOperators.map((each) => (each === old ? { ...old, role } : each));
          return { ...now, systemOperators };
        });
      return rowOf(known(named));
    },
    async delete(named) {
      await file.update((now) => {
        const old = known(named);
        return { ...now, systemOperators: now.systemOperators.filter((each) => each !== old) };
      });
    },
    onChange: file.onChange,
  };
}

/** Callers are known by number: the name that belongs to it, where a directory knows a person by several. */
async function ownName(names: SystemNames, given: string): Promise<string> {
  const userId = await names.userId(given);
  return (userId === undefined ? undefined : await names.userName(userId)) ?? given;
}

function notListed({ kind, name }: Named): never {
  throw new Problem('not-found', `The ${kind} "${name}" is no operator.`, 'name');
}

/** Where the numbers of ordinary people begin. */
const firstPersonId = { darwin: 500, other: 1000 } as const;

/**
 * Who is admitted from the first run on: as with the original, the administrators of the computer, where Mailroot runs
 * as a service of the computer. A data folder that belongs to a person is that person's alone.
 */
export function firstSystemOperators({
  ownerId,
  platform,
  administratorsGroup,
}: {
  /** Owner of the data folder. */
  readonly ownerId: number;
  readonly platform: NodeJS.Platform;
  readonly administratorsGroup: string | undefined;
}): (Named & { readonly role: Role })[] {
  if (platform === 'win32' || administratorsGroup === undefined) return [];
  if (ownerId >= (platform === 'darwin' ? firstPersonId.darwin : firstPersonId.other)) return [];
  return [{ kind: 'group', name: administratorsGroup, role: 'administrator' }];
}
