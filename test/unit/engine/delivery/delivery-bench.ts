/** What the delivery tests share: jobs, a deliverer over scripted peers, and its clean-up. */
import { createServer } from 'node:net';
import { afterEach } from 'vitest';
import { type Clock, systemClock } from '../../../../src-main/engine/core/clock';
import type { ContentSource } from '../../../../src-main/engine/core/content';
import {
  type AttemptResult,
  type DeliveryJob,
  openSecurity,
  type Route,
  type Target,
  type TargetAnswer,
} from '../../../../src-main/engine/core/delivery';
import type { Envelope, Recipient } from '../../../../src-main/engine/core/envelope';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { emptyKeyring } from '../../../../src-main/engine/core/keyring';
import type { LogProtocol } from '../../../../src-main/engine/core/protocol-entry';
import { formatStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  createDeliverer,
  type Deliverer,
  type DelivererOptions,
} from '../../../../src-main/engine/delivery/deliverer';
import type { DeliveryWatch } from '../../../../src-main/engine/delivery/delivery-watch';
import type { ServerSettings } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../../../support/smtp-peer';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export async function peerWith(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const peer = await startSmtpPeer(options);
  endings.push(() => peer.close());
  return peer;
}

/** A port of loopback where nobody listens. */
export async function refusingPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const hostAt = (name: string, port: number): Target => ({ name, address: '127.0.0.1', port });

export const contentOf = (data: string | Uint8Array): ContentSource => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  return {
    sizeBytes: bytes.length,
    read: () => Promise.resolve(bytes),
    async *stream() {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
};

const mxRoute: Route = {
  kind: 'mx',
  destination: 'mx:far.test:25',
  rule: 'By MX',
  domain: 'far.test',
  port: 25,
  hello: 'ehlo',
  security: openSecurity,
};

export const recipientOf = (address: string, more: Partial<Recipient> = {}): Recipient => ({
  address,
  attempts: 0,
  nextAttemptAt: 0,
  ...more,
});

export function jobOf(
  options: {
    to?: readonly (string | Recipient)[];
    envelope?: Partial<Envelope>;
    route?: Partial<Route>;
    content?: ContentSource;
  } = {},
): DeliveryJob {
  const recipients = (options.to ?? ['one@far.test']).map((to) =>
    typeof to === 'string' ? recipientOf(to) : to,
  );
  const content = options.content ?? contentOf('Subject: hello\r\n\r\n.hidden\r\nbody\r\n');
  return {
    recipients,
    content,
    route: { ...mxRoute, ...options.route } as Route,
    envelope: {
      version: 1,
      queueId: '0'.repeat(24),
      serverId: 1,
      sender: 'from@corp.test',
      recipients,
      body: '7bit',
      source: { kind: 'test' },
      arrivedAt: 0,
      sizeBytes: content.sizeBytes,
      hopCount: 0,
      messageId: '<1@corp.test>',
      subject: 'hello',
      ...options.envelope,
    },
  };
}

export interface Bench extends Deliverer {
  readonly events: EngineEvent[];
  send(job?: DeliveryJob, signal?: AbortSignal): Promise<AttemptResult>;
}

/** A deliverer that finds these targets, or what the function answers for a route. */
export function benchWith(
  targets: readonly Target[] | ((route: Route) => TargetAnswer | Promise<TargetAnswer>),
  options: {
    settings?: Partial<ServerSettings>;
    clock?: Clock;
    keyring?: Partial<NonNullable<DelivererOptions['keyring']>>;
    watch?: DeliveryWatch;
    logProtocol?: LogProtocol;
  } = {},
): Bench {
  const events: EngineEvent[] = [];
  // Below the limits of the schema where a test wants a time-out within its own time.
  const settings = { ...createServerSettings(), ...options.settings };
  const deliverer = createDeliverer({
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    resolveTargets: (route) =>
      Promise.resolve(typeof targets === 'function' ? targets(route) : { kind: 'targets', targets }),
    clock: options.clock ?? systemClock,
    keyring: { ...emptyKeyring, ...options.keyring },
    ...(options.watch ? { watch: options.watch } : {}),
    ...(options.logProtocol ? { logProtocol: options.logProtocol } : {}),
    emit: (event) => events.push(event),
    serverId: 1,
  });
  endings.push(() => deliverer.close());
  return {
    ...deliverer,
    events,
    send: (job = jobOf(), signal = new AbortController().signal) => deliverer.deliver(job, signal),
  };
}

/** "address: 250 2.0.0 text (host)" for each recipient. */
export const brief = ({ results }: AttemptResult): string[] =>
  results.map(
    ({ address, status, remote }) =>
      `${address}: ${formatStatus(status)}${remote ? ` (${remote.name})` : ''}`,
  );

/** Waits for something that another task does; fails after five seconds. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isTrue(); ) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
