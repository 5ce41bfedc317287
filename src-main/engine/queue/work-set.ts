/** Work under way: kept until it is over, and waited for at the end. */
import type { Clock } from '../core/clock';

export class WorkSet {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #work = new Set<Promise<void>>();

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Resolves when `work` is over; a failure is reported and ends here. */
  track(work: Promise<unknown>): Promise<void> {
    const tracked: Promise<void> = work
      .then(() => undefined, this.#onError)
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
    return tracked;
  }

  /** Waits until nothing is under way, `timeoutMs` at most. */
  async ends(timeoutMs: number): Promise<void> {
    if (this.#work.size === 0) return;
    let isOver = false;
    let cancel = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.#clock.startTimer(() => {
        isOver = true;
        resolve();
      }, timeoutMs);
    });
    while (this.#work.size > 0 && !isOver) await Promise.race([Promise.allSettled([...this.#work]), timeout]);
    cancel();
  }
}
