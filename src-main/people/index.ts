/**
 * People: accounts, with which SMTP clients log in, and operators, who may use the browser console. They are
 * two lists with nothing in common but the file: an account is no key to the console, nor the other way round.
 */
import type { Clock } from '../engine/core/clock';
import { type Accounts, createAccounts } from './accounts';
import { createGate } from './gate';
import { createOperators, type Operators } from './operators';
import { openPeopleFile } from './people-file';

export type { Accounts } from './accounts';
export type { Operators } from './operators';
export { nameKey } from './people-file';

export interface People {
  readonly accounts: Accounts;
  readonly operators: Operators;
  /** Calls `listener` after each change of any account or operator; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

/** Each verification takes a tenth of a second and 32 MB: what guesses cost us is bounded. */
const accountLimits = { atOnce: 2, waiting: 200 };
/** Its own line: clients that guess passwords over SMTP keep nobody out of the console. */
const operatorLimits = { atOnce: 2, waiting: 50 };

export interface PeopleOptions {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Reads `people.json` of the data folder; none is nobody. Throws Problem 'settings-broken' with the file's name. */
export function openPeople({ dataFolder, clock }: PeopleOptions): People {
  const file = openPeopleFile(dataFolder);
  return {
    accounts: createAccounts({ file, clock, gate: createGate(accountLimits) }),
    operators: createOperators({ file, clock, gate: createGate(operatorLimits) }),
    onChange: file.onChange,
  };
}
