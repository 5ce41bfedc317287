/**
 * Held mail in memory: so many messages for each domain. Who holds comes from the settings, as in the engine. A
 * turned connection says which domains it is for, waits for one line, and ends.
 */
import type { Socket } from 'node:net';
import type { RemoteTrigger } from '../../src-main/engine/core/trigger';
import { findHoldingDomain, isHeldBelow } from '../../src-main/engine/routing/route';
import type { ServerSettings } from '../../src-main/settings/schema';

export interface MemoryTrigger extends RemoteTrigger<Socket> {
  /** Domain to number of messages. */
  readonly held: Map<string, number>;
}

export function createMemoryTrigger(settings: () => ServerSettings): MemoryTrigger {
  const held = new Map<string, number>();
  const underWay = new Set<string>();
  return {
    held,
    holderOf: (domain) => findHoldingDomain(domain, settings()),
    holdsBelow: (domain) => isHeldBelow(domain, settings()),
    heldDomains: () => [...held.keys()],
    release(domains, isLimited) {
      const waiting = domains.filter((domain) => held.has(domain));
      if (waiting.length === 0) return { kind: 'nothing-held' };
      const fresh = waiting.filter((domain) => !underWay.has(domain));
      if (fresh.length === 0) return { kind: isLimited ? 'put-off' : 'under-way' };
      for (const domain of fresh) underWay.add(domain);
      return {
        kind: 'started',
        messageCount: fresh.reduce((sum, domain) => sum + (held.get(domain) ?? 0), 0),
      };
    },
    turn({ domains, peer }) {
      const ended = new Promise<void>((resolve) => {
        peer.once('data', () => resolve()).once('close', () => resolve());
        peer.resume();
        peer.write(`NOOP turned for ${domains.join(',')}\r\n`);
      });
      return { ended, finish: () => undefined, abort: () => void peer.destroy() };
    },
  };
}
