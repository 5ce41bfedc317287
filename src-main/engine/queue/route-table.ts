/**
 * Today's routes. Equal ones are one object, however much mail waits with them; a change of the settings begins a new
 * generation, and what was decided before is decided anew before it is used.
 */
import type { Route } from '../core/delivery';
import { reasonOf } from '../core/problem';
import { createStatus } from '../core/smtp-status';

/** Destinations of which the last route is kept; what is dropped is only made once more. */
const mostKept = 10_000;

export class RouteTable {
  readonly #decide: (recipientAddress: string, sender: string) => Route;
  readonly #kept = new Map<string, { readonly text: string; readonly route: Route }>();
  generation = 0;

  constructor(decide: (recipientAddress: string, sender: string) => Route) {
    this.#decide = decide;
  }

  /** The settings have changed. */
  expire(): void {
    this.generation++;
    this.#kept.clear();
  }

  /** A route that cannot be decided is a refusal for now, never a loss. */
  routeOf(address: string, sender: string): Route {
    try {
      return this.#share(this.#decide(address, sender));
    } catch (error) {
      const status = createStatus(451, '4.3.5', 'The next hop cannot be decided', reasonOf(error));
      return { kind: 'refuse', destination: 'refuse', rule: 'none', status };
    }
  }

  #share(route: Route): Route {
    // Refusals name addresses: no two are equal.
    if (route.kind === 'refuse') return route;
    const text = JSON.stringify(route);
    const known = this.#kept.get(route.destination);
    if (known?.text === text) return known.route;
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(route.destination, { text, route });
    return route;
  }
}
