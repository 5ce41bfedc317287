/**
 * The record of changes: each call that changes something, and each settings file that was edited, as one entry with
 * who, when, and the old and new values.
 *
 * Promises: an entry is on the disk before the call is answered; a change that was taken back, or changed nothing, is
 *   no entry; secrets are never in it. A record that cannot be written refuses nothing: `fault` says so until the next entry
 *   could be written.
 * Trusts: that whoever changes settings or people within a call does it in the call's own chain of promises.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChangeRow, ChangeVia } from '../api/contract';
import type { Clock } from '../engine/core/clock';
import { reasonOf } from '../engine/core/problem';
import type { Settings } from '../settings/schema';
import { hideSecrets } from '../settings/secrets';
import { type ChangeFile, type ChangeQuery, openChangeFile } from './change-file';
import { describePeople, type PeopleLists } from './people-document';
import { describeSignIns } from './sign-ins-document';
import { type Document, findValueChanges } from './value-changes';

/** Who acts, and what is done. */
export interface Act {
  readonly who: string;
  readonly via: ChangeVia;
  readonly action: string;
}

/** What an act came to; `result` is undefined when it failed. */
export interface Outcome<T> {
  readonly result: T | undefined;
  /** Settings or people are not what they were. */
  readonly hasChanges: boolean;
}

export interface ChangeRecord {
  /**
   * Runs `run`; what it changes is written as one entry before this settles. `word` gives the entry's subject, or
   * undefined when there is nothing to record. A failure is recorded only for what it changed nevertheless.
   */
  during<T>(act: Act, run: () => Promise<T>, word: (outcome: Outcome<T>) => string | undefined): Promise<T>;
  /** To be called at each change of the settings, by whoever follows the store. */
  settingsChanged(now: Settings, before: Settings): void;
  /** To be called at each change of accounts and operators. */
  peopleChanged(now: PeopleLists, before: PeopleLists): void;
  /** To be called at each change of the OAuth2 sign-ins. */
  signInsChanged(now: readonly object[], before: readonly object[]): void;
  list(query: ChangeQuery): ReturnType<ChangeFile['list']>;
  /** Why the last entry could not be written; undefined when it could. */
  fault(): string | undefined;
}

export interface ChangeRecordOptions {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, 'now'>;
  /** An entry is missing: `text` says why and what was not recorded. */
  readonly warn: (text: string) => void;
  /** There is a new entry. */
  readonly onWritten?: () => void;
  readonly file?: ChangeFile;
}

interface Step {
  readonly before: object;
  now: object;
  readonly describe: (document: never) => Document;
}

const maxSubjectLength = 300;

export function createChangeRecord({
  dataFolder,
  clock,
  warn,
  onWritten = () => undefined,
  file = openChangeFile(dataFolder),
}: ChangeRecordOptions): ChangeRecord {
  /** What the act under way has changed so far. */
  const acts = new AsyncLocalStorage<Step[]>();
  let fault: string | undefined;

  async function write(change: ChangeRow): Promise<void> {
    try {
      await file.append(change);
      fault = undefined;
      onWritten();
    } catch (error) {
      fault = `The record of changes cannot be written: ${reasonOf(error)}. Changes are made all the same, and are missing in it.`;
      warn(`${fault} Not recorded: ${change.who}, ${change.action} ${change.subject}`);
    }
  }

  const note = (step: Step): void => {
    const steps = acts.getStore();
    const last = steps?.at(-1);
    // One step when nobody came in between: what is taken back is then none at all.
    if (last && last.now === step.before) last.now = step.now;
    else steps?.push(step);
  };

  return {
    async during(act, run, word) {
      const steps: Step[] = [];
      const finish = async <R>(result: R | undefined, isDone: boolean): Promise<void> => {
        const changes = steps.flatMap(({ before, now, describe }) =>
          before === now ? [] : findValueChanges(describe(before as never), describe(now as never)),
        );
        const hasChanges = changes.length > 0;
        if (!isDone && !hasChanges) return;
        const subject = word({ result: result as never, hasChanges });
        if (subject === undefined) return;
        await write({
          at: clock.now(),
          ...act,
          subject: clean(subject),
          ...(hasChanges ? { changes } : {}),
        });
      };
      let result: Awaited<ReturnType<typeof run>>;
      try {
        result = await acts.run(steps, run);
      } catch (error) {
        await finish(undefined, false);
        throw error;
      }
      await finish(result, true);
      return result;
    },
    settingsChanged: (now, before) => note({ before, now, describe: describeSettings }),
    peopleChanged: (now, before) => note({ before, now, describe: describePeople }),
    signInsChanged: (now, before) => note({ before, now, describe: describeSignIns }),
    list: (query) => file.list(query),
    fault: () => fault,
  };
}

const describeSettings = (settings: Settings): Document => ({ raw: settings, shown: hideSecrets(settings) });

/** One line, bounded. */
function clean(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length <= maxSubjectLength ? line : `${line.slice(0, maxSubjectLength - 1)}…`;
}
