/**
 * Messages that have to be looked at, some at a time: whatever makes a hundred thousand of them due at once (a start,
 * a changed setting, an operator) neither fills the memory nor keeps sockets waiting.
 */
import type { Entry } from './entry';
import { Line } from './line';

export interface LooksOptions {
  /** Loads the envelope and sees what the message needs. Never rejects. */
  readonly look: (entry: Entry) => Promise<void>;
  /** False while nothing more may be begun. */
  readonly mayLook: (isUrgent: boolean) => boolean;
}

const looksAtOnce = 16;

export class Looks {
  readonly #options: LooksOptions;
  /** What a person waits for comes first. */
  readonly #urgent = new Line<Entry>();
  readonly #others = new Line<Entry>();
  readonly #running = new Set<Entry>();

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** Being looked at just now. */
  get running(): ReadonlySet<Entry> {
    return this.#running;
  }

  ask(entry: Entry, { isUrgent = false }: { readonly isUrgent?: boolean } = {}): void {
    if (isUrgent) {
      this.#others.delete(entry);
      this.#urgent.add(entry);
    } else if (!this.#urgent.has(entry)) this.#others.add(entry);
    this.resume();
  }

  /** The message is gone, or was looked at by somebody else. */
  drop(entry: Entry): void {
    this.#urgent.delete(entry);
    this.#others.delete(entry);
  }

  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }

  /** More may be begun. */
  resume(): void {
    while (this.#running.size < looksAtOnce) {
      const entry = this.#next();
      if (!entry) return;
      this.drop(entry);
      this.#running.add(entry);
      void this.#options.look(entry).finally(() => {
        this.#running.delete(entry);
        this.resume();
      });
    }
  }

  /** Not one that is being looked at: it is asked for once more, and its turn comes when that is over. */
  #next(): Entry | undefined {
    for (const entries of [this.#urgent, this.#others]) {
      if (!this.#options.mayLook(entries === this.#urgent)) continue;
      for (let skipped = 0; skipped <= this.#running.size; skipped++) {
        const entry = entries.first();
        if (!entry) break;
        if (!this.#running.has(entry)) return entry;
        entries.delete(entry);
        entries.add(entry);
      }
    }
    return undefined;
  }
}
