/**
 * What consoles look at: all waiting groups in a table in memory, filled from the envelopes' files when somebody looks
 * for the first time and kept current by whoever changes the queue. It is a cache: nothing is decided by it, and whoever
 * acts looks at the envelope again.
 *
 * Owns: the table, the reading for it, and when it is dropped.
 * Promises: it holds the thread for a few milliseconds at a time, and reads less while mail is under way; `onIdle` some
 *   minutes after nobody asked. Before all is read, answers are about what was.
 * Trusts: `note` and `forget` are called for each change.
 * Fails: never by itself; what cannot be read is left out.
 */
import { setTimeout } from 'node:timers/promises';
import type { CancelTimer, Clock } from '../core/clock';
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import { CatalogueTable } from './catalogue-table';
import { addToTotals, createTotals, type QueueTotals, type TotalsDraft, totalsOf } from './catalogue-totals';
import {
  createMatcher,
  createOrder,
  type GroupQuery,
  type QueueFilter,
  type RowState,
} from './catalogue-view';
import { collectFacts, type GroupContext, type LiveFacts } from './queue-groups';
import { atOnce, inSlices, Slices, sortInSlices } from './slices';

export interface CatalogueSource extends GroupContext {
  /** All waiting messages, oldest first. */
  readonly names: () => Iterable<QueueId>;
  readonly count: () => number;
  /** Undefined: gone, or it cannot be read. */
  readonly read: (queueId: QueueId) => Promise<Envelope | undefined>;
  /** Mail is under way, which comes first. */
  readonly isBusy: () => boolean;
  /** By whose time the envelopes are. */
  readonly clock: Clock;
  /** Nobody asks any more. */
  readonly onIdle: () => void;
}

export interface GroupName {
  readonly queueId: QueueId;
  readonly destination: string;
}

export interface GroupList {
  readonly rows: readonly GroupName[];
  readonly total: number;
}

type LookUp = (name: GroupName) => LiveFacts | undefined;

const readsAtOnce = 8;
/** Recipients of one message that are looked at in one go. */
const mostAtOnce = 1000;
const keptMs = 5 * 60_000;
/** What took long to make is used again for this many times as long: looking takes no more than a part of the time. */
const reuse = 4;
/** While mail is under way, the reading takes this part of the time. */
const busyShare = 1 / 4;

export class Catalogue {
  readonly #source: CatalogueSource;
  readonly #table = new CatalogueTable();
  readonly #unreadable = new Set<QueueId>();
  readonly #filling: Promise<void>;
  #askedAt: number;
  #cancelTimer: CancelTimer | undefined;
  #isClosed = false;
  #list: (Made<readonly number[]> & { readonly key: string; readonly isWhole: boolean }) | undefined;
  #totals: (Made<QueueTotals> & { readonly isWhole: boolean }) | undefined;
  /** Messages with so many recipients that looking at one takes long, to be looked at. */
  readonly #large = new Set<QueueId>();
  /** The one that is being looked at. */
  #underWay: QueueId | undefined;
  #noting: Promise<void> | undefined;
  /** Those who wait until all was read. */
  #waiting = 0;

  constructor(source: CatalogueSource) {
    this.#source = source;
    this.#askedAt = source.clock.now();
    this.#arm();
    this.#filling = this.#fill();
  }

  /** Messages that were looked at. */
  get counted(): number {
    return Math.min(this.#source.count(), this.#table.messages + this.#unreadable.size);
  }

  /** Resolves when all of the queue was read. */
  get whole(): Promise<void> {
    return this.#filling;
  }

  /** The message has changed, or is new. */
  note(queueId: QueueId, envelope: Envelope | undefined): void {
    if (!envelope) return;
    if (envelope.recipients.length > mostAtOnce) {
      // Each of its settlements would have all of it looked at.
      this.#large.add(queueId);
      this.#noting ??= this.#noteLarge().finally(() => {
        this.#noting = undefined;
      });
      return;
    }
    this.#unreadable.delete(queueId);
    this.#table.put(queueId, atOnce(collectFacts(envelope, this.#source.routeOf)));
  }

  forget(queueId: QueueId): void {
    this.#unreadable.delete(queueId);
    this.#large.delete(queueId);
    if (this.#underWay === queueId) this.#underWay = undefined;
    this.#table.remove(queueId);
  }

  /** Somebody acted, and wants to see it. */
  refresh(): void {
    this.#list = undefined;
    this.#totals = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#large.clear();
    this.#cancelTimer?.();
  }

  /** One page of what matches. */
  async page(query: GroupQuery, { offset, limit }: { offset: number; limit: number }): Promise<GroupList> {
    this.#ask();
    const key = JSON.stringify(query);
    const isWhole = this.#isWhole;
    // What was made of a part is not told as the whole.
    if (this.#list?.key !== key || isOld(this.#list) || (isWhole && !this.#list.isWhole))
      this.#list = { key, isWhole, ...make(this.#select(query)) };
    const rows = await this.#list.value;
    const page = rows.slice(offset, offset + limit).flatMap((row) => this.#nameOf(row) ?? []);
    return { rows: page, total: rows.length };
  }

  /** All that matches, once all is read; the oldest first. */
  async all(filter: QueueFilter): Promise<readonly GroupName[]> {
    this.#waiting++;
    try {
      await this.#filling;
      while (this.#isMissing) await setTimeout(50);
      const rows = await this.#select({ filter });
      const slices = new Slices();
      const names: GroupName[] = [];
      for (const row of rows) {
        const pause = slices.next();
        if (pause) await pause;
        const name = this.#nameOf(row);
        if (name) names.push(name);
      }
      return names;
    } finally {
      this.#waiting--;
      this.#ask();
    }
  }

  totals(): Promise<QueueTotals> {
    this.#ask();
    const isWhole = this.#isWhole;
    if (!this.#totals || isOld(this.#totals) || (isWhole && !this.#totals.isWhole))
      this.#totals = { isWhole, ...make(this.#sum()) };
    return this.#totals.value;
  }

  get #isWhole(): boolean {
    return this.counted >= this.#source.count();
  }

  /** A large message has no row yet. */
  get #isMissing(): boolean {
    for (const queueId of this.#large) if (!this.#table.has(queueId)) return true;
    return this.#underWay !== undefined && !this.#table.has(this.#underWay);
  }

  #nameOf(row: number): GroupName | undefined {
    const queueId = this.#table.queueIdOf(row);
    if (queueId === undefined) return undefined;
    return { queueId, destination: this.#table.destinations.get(this.#table.destinationOf(row)) };
  }

  async #select({ filter, sort }: GroupQuery): Promise<readonly number[]> {
    const table = this.#table;
    const slices = new Slices();
    const now = this.#source.clock.now();
    const live = this.#lookUp();
    const matches = createMatcher(table, filter, { now, stateOf: (row) => this.#stateOf(row, now, live) });
    const found: number[] = [];
    for (let row = 0; row < table.length; row++) {
      const pause = slices.next();
      if (pause) await pause;
      const verdict = table.queueIdOf(row) === undefined ? false : matches(row);
      if (verdict === true || (verdict === 'unknown' && (await this.#hasRecipient(row, filter))))
        found.push(row);
    }
    const order = createOrder(table, sort, (row) => this.#nextOf(row, live));
    return sortInSlices(found, order);
  }

  /** A long list of recipients is in the file alone. */
  async #hasRecipient(row: number, { recipient = '' }: QueueFilter): Promise<boolean> {
    const name = this.#nameOf(row);
    const envelope = name && (await this.#source.read(name.queueId));
    if (!envelope) return false;
    const part = recipient.toLowerCase();
    const groups = await inSlices(collectFacts(envelope, this.#source.routeOf));
    const group = groups.find(({ destination }) => destination === name.destination);
    return group?.recipients.some((address) => address.toLowerCase().includes(part)) ?? false;
  }

  /** What is known besides the table; rows of one message stand together, and look it up once. */
  #lookUp(): (name: GroupName) => LiveFacts | undefined {
    let last: QueueId | undefined;
    let find: ReturnType<CatalogueSource['live']>;
    return ({ queueId, destination }) => {
      if (queueId !== last) {
        last = queueId;
        find = this.#source.live(queueId);
      }
      return find?.(destination);
    };
  }

  #stateOf(row: number, now: number, live: LookUp): RowState {
    const table = this.#table;
    const name = this.#nameOf(row) as GroupName;
    if (live(name)?.isActive) return 'active';
    if (table.isHeld(row)) return 'held';
    if (this.#source.isFrozen(name.destination)) return 'frozen';
    if (table.isForTrigger(row)) return 'for-trigger';
    return this.#nextOf(row, live) <= now ? 'due' : 'waiting';
  }

  /** When it is tried; Infinity: not before somebody does something. */
  #nextOf(row: number, live: LookUp): number {
    const table = this.#table;
    const name = this.#nameOf(row);
    if (!name || table.isHeld(row) || table.isForTrigger(row) || this.#source.isFrozen(name.destination))
      return Number.POSITIVE_INFINITY;
    return live(name)?.waitsUntil ?? table.nextAttemptAtOf(row);
  }

  async #sum(): Promise<QueueTotals> {
    const table = this.#table;
    const slices = new Slices();
    const now = this.#source.clock.now();
    const live = this.#lookUp();
    const drafts = new Map<number, TotalsDraft>();
    for (let row = 0; row < table.length; row++) {
      const pause = slices.next();
      if (pause) await pause;
      if (table.queueIdOf(row) === undefined) continue;
      const number = table.destinationOf(row);
      const draft = drafts.get(number) ?? createTotals(table.destinations.get(number));
      drafts.set(number, draft);
      addToTotals(draft, table, { row, now, nextAt: this.#nextOf(row, live) });
    }
    return totalsOf([...drafts.values()], this.#source.isFrozen);
  }

  async #fill(): Promise<void> {
    // After whoever asked has got an answer.
    await setTimeout(0);
    const names = this.#source.names()[Symbol.iterator]();
    const slices = new Slices();
    const read = async (): Promise<void> => {
      for (let next = names.next(); !next.done && !this.#isClosed; next = names.next()) {
        const queueId = next.value;
        if (this.#table.has(queueId)) {
          const pause = slices.next();
          if (pause) await pause;
          continue;
        }
        const startedAt = performance.now();
        const envelope = await this.#source.read(queueId);
        // Whoever changed it meanwhile knows better.
        if (!this.#table.has(queueId)) {
          if (envelope) this.note(queueId, envelope);
          else this.#unreadable.add(queueId);
        }
        if (this.#source.isBusy()) {
          const tookMs = performance.now() - startedAt;
          await setTimeout(tookMs * (1 / busyShare - 1), undefined, { ref: false });
        }
      }
    };
    await Promise.all(Array.from({ length: readsAtOnce }, read));
  }

  /** One after another, each as it stands then, and not all of the time. */
  async #noteLarge(): Promise<void> {
    await setTimeout(0);
    for (const queueId of this.#large) {
      if (this.#isClosed) return;
      const startedAt = performance.now();
      this.#large.delete(queueId);
      this.#underWay = queueId;
      const envelope = await this.#source.read(queueId);
      const facts = envelope && (await inSlices(collectFacts(envelope, this.#source.routeOf)));
      if (this.#underWay === queueId) {
        if (facts) this.#table.put(queueId, facts);
        else this.#unreadable.add(queueId);
      }
      this.#underWay = undefined;
      await setTimeout(reuse * (performance.now() - startedAt), undefined, { ref: false });
    }
  }

  #ask(): void {
    this.#askedAt = this.#source.clock.now();
  }

  #arm(): void {
    const { clock, onIdle } = this.#source;
    this.#cancelTimer = clock.startTimer(() => {
      if (this.#isClosed) return;
      if (this.#waiting > 0 || clock.now() - this.#askedAt < keptMs) return this.#arm();
      this.close();
      onIdle();
    }, keptMs);
  }
}

/** Something that is used again for a while. */
interface Made<T> {
  readonly value: Promise<T>;
  /** Infinity: it is still being made. */
  readonly goodUntil: () => number;
}

function make<T>(value: Promise<T>): Made<T> {
  const startedAt = performance.now();
  let goodUntil = Number.POSITIVE_INFINITY;
  const stamp = (): void => {
    const now = performance.now();
    goodUntil = now + reuse * (now - startedAt);
  };
  value.then(stamp, stamp);
  return { value, goodUntil: () => goodUntil };
}

const isOld = ({ goodUntil }: Made<unknown>): boolean => performance.now() > goodUntil();
