/**
 * What waits for a lane of one destination, in order: mail that was tried before and new mail take turns, each the
 * oldest first, so that neither keeps the other waiting; problem messages come when nothing else is ready.
 */
import type { Group } from './entry';
import { Line } from './line';

/** 'problem': the other side ended the session in the middle of this message, again and again. */
export type Rank = 'new' | 'tried' | 'problem';

export class ReadyQueue implements Iterable<Group> {
  readonly #new = new Line<Group>();
  readonly #tried = new Line<Group>();
  readonly #problem = new Line<Group>();
  #isNewNext = false;

  get size(): number {
    return this.#new.size + this.#tried.size + this.#problem.size;
  }

  add(group: Group): void {
    this.#of(group.rank).add(group);
  }

  /** False: it is not here. */
  delete(group: Group): boolean {
    return this.#of(group.rank).delete(group);
  }

  /** Whose turn it is; it stays here. */
  first(): Group | undefined {
    const [one, other] = this.#isNewNext ? [this.#new, this.#tried] : [this.#tried, this.#new];
    return one.first() ?? other.first() ?? this.#problem.first();
  }

  take(group: Group): void {
    this.delete(group);
    if (group.rank !== 'problem') this.#isNewNext = group.rank === 'tried';
  }

  *[Symbol.iterator](): Iterator<Group> {
    yield* this.#tried;
    yield* this.#new;
    yield* this.#problem;
  }

  #of(rank: Rank): Line<Group> {
    return rank === 'new' ? this.#new : rank === 'tried' ? this.#tried : this.#problem;
  }
}
