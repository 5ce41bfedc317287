/**
 * Destinations that operators froze, by the names in the settings: their mail stays in Queue as it is, until they thaw.
 *
 * Owns: which were frozen when the runner last followed the settings, and which have thawed since.
 */
import type { ServerSettings } from '../../settings/schema';
import { destinationName, type QueueRoute } from '../core/delivery';

type Names = ReadonlySet<string>;

export class Frozen {
  readonly #settings: () => Pick<ServerSettings, 'frozenDestinations'>;
  #list: readonly string[] = [];
  #names: Names = new Set();
  #followed: Names | undefined;
  /** Generation of the settings by which a destination was thawed. */
  readonly #thawed = new Map<string, number>();
  /** Keys of thawed destinations whose waits were ended. */
  readonly #cleared = new Set<string>();

  constructor(settings: () => Pick<ServerSettings, 'frozenDestinations'>) {
    this.#settings = settings;
  }

  /** By the settings of this moment. */
  has(route: QueueRoute): boolean {
    const names = this.#current();
    return names.size > 0 && names.has(destinationName(route).toLowerCase());
  }

  /** The same by name. */
  hasName(name: string): boolean {
    return this.#current().has(name.toLowerCase());
  }

  /** The runner begins, or follows changed settings as `generation`. */
  follow(generation: number): void {
    const names = this.#current();
    for (const name of this.#followed ?? []) if (!names.has(name)) this.#thawed.set(name, generation);
    for (const name of names) this.#thawed.delete(name);
    this.#cleared.clear();
    this.#followed = names;
  }

  /** Whether this destination has thawed since its mail was looked at by the settings of `generation`. */
  hasThawedSince(route: QueueRoute, generation: number): boolean {
    if (this.#thawed.size === 0) return false;
    return (this.#thawed.get(destinationName(route).toLowerCase()) ?? -1) > generation;
  }

  /** True once for each key after a thaw: its wait is over, whatever was known of it before. */
  takeClearing(key: string): boolean {
    if (this.#cleared.has(key)) return false;
    this.#cleared.add(key);
    return true;
  }

  #current(): Names {
    const list = this.#settings().frozenDestinations;
    if (list !== this.#list) {
      this.#list = list;
      this.#names = new Set(list.map((name) => name.toLowerCase()));
    }
    return this.#names;
  }
}
