/**
 * People: accounts, with which SMTP clients log in, operators, who may use the browser console, and system operators,
 * who may use the command line. They are lists with nothing in common but the file: an account is no key to the
 * console, nor the other way round.
 */
import type { Clock } from '../engine/core/clock';
import type { SecretSeal } from './account-secrets';
import { type Accounts, createAccounts } from './accounts';
import { createGate } from './gate';
import { createOperators, type Operators } from './operators';
import { openPeopleFile, type People as PeopleLists } from './people-file';
import { createSystemOperators, type SystemNames, type SystemOperators } from './system-operators';

export type { Accounts } from './accounts';
export type { Operators } from './operators';
export { nameKey } from './people-file';
export { firstSystemOperators, type SystemNames, type SystemOperators } from './system-operators';

export interface People {
  readonly accounts: Accounts;
  readonly operators: Operators;
  readonly systemOperators: SystemOperators;
  /** Calls `listener` after each change of any account or operator; returns how to stop that. */
  onChange(listener: (now: PeopleLists, before: PeopleLists) => void): () => void;
}

/** Each verification takes a tenth of a second and 32 MB: what guesses cost us is bounded. */
const accountLimits = { atOnce: 2, waiting: 200 };
/** Its own line: clients that guess passwords over SMTP keep nobody out of the console. */
const operatorLimits = { atOnce: 2, waiting: 50 };

export interface PeopleOptions {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly box: SecretSeal;
  /** The users and groups of this computer; without it, none of them can be admitted. */
  readonly system?: {
    readonly names: SystemNames;
    readonly whyUnsupported: () => string | undefined;
  };
}

const noSystem: NonNullable<PeopleOptions['system']> = {
  names: { userId: async () => undefined, userName: async () => undefined, groupExists: async () => false },
  whyUnsupported: () => 'Who calls cannot be found out here.',
};

/** Reads `people.json` of the data folder; none is nobody. Throws Problem 'settings-broken' with the file's name. */
export function openPeople({ dataFolder, clock, box, system = noSystem }: PeopleOptions): People {
  const file = openPeopleFile(dataFolder);
  return {
    accounts: createAccounts({ file, clock, box, gate: createGate(accountLimits) }),
    operators: createOperators({ file, clock, gate: createGate(operatorLimits) }),
    systemOperators: createSystemOperators({ file, clock, ...system }),
    onChange: file.onChange,
  };
}
