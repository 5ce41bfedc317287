/**
 * Seam: smtp-server's server. Makes our connections, keeps the list of sessions, refuses what is too much,
 * and ends sessions whose time is up. It never listens itself: sockets come from listening.ts, so that pausing and a
 * change of bindings leave the sessions alone, and the library's one-way `close` is never called.
 */
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { CancelTimer } from '../core/clock';
import type { EndedSession } from '../core/session';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import { decideWithName, judgePeer, plainAddress } from './access-list';
import { createAddressCounter, networkOf } from './address-counter';
import { InboundConnection } from './connection';
import { type ConnectDecision, decideConnect } from './connection-control';
import { createEndedSessions } from './ended-sessions';
import { bindingOf, type Identity } from './listening';
import { type HeaderProblem, prepareSocket, type SocketOrigin } from './proxied-socket';
import {
  createRefusals,
  type RefusalReason,
  type Refusals,
  reasonOfConnectionControl,
  refusalReasons,
} from './refusals';
import { replies } from './replies';
import type { SessionServices } from './session';
import type { TlsFacts } from './tls-facts';

/** Where a socket came in, and from whom. */
export interface Arrival {
  readonly identity: Identity;
  readonly origin: SocketOrigin;
  /** We opened the connection and the other side turned it around (ATRN, TURN); with TLS, or in clear. */
  readonly turned?: { readonly tls: TlsFacts | undefined };
}

/** Idle sessions are looked for this often; one timer for all costs less than one timer each. */
const sweepIntervalMs = 1000;
/** How long a refused client may take to close its side. */
const refusedLingerMs = 1000;

export class InboundServer extends SMTPServer {
  readonly services: SessionServices;
  readonly sessions = new Map<string, InboundConnection>();
  /** Those that are over, for a while. */
  readonly ended = createEndedSessions();
  /** Those that never had a session. */
  readonly refusals: Refusals;
  /** Every open socket, also of sessions that have said goodbye. */
  readonly sockets = new Set<Socket>();
  /**
   * Those that are not refused, from their arrival to their close, and the client that each counts for;
   * undefined while that is not known.
   */
  readonly #taken = new Map<Socket, string | undefined>();
  readonly #clients = createAddressCounter();
  /** Sockets that wait for a proxy's header. */
  readonly #unprepared = new Set<Socket>();
  readonly #idPrefix: string;
  #sessionCount = 0;
  #cancelSweep: CancelTimer | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(services: SessionServices) {
    // STARTTLS off also keeps the library from warning about its built-in certificate, which is never used.
    super({
      logger: false,
      // Never shown; unset, the library asks the system for it with each connection.
      name: 'mailroot',
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
    });
    this.services = services;
    const { clock, logProtocol: write } = services;
    this.refusals = createRefusals({ clock, write, isLogging: () => services.policy().settings.isLogging });
    this.#idPrefix = `${services.serverId}-${services.clock.now().toString(36)}`;
  }

  /**
   * Takes a new socket. It gets its session at once and not through the library's queue: between the two a
   * reset by the peer would be an error that nobody listens to.
   */
  accept(socket: Socket, identity: Identity, isServing: boolean): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.#leave(socket);
      this.sockets.delete(socket);
      if (this.sockets.size === 0) this.#onEmpty?.();
    });
    if (!isServing) this.#refuse(socket, { identity }, replies.notAvailable, refusalReasons.notServing);
    else if (this.#taken.size >= this.services.policy().maxConnections)
      this.#refuse(socket, { identity }, replies.tooManyConnections, refusalReasons.tooMany);
    else this.#prepare(socket, identity);
  }

  /**
   * Takes a connection that we opened and that the other side turned around: from now on it plays the client. It was
   * asked to, so connection control and the limits of connections have nothing to say.
   */
  adopt(socket: Socket, tls: TlsFacts | undefined): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.sockets.size === 0) this.#onEmpty?.();
    });
    const origin = { peerAddress: plainAddress(socket.remoteAddress ?? ''), isProxy: false };
    const binding = bindingOf({ address: '', port: socket.localPort ?? 0, encryption: 'none' });
    this.#begin(socket, { identity: { binding }, origin, turned: { tls } });
  }

  #prepare(socket: Socket, identity: Identity): void {
    this.#taken.set(socket, undefined);
    const { clock, policy } = this.services;
    const prepared = prepareSocket(socket, {
      isProxy: (peerAddress) =>
        judgePeer(policy().proxies, { peerAddress, hostName: undefined }, false).isAdmitted,
      clock,
      onBadHeader: (problem) => this.#noteBadHeader(socket, problem),
    });
    if (!(prepared instanceof Promise)) {
      this.#count(socket, { identity, origin: prepared });
      return;
    }
    this.#unprepared.add(socket);
    void prepared.then((origin) => {
      this.#unprepared.delete(socket);
      if (!origin || socket.destroyed) return;
      const arrival = { identity, origin };
      if (this.services.isStopping())
        this.#refuse(socket, arrival, replies.notAvailable, refusalReasons.notServing);
      else this.#count(socket, arrival);
    });
  }

  /** Limits by the client's address. Those of a proxy itself would shut out everybody behind it. */
  #count(socket: Socket, arrival: Arrival): void {
    const { origin } = arrival;
    if (!origin.isProxy) {
      const client = networkOf(origin.peerAddress);
      if (this.services.lockOuts.isLocked(origin.peerAddress)) {
        this.#refuse(socket, arrival, replies.lockedOut, refusalReasons.lockedOut);
        return;
      }
      if (this.#clients.count(client) >= this.services.policy().maxConnectionsPerAddress) {
        const { tooManyOfAddress } = refusalReasons;
        this.#refuse(socket, arrival, replies.tooManyConnectionsOfAddress, tooManyOfAddress);
        return;
      }
      this.#taken.set(socket, client);
      this.#clients.add(client);
    }
    this.#admit(socket, arrival);
  }

  /** It counts no longer: closed, or refused. */
  #leave(socket: Socket): void {
    const client = this.#taken.get(socket);
    if (client !== undefined) this.#clients.remove(client);
    this.#taken.delete(socket);
  }

  /** @param arrival without an origin where it is not known yet: then it is the other side of the socket */
  #refuse(
    socket: Socket,
    arrival: Pick<Arrival, 'identity'> & Partial<Arrival>,
    status: SmtpStatus,
    reason: RefusalReason,
  ): void {
    this.#leave(socket);
    const isSaid = arrival.identity.binding.encryption !== 'implicit';
    this.#noteRefusal(socket, { reason, status, isSaid }, arrival.origin);
    refuse(socket, isSaid ? status : undefined);
  }

  #noteRefusal(
    socket: Socket,
    refusal: { reason: RefusalReason; status: SmtpStatus | undefined; isSaid: boolean },
    origin: Partial<SocketOrigin> = {},
  ): void {
    this.refusals.note({
      ...refusal,
      id: this.#nextId(),
      peerAddress: origin.peerAddress ?? plainAddress(socket.remoteAddress ?? ''),
      localAddress: origin.localAddress ?? plainAddress(socket.localAddress ?? ''),
      localPort: origin.localPort ?? socket.localPort ?? 0,
      receivedBytes: socket.bytesRead,
    });
  }

  #noteBadHeader(socket: Socket, problem: HeaderProblem): void {
    if (this.services.isStopping()) return;
    const reason = problem === 'missing' ? refusalReasons.noProxyHeader : refusalReasons.badProxyHeader;
    this.#noteRefusal(socket, { reason, status: undefined, isSaid: false });
  }

  /** A connection says that its client did not wait for the greeting. */
  noteEarlyTalker({ inbound, localAddress, receivedBytes }: InboundConnection): void {
    const { id, peerAddress, localPort } = inbound;
    this.refusals.note({
      reason: refusalReasons.spokeTooEarly,
      status: replies.spokeTooEarly,
      isSaid: true,
      ...{ id, peerAddress, localAddress, localPort, receivedBytes },
    });
  }

  #nextId(): string {
    return `${this.#idPrefix}-${++this.#sessionCount}`;
  }

  /** Connection control. Whoever is refused costs no session; whoever may be in a listed domain waits for DNS. */
  #admit(socket: Socket, arrival: Arrival): void {
    const { peerAddress } = arrival.origin;
    const policy = this.services.policy().connect;
    const decision = decideWithName(
      (hostName) => decideConnect({ peerAddress, hostName, policy }),
      () => this.services.verifyHostName(peerAddress),
    );
    if (!(decision instanceof Promise)) {
      this.#answer(socket, arrival, decision);
      return;
    }
    // Until it has a session, nobody else listens to its errors.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    void decision.then((decided) => {
      socket.off('error', onError);
      if (socket.destroyed) return;
      if (this.services.isStopping())
        this.#refuse(socket, arrival, replies.notAvailable, refusalReasons.notServing);
      else this.#answer(socket, arrival, decided);
    });
  }

  #answer(socket: Socket, arrival: Arrival, decision: ConnectDecision): void {
    if (decision.allowed) this.#begin(socket, arrival);
    else {
      const { mode } = this.services.policy().connect.access;
      const reason = reasonOfConnectionControl(mode, decision.status === replies.connectionUndecided);
      this.#refuse(socket, arrival, decision.status, reason);
    }
  }

  #begin(socket: Socket, arrival: Arrival): void {
    const connection = new InboundConnection(this, socket, { id: this.#nextId(), ...arrival });
    this.connections.add(connection);
    this.sessions.set(connection.id, connection);
    connection.init();
    // Early: it will be known by the time that a recipient or a Received line asks for it.
    if (this.services.policy().needsHostNames) void connection.inbound.verifyHostName();
    this.#cancelSweep ??= this.services.clock.startTimer(() => this.#sweep(), sweepIntervalMs);
  }

  /** A connection says that its session is over. */
  release(connection: InboundConnection): void {
    this.sessions.delete(connection.id);
    const { inbound, receivedBytes } = connection;
    const { record } = inbound;
    // Who only looked whether the port is open has nothing to ask about.
    if (inbound.lastCommand === '') {
      record.forget();
      return;
    }
    const lastReply = record.lastSaid();
    if (!/^[24]21 /.test(lastReply)) record.note('The client closed the connection');
    const endedAt = this.services.clock.now();
    this.ended.add({ ...inbound.describe(receivedBytes), endedAt, lastReply }, record);
  }

  /** With those that were refused, the latest first. */
  endedSessions(): readonly EndedSession[] {
    const refused = this.refusals.list();
    const ended = this.ended.list();
    return refused.length === 0 ? ended : [...ended, ...refused].sort((a, b) => b.endedAt - a.endedAt);
  }

  #sweep(): void {
    const policy = this.services.policy();
    for (const connection of this.sessions.values()) connection.endWhenDue(policy);
    this.#cancelSweep =
      this.sessions.size === 0
        ? undefined
        : this.services.clock.startTimer(() => this.#sweep(), sweepIntervalMs);
  }

  /** Resolves when no socket is left; after `graceMs` those that are left are cut. */
  drain(graceMs: number): Promise<void> {
    this.refusals.flush();
    this.services.trace?.flush();
    // Nobody knows yet whom to say goodbye to, and no message can be under way.
    for (const socket of this.#unprepared) socket.destroy();
    if (this.sockets.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.services.clock.startTimer(() => {
        for (const socket of this.sockets) socket.destroy();
      }, graceMs);
      this.#onEmpty = () => {
        this.#onEmpty = undefined;
        cancel();
        this.#cancelSweep?.();
        this.#cancelSweep = undefined;
        resolve();
      };
    });
  }
}

/**
 * One line and goodbye, without a session: this is the answer to too many connections. Where the connection is
 * encrypted from its first byte it would not be understood, and a handshake is more than they should cost: no status.
 */
function refuse(socket: Socket, status: SmtpStatus | undefined): void {
  socket.on('error', () => socket.destroy());
  if (status === undefined) socket.end();
  else socket.end(`${formatStatus(status)}\r\n`, 'latin1');
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), refusedLingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
