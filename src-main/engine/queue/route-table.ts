/**
 * Today's routes. Equal ones are one object, however much mail waits with them; a change of the settings begins a new
 * generation, and what was decided before is decided anew before it is used.
 */
import type { Route } from '../core/delivery';
import type { ChosenWay } from '../core/envelope';
import { reasonOf } from '../core/problem';
import { createStatus } from '../core/smtp-status';

/** `way`: what an operator chose in place of the settings. */
export type DecideRoute = (recipientAddress: string, sender: string, way?: ChosenWay) => Route;

/** Destinations of which the last route is kept; what is dropped is only made once more. */
const mostKept = 10_000;

export class RouteTable {
  readonly #decide: DecideRoute;
  readonly #kept = new Map<string, { readonly text: string; readonly route: Route }>();
  generation = 0;

  constructor(decide: DecideRoute) {
    this.#decide = decide;
  }

  /** The settings have changed. */
  expire(): void {
    this.generation++;
    this.#kept.clear();
  }

  /** A route that cannot be decided is a refusal for now, never a loss. */
  routeOf(address: string, sender: string, way?: ChosenWay): Route {
    try {
      return this.#share(this.#decide(address, sender, way));
    } catch (error) {
      const status = createStatus(451, '4.3.5', 'The next hop cannot be decided', reasonOf(error));
      return { kind: 'refuse', destination: 'refuse', rule: 'none', status };
    }
  }

  #share(route: Route): Route {
    // Refusals name addresses: no two are equal.
    if (route.kind === 'refuse') return route;
    const text = JSON.stringify(route);
    // Settings and operators may mean one destination, each for a reason of its own.
    const key = `${route.destination} ${route.rule}`;
    const known = this.#kept.get(key);
    if (known?.text === text) return known.route;
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, { text, route });
    return route;
  }
}
