/**
 * The inbound SMTP part of one virtual server, as the engine sees it: listening sockets, sessions, and the
 * ways to pause and to stop.
 *
 * Promises: opening is all or nothing; pausing and changing bindings never touch a session; stopping answers
 * a message whose commit is under way before it says goodbye.
 * Trusts: the settings (validated), and that its calls do not overlap.
 */
import type { Socket } from 'node:net';
import type { Binding, Endpoint, ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { Emit } from '../core/event';
import type { MessageIntake } from '../core/intake';
import { emptyKeyring, type Keyring } from '../core/keyring';
import type { LogProtocol } from '../core/protocol-entry';
import type { EndedSession, LockOut, SessionDialogue, SessionInfo } from '../core/session';
import type { Trace } from '../core/trace';
import type { RemoteTrigger } from '../core/trigger';
import {
  bindingOf,
  type ListenerBinding,
  type ListeningSocket,
  openSockets,
  type SocketHandlers,
} from './listening';
import { createLockOuts } from './lock-out';
import { createLockOutWarning } from './lock-out-warning';
import { createPolicyCache } from './policy';
import { formatBanner, replies } from './replies';
import { createDateCache } from './rfc822-date';
import { InboundServer } from './server';
import { createRecordBudget } from './session-record';
import { createSessionTrace } from './session-trace';
import { createInboundTls } from './tls';
import { keyBitsOf } from './tls-facts';

export interface SmtpListenerOptions {
  readonly serverId: number;
  /** The settings in force; another object when they changed. */
  readonly settings: () => ServerSettings;
  /** The name in force for the greeting. */
  readonly fqdn: () => string;
  readonly intake: MessageIntake;
  readonly emit: Emit;
  readonly clock: Clock;
  /** For the greeting. */
  readonly productVersion: string;
  /**
   * The name that DNS gives the address and that leads back to it; undefined: there is none. Never rejects and
   * answers within a few seconds. Asked only where a setting needs it. Default: nobody has a name.
   */
  readonly verifyHostName?: (address: string) => Promise<string | undefined>;
  /** Takes an entry for each command. Default: nobody does. */
  readonly logProtocol?: LogProtocol;
  /** Gets the dialogue of each accepted message, and what was refused. Default: no trace. */
  readonly trace?: Trace;
  /** Held mail that clients may ask for. Default: none. */
  readonly trigger?: RemoteTrigger<Socket>;
  /** Knows accounts and certificates. Default: empty. */
  readonly keyring?: Keyring;
}

export interface SmtpListener {
  /**
   * Opens all bindings or none. Also the way back from `pause`, and allowed again after `close`.
   *
   * @throws Problem 'port-in-use', 'port-forbidden', 'address-unavailable' or 'unavailable', naming address and port
   */
  open(bindings: readonly ListenerBinding[]): Promise<void>;
  /** Closes the listening sockets only; sessions go on. */
  pause(): Promise<void>;
  /**
   * Changes the set of listening sockets: opens the new, closes the gone; encryption that changed holds for
   * connections from now on. When it throws, the old set stands.
   */
  rebind(bindings: readonly ListenerBinding[]): Promise<void>;
  /**
   * Stops: no new connections; an idle session gets 421 at once, one in the middle of a message behind its
   * reply. Resolves when the last connection is gone, which is after `graceMs` at the latest.
   */
  close(graceMs: number): Promise<void>;
  /**
   * Plays the server on a connection that we opened and that the other side turned around (ATRN, TURN). Closed at once
   * when this server is stopping.
   */
  adopt(socket: Socket, tls: { readonly protocol: string; readonly cipher: string } | undefined): void;
  /** Reads the certificate anew; sessions that are open keep theirs. */
  refreshTls(): void;
  sessions(): readonly SessionInfo[];
  /** Sessions that are over, and clients that were refused, the latest first; as many as are remembered. */
  endedSessions(): readonly EndedSession[];
  /** What was said in a session that is open or remembered. */
  dialogue(sessionId: string): SessionDialogue | undefined;
  /** Ends a session with 421; false when there is none of that name. */
  terminate(sessionId: string): boolean;
  /** Addresses that are locked out after failed log-ins, the latest first. Forgotten when the parts are closed. */
  lockOuts(): readonly LockOut[];
  /** The lock-out that shuts this address out. */
  lockOutOf(address: string): LockOut | undefined;
  /** Lets these addresses connect again; answers how many of them were locked out. */
  liftLockOuts(addresses: readonly string[]): number;
  /** Bindings that are open now, with their real ports and the encryption that a client really gets. */
  boundPorts(): readonly Pick<Binding, 'address' | 'port' | 'encryption'>[];
}

export function createSmtpListener(options: SmtpListenerOptions): SmtpListener {
  const { clock, emit, fqdn, intake, productVersion: version, serverId } = options;
  const formatDate = createDateCache();
  let sockets: readonly ListeningSocket[] = [];
  let isStopping = false;

  const keyring = options.keyring ?? emptyKeyring;
  const tls = createInboundTls({
    serverId,
    settings: options.settings,
    bindings: () => sockets.map(({ binding }) => binding),
    keyring,
    emit,
    clock,
  });
  const policy = createPolicyCache(options.settings, fqdn);
  const lockOuts = createLockOuts({ clock, limits: policy, onLocked: createLockOutWarning(options) });
  const sessionTrace = options.trace && createSessionTrace({ trace: options.trace, clock });
  const server = new InboundServer({
    serverId,
    policy,
    lockOuts,
    intake,
    emit,
    clock,
    keyring,
    tls,
    ...(sessionTrace ? { trace: sessionTrace } : {}),
    recordBudget: createRecordBudget(),
    ...(options.logProtocol ? { logProtocol: options.logProtocol } : {}),
    trigger: options.trigger ?? nothingHeld,
    verifyHostName: options.verifyHostName ?? (() => Promise.resolve(undefined)),
    banner: () =>
      formatBanner({
        fqdn: fqdn(),
        version,
        date: formatDate(clock.now()),
        greeting: options.settings().greeting,
      }),
    isStopping: () => isStopping,
  });

  const handlers: SocketHandlers = {
    // A connection may still be handed over after its listening socket was closed: paused or stopping.
    connection: (socket, identity) => server.accept(socket, identity, !isStopping && sockets.length > 0),
    acceptError: (error) =>
      emit({
        type: 'warning',
        serverId,
        code: 'accept-failed',
        text: `New connections cannot be taken at the moment: ${error.message}`,
      }),
  };

  const closeSockets = async (which: readonly ListeningSocket[]): Promise<void> => {
    sockets = sockets.filter((socket) => !which.includes(socket));
    await Promise.all(which.map((socket) => socket.close()));
  };

  return {
    async open(bindings) {
      await closeSockets(sockets);
      const opened = await openSockets(bindings.map(bindingOf), handlers);
      isStopping = false;
      sockets = opened;
      // Whoever starts a server whose certificate cannot be used should hear of it before the first client does.
      tls.refresh();
    },
    pause: () => closeSockets(sockets),
    async rebind(bindings) {
      const change = compareBindings(sockets, bindings.map(bindingOf));
      // "All unassigned" and one address of the same port exclude each other: these must go first.
      const inTheWay = change.gone.filter(({ binding }) =>
        change.added.some((added) => added.port === binding.port),
      );
      await closeSockets(inTheWay);
      try {
        sockets = [...sockets, ...(await openSockets(change.added, handlers))];
      } catch (error) {
        const old = inTheWay.map(({ binding }) => binding);
        sockets = [...sockets, ...(await openSockets(old, handlers))];
        throw error;
      }
      await closeSockets(change.gone);
      for (const socket of sockets) {
        const now = bindings.find((binding) => keyOf(binding) === keyOf(socket.binding));
        if (now) socket.follow(bindingOf(now));
      }
      tls.refresh();
    },
    async close(graceMs) {
      isStopping = true;
      const closed = closeSockets(sockets);
      for (const connection of [...server.sessions.values()])
        connection.dismiss(replies.notAvailable, 'after-message');
      await Promise.all([closed, server.drain(graceMs)]);
    },
    adopt(socket, facts) {
      // One that is closed already would be waited for until the end of the stop.
      if (isStopping || socket.destroyed) socket.destroy();
      else server.adopt(socket, facts && { ...facts, keyBits: keyBitsOf(facts.cipher) });
    },
    refreshTls: () => tls.refresh(),
    sessions: () =>
      [...server.sessions.values()].map((connection) =>
        connection.inbound.describe(connection.receivedBytes),
      ),
    endedSessions: () => server.endedSessions(),
    dialogue(sessionId) {
      const open = server.sessions.get(sessionId);
      if (open)
        return { session: open.inbound.describe(open.receivedBytes), lines: open.inbound.record.lines() };
      const over = server.ended.find(sessionId);
      if (over) return { session: over.session, lines: over.record.lines() };
      return server.refusals.find(sessionId);
    },
    terminate(sessionId) {
      const connection = server.sessions.get(sessionId);
      connection?.dismiss(replies.terminated, 'now');
      return connection !== undefined;
    },
    lockOuts: () => lockOuts.list(),
    lockOutOf: (address) => lockOuts.find(address),
    liftLockOuts: (addresses) => lockOuts.lift(addresses),
    boundPorts: () =>
      sockets.map(({ binding, port }) => ({
        address: binding.address,
        port,
        encryption:
          binding.encryption === 'starttls' && !tls.canEncrypt(binding) ? 'none' : binding.encryption,
      })),
  };
}

const nothingHeld: RemoteTrigger<Socket> = {
  holderOf: () => undefined,
  holdsBelow: () => false,
  heldDomains: () => [],
  release: () => ({ kind: 'nothing-held' }),
  turn: () => ({ ended: Promise.resolve(), finish: () => undefined, abort: () => undefined }),
};

const keyOf = ({ address, port }: Endpoint): string => `${address}|${port}`;

function compareBindings(
  sockets: readonly ListeningSocket[],
  bindings: readonly Binding[],
): { readonly added: readonly Binding[]; readonly gone: readonly ListeningSocket[] } {
  const wanted = new Set(bindings.map(keyOf));
  const present = new Set(sockets.map(({ binding }) => keyOf(binding)));
  return {
    added: bindings.filter((binding) => !present.has(keyOf(binding))),
    gone: sockets.filter(({ binding }) => !wanted.has(keyOf(binding))),
  };
}
