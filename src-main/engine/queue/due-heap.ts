/**
 * What waits for a time, earliest first, with one timer for all. An entry belongs to one heap and can be
 * moved or taken out, so that nothing is left behind for messages that are gone.
 */
import type { CancelTimer, Clock } from '../core/clock';

/** Something that waits. `position` belongs to the heap; begin with -1. */
export interface DueEntry {
  dueAt: number;
  position: number;
}

/** Entries woken in one turn; the rest follows at once in the next, so that sockets are served in between. */
const entriesPerTurn = 500;
/** A timer does not run while the computer sleeps: look again. */
const longestTimerMs = 60_000;

export class DueHeap<E extends DueEntry> {
  readonly #clock: Clock;
  readonly #wake: (entry: E) => void;
  readonly #entries: E[] = [];
  #cancelTimer: CancelTimer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isClosed = false;

  /** @param wake called for each entry when its time has come; it is no longer in the heap then */
  constructor(clock: Clock, wake: (entry: E) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Puts `entry` in, or moves it. */
  set(entry: E, dueAt: number): void {
    if (this.#isClosed) return;
    entry.dueAt = dueAt;
    if (entry.position < 0) {
      entry.position = this.#entries.length;
      this.#entries.push(entry);
    }
    this.#rise(entry.position);
    this.#sink(entry.position);
    this.#arm();
  }

  remove(entry: E): void {
    const at = entry.position;
    if (at < 0) return;
    entry.position = -1;
    const last = this.#entries.pop() as E;
    if (last === entry) return;
    this.#entries[at] = last;
    last.position = at;
    this.#rise(at);
    this.#sink(last.position);
    // The timer may now be early; it finds nothing and is set again.
  }

  /** Stops the timer; nothing is woken any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #arm(): void {
    const first = this.#entries[0];
    if (!first || this.#isClosed || first.dueAt >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = first.dueAt;
    this.#cancelTimer = this.#clock.startTimer(
      () => this.#wakeDue(),
      Math.min(longestTimerMs, Math.max(0, first.dueAt - this.#clock.now())),
    );
  }

  #wakeDue(): void {
    this.#cancelTimer = undefined;
    const now = this.#clock.now();
    for (let woken = 0; woken < entriesPerTurn && !this.#isClosed; woken++) {
      const first = this.#entries[0];
      if (!first || first.dueAt > now) break;
      this.remove(first);
      this.#wake(first);
    }
    // Until here, so that what waking puts in does not set the timer each time.
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#arm();
  }

  #rise(from: number): void {
    let at = from;
    const entry = this.#entries[at] as E;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#entries[parentAt] as E;
      if (parent.dueAt <= entry.dueAt) break;
      this.#place(parent, at);
      at = parentAt;
    }
    this.#place(entry, at);
  }

  #sink(from: number): void {
    let at = from;
    const entry = this.#entries[at] as E;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = this.#entries[leftAt];
      if (!left) break;
      const right = this.#entries[leftAt + 1];
      const childAt = right && right.dueAt < left.dueAt ? leftAt + 1 : leftAt;
      const child = this.#entries[childAt] as E;
      if (child.dueAt >= entry.dueAt) break;
      this.#place(child, at);
      at = childAt;
    }
    this.#place(entry, at);
  }

  #place(entry: E, at: number): void {
    this.#entries[at] = entry;
    entry.position = at;
  }
}
