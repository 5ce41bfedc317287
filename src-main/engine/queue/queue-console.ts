/**
 * Groups and totals of waiting mail for people: the catalogue finds what is to be shown, the envelopes say the rest.
 *
 * Owns: that there is a catalogue while somebody looks. Times in answers are by the wall clock.
 */
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { Catalogue, type CatalogueSource, type GroupName } from './catalogue';
import type { QueueTotals } from './catalogue-totals';
import type { GroupQuery, QueueFilter } from './catalogue-view';
import { shiftTimes } from './envelope-times';
import { findGroups, type QueueGroup } from './queue-groups';

export interface ConsoleSource extends Omit<CatalogueSource, 'onIdle'> {
  /** The wall clock, less the time of the envelopes. */
  readonly shiftMs: () => number;
  /** Told of the catalogue that has to be kept current; undefined: there is none any more. */
  readonly keep: (catalogue: Catalogue | undefined) => void;
}

/** Messages in the queue, and those that were looked at so far. */
export interface Progress {
  readonly messages: number;
  readonly counted: number;
}

export interface GroupPage extends Progress {
  readonly rows: readonly QueueGroup[];
  readonly total: number;
}

export class QueueConsole {
  readonly #source: ConsoleSource;
  #catalogue: Catalogue | undefined;

  constructor(source: ConsoleSource) {
    this.#source = source;
  }

  async groups(
    query: GroupQuery,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<GroupPage> {
    const catalogue = this.#open();
    // Of before: an answer that says that all was counted has all.
    const progress = this.#progress(catalogue);
    const { rows, total } = await catalogue.page(query, page);
    // A page may be of one message: it is read once.
    const finders = new Map<
      QueueId,
      Promise<((destination: string) => QueueGroup | undefined) | undefined>
    >();
    const groups = rows.map(async ({ queueId, destination }) => {
      const finder = finders.get(queueId) ?? this.#look(queueId);
      finders.set(queueId, finder);
      const group = (await finder)?.(destination);
      return group ? [inWallTime(group, this.#source.shiftMs())] : [];
    });
    return { rows: (await Promise.all(groups)).flat(), total, ...progress };
  }

  async totals(): Promise<QueueTotals & Progress> {
    const catalogue = this.#open();
    const progress = this.#progress(catalogue);
    const { destinations, others } = await catalogue.totals();
    const shiftMs = this.#source.shiftMs();
    return {
      destinations: destinations.map((each) => ({
        ...each,
        oldestArrivedAt: each.oldestArrivedAt + shiftMs,
        ...(each.nextAttemptAt !== undefined && { nextAttemptAt: each.nextAttemptAt + shiftMs }),
      })),
      others,
      ...progress,
    };
  }

  /** All groups that match, when all of the queue is known. */
  find(filter: QueueFilter): Promise<readonly GroupName[]> {
    return this.#open().all(filter);
  }

  /** Resolves when all of the queue is known; for those who do not want to see it grow. */
  whole(): Promise<void> {
    return this.#open().whole;
  }

  close(): void {
    this.#catalogue?.close();
    this.#put(undefined);
  }

  #progress(catalogue: Catalogue): Progress {
    const messages = this.#source.count();
    return { messages, counted: Math.min(messages, catalogue.counted) };
  }

  #open(): Catalogue {
    if (this.#catalogue) return this.#catalogue;
    const catalogue = new Catalogue({ ...this.#source, onIdle: () => this.#put(undefined) });
    this.#put(catalogue);
    return catalogue;
  }

  #put(catalogue: Catalogue | undefined): void {
    this.#catalogue = catalogue;
    this.#source.keep(catalogue);
  }

  async #look(queueId: QueueId): Promise<((destination: string) => QueueGroup | undefined) | undefined> {
    const envelope = await this.#source.read(queueId);
    return envelope && findGroups(envelope, this.#source);
  }
}

function inWallTime(group: QueueGroup, shiftMs: number): QueueGroup {
  if (shiftMs === 0) return group;
  const envelope: Envelope = shiftTimes(group.envelope, shiftMs);
  const last = group.last && { ...group.last, at: group.last.at + shiftMs };
  return { ...group, envelope, last, nextAttemptAt: group.nextAttemptAt + shiftMs };
}
