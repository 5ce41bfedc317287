/**
 * Joins what a client asks for (ETRN, ATRN, TURN) with the queue that holds the mail and delivery that sends it.
 * Wiring only.
 */
import type { Socket } from 'node:net';
import type { ServerSettings } from '../settings/schema';
import type { Emit } from './core/event';
import { reasonOf } from './core/problem';
import type { RemoteTrigger, Turn, TurnRequest } from './core/trigger';
import type { Deliverer, ReversedDelivery } from './delivery/deliverer';
import type { QueueRunner } from './queue/runner';
import { findHoldingDomain, isHeldBelow } from './routing/route';

export interface RemoteTriggerOptions {
  readonly serverId: number;
  readonly emit: Emit;
  readonly settings: () => ServerSettings;
  readonly runner: Pick<QueueRunner, 'heldDomains' | 'releaseHeld' | 'sendHeld'>;
  readonly deliverer: Pick<Deliverer, 'reverse'>;
}

export function createRemoteTrigger(options: RemoteTriggerOptions): RemoteTrigger<Socket> {
  const { settings, runner } = options;
  return {
    holderOf: (domain) => findHoldingDomain(domain, settings()),
    holdsBelow: (domain) => isHeldBelow(domain, settings()),
    heldDomains: () => runner.heldDomains(),
    release: (domains, isLimited) => runner.releaseHeld(domains, isLimited),
    turn: (request) => startTurn(request, options),
  };
}

function startTurn(request: TurnRequest<Socket>, options: RemoteTriggerOptions): Turn {
  const { runner, deliverer, emit, serverId } = options;
  const { domains, peer: socket, peerName: name, peerAddress: address, port, sessionId } = request;
  const opening = new AbortController();
  let isWanted = true;
  let connection: ReversedDelivery | undefined;

  const run = async (): Promise<void> => {
    const target = { name, address, port };
    const opened = await deliverer.reverse({ socket, target, sessionId }, opening.signal);
    // A client that never greets or goes away has asked for nothing.
    if ('failure' in opened) return;
    connection = opened;
    try {
      await runner.sendHeld(domains, opened, () => isWanted);
    } finally {
      opened.quit();
    }
  };

  return {
    ended: run().catch((error: unknown) => {
      const text = `Held mail could not be sent to ${address}: ${reasonOf(error)}`;
      emit({ type: 'warning', serverId, code: 'turn-failed', text });
    }),
    finish() {
      isWanted = false;
      if (!connection) opening.abort();
    },
    abort() {
      isWanted = false;
      opening.abort();
      connection?.close();
    },
  };
}
