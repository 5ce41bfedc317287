/**
 * Joins the schedule on which other hosts are asked for our mail with delivery, which connects and logs in, and with
 * the listener, which plays the server where the host turns the connection around. Wiring only.
 */
import type { Socket } from 'node:net';
import type { Collection, ServerSettings } from '../settings/schema';
import { type Collector, createCollector } from './collection/collector';
import type { Clock } from './core/clock';
import type { CollectionResult } from './core/collection';
import type { Emit } from './core/event';
import type { Keyring } from './core/keyring';
import type { LogProtocol } from './core/protocol-entry';
import { orAborted } from './core/within';
import { askForMail } from './delivery/asking-session';
import { createDeliveryWarnings } from './delivery/warnings';
import { wayOutOf } from './routing/way-out';
import type { ServerDns } from './server-dns';
import type { SmtpListener } from './smtp-in/listener';

export interface MailCollectionOptions {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly keyring: Keyring;
  readonly logProtocol: LogProtocol;
  readonly dns: Pick<ServerDns, 'resolveTargets'>;
  readonly listener: Pick<SmtpListener, 'adopt'>;
}

/** RFC 2645 section 4: On-Demand Mail Relay. */
const onDemandPort = 366;
const usualPort = 25;

export function createMailCollection(options: MailCollectionOptions): Collector {
  const { serverId, settings, clock, emit } = options;
  const warnings = createDeliveryWarnings(options);
  let count = 0;
  const ask = async (collection: Collection, signal: AbortSignal): Promise<CollectionResult> => {
    const { command, domains } = collection;
    const port = collection.port ?? (command === 'atrn' ? onDemandPort : usualPort);
    const place = { ...collection, port, smartHost: collection.host, furtherSmartHosts: [] };
    const { security } = wayOutOf(place, settings());
    const rule = `Asking ${collection.host} for mail`;
    const question = options.dns.resolveTargets({
      kind: 'smart-host',
      destination: `collection:${collection.name}`,
      rule,
      host: collection.host,
      port,
      hello: 'ehlo',
      security,
    });
    const answer = await orAborted(question, signal);
    if (!answer) return { isOk: false, text: 'interrupted' };
    if (answer.kind === 'none') return { isOk: false, text: answer.status.text };
    const { turned, ...result } = await askForMail(
      { command, domains, security, targets: answer.targets },
      {
        fqdn: options.fqdn(),
        timeoutMs: settings().outboundTimeoutMinutes * 60_000,
        clock,
        keyring: options.keyring,
        sessionId: `ask-${(++count).toString(36)}`,
        logProtocol: options.logProtocol,
        warnOfClearPassword: warnings.passwordInClear,
      },
      signal,
    );
    if (turned) {
      const over = closed(turned.socket);
      options.listener.adopt(turned.socket, turned.tls);
      // The next request must not come before this one has brought everything.
      await over;
    }
    return result;
  };
  return createCollector({ serverId, settings, clock, emit, ask });
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
