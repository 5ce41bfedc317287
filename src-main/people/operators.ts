/** The people who may use the browser console, and what each of them may do. */
import type { OperatorRow, Role } from '../api/contract';
import { Problem } from '../engine/core/problem';
import type { PeopleMeans } from './accounts';
import { hashPassword, verifyPassword } from './password';
import { maxPeople, nameKey, type StoredOperator } from './people-file';

/**
 * An operator as of one moment. The same object as long as neither role nor password change, and nobody's any
 * more after that: a session that holds it can ask whether it still stands (`isCurrent`).
 */
export interface Operator {
  readonly name: string;
  readonly role: Role;
}

export interface Operators {
  /** By name. */
  list(): OperatorRow[];
  create(given: {
    readonly name: string;
    readonly role: Role;
    readonly password: string;
  }): Promise<OperatorRow>;
  /** Changes only what is given. */
  set(
    name: string,
    change: { readonly role?: Role | undefined; readonly password?: string | undefined },
  ): Promise<OperatorRow>;
  delete(name: string): Promise<void>;
  /** Undefined: no such operator, or a wrong password. Rejects with Problem 'unavailable' when too many sign in at once. */
  verify(name: string, password: string): Promise<Operator | undefined>;
  /** False once the operator was deleted or got another role or password. */
  isCurrent(operator: Operator): boolean;
  /** Calls `listener` after each change of any operator; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

export function createOperators({ file, clock, gate }: PeopleMeans): Operators {
  const entryOf = (name: string): StoredOperator | undefined => {
    const key = nameKey(name);
    return file.current().operators.find((each) => nameKey(each.name) === key);
  };
  const known = (name: string): StoredOperator => entryOf(name) ?? noSuchOperator(name);
  const rowOf = ({ name, role, createdAt }: StoredOperator): OperatorRow => ({ name, role, createdAt });

  return {
    list: () =>
      file
        .current()
        .operators.map(rowOf)
        .sort((one, other) => one.name.localeCompare(other.name)),
    async create({ name, role, password }) {
      refuseTaken(entryOf(name));
      const hash = await gate(() => hashPassword(password));
      await file.update((now) => {
        refuseTaken(entryOf(name));
        if (now.operators.length >= maxPeople)
          throw new Problem('refused', `There are ${maxPeople} operators already; delete one first.`);
        const entry = { name, role, createdAt: clock.now(), password: hash };
        return { ...now, operators: [...now.operators, entry] };
      });
      return rowOf(known(name));
    },
    async set(name, { role, password }) {
      const before = known(name);
      if (password === undefined && (role === undefined || role === before.role)) return rowOf(before);
      const hash = password === undefined ? undefined : await gate(() => hashPassword(password));
      await file.update((now) => {
        const old = known(name);
        const entry = { ...old, role: role ?? old.role, password: hash ?? old.password };
        return { ...now, operators: now.operators.map((each) => (each === old ? entry : each)) };
      });
      return rowOf(known(name));
    },
    async delete(name) {
      await file.update((now) => {
        const old = known(name);
        return { ...now, operators: now.operators.filter((each) => each !== old) };
      });
    },
    async verify(name, password) {
      const entry = entryOf(name);
      const isRight = await gate(() => verifyPassword(entry?.password, password));
      return isRight && entry && entryOf(name) === entry ? operatorOf(entry) : undefined;
    },
    isCurrent: (operator) => {
      const entry = entryOf(operator.name);
      return entry !== undefined && operatorOf(entry) === operator;
    },
    onChange: file.onChange,
  };
}

const operatorByEntry = new WeakMap<StoredOperator, Operator>();

function operatorOf(entry: StoredOperator): Operator {
  const found = operatorByEntry.get(entry) ?? Object.freeze({ name: entry.name, role: entry.role });
  operatorByEntry.set(entry, found);
  return found;
}

function refuseTaken(entry: StoredOperator | undefined): void {
  if (entry) throw new Problem('conflict', `There is already an operator named "${entry.name}".`, 'name');
}

function noSuchOperator(name: string): never {
  throw new Problem('not-found', `There is no operator named "${name}".`, 'name');
}
