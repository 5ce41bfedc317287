/**
 * Whoever waits in line, first come first served; anybody may leave from anywhere. A Set alone would walk over all
 * that have left each time the first is asked for: quadratic in a long line.
 */
export class Line<T extends object> implements Iterable<T> {
  readonly #waiting = new Set<T>();
  /** Goes on where it was; those who come later stand behind it. */
  #walk: Iterator<T> | undefined;
  #first: T | undefined;

  get size(): number {
    return this.#waiting.size;
  }

  has(one: T): boolean {
    return this.#waiting.has(one);
  }

  /** To the end; whoever waits already keeps the place. */
  add(one: T): void {
    this.#waiting.add(one);
  }

  /** False: it did not wait. */
  delete(one: T): boolean {
    if (one === this.#first) this.#first = undefined;
    return this.#waiting.delete(one);
  }

  clear(): void {
    this.#waiting.clear();
    this.#first = undefined;
  }

  first(): T | undefined {
    if (this.#first !== undefined || this.#waiting.size === 0) return this.#first;
    this.#walk ??= this.#waiting.values();
    let next = this.#walk.next();
    if (next.done) {
      this.#walk = this.#waiting.values();
      next = this.#walk.next();
    }
    this.#first = next.value;
    return this.#first;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#waiting.values();
  }
}
