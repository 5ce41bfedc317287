/** Tells once an hour for each host that mail went to it in the clear because its TLS does not work. */
import type { Clock } from '../core/clock';
import type { Target } from '../core/delivery';
import type { Emit } from '../core/event';
import { describeRemote, type HostFailure } from './failure';

const quietMs = 60 * 60_000;
/** Hosts come from other people's DNS; the list must not grow with them. */
const mostHosts = 1_000;

export function createTlsWarning(options: {
  readonly clock: Clock;
  readonly emit?: Emit;
  readonly serverId: number;
}): (target: Target, failure: HostFailure) => void {
  const toldAt = new Map<string, number>();
  return (target, failure) => {
    const now = options.clock.now();
    const last = toldAt.get(target.address);
    if (last !== undefined && now - last < quietMs) return;
    if (toldAt.size >= mostHosts) toldAt.clear();
    toldAt.set(target.address, now);
    options.emit?.({
      type: 'warning',
      serverId: options.serverId,
      code: 'tls-failed',
      text: `TLS with ${describeRemote(target)} failed (${failure.reason}); mail was sent to it unencrypted.`,
    });
  };
}
