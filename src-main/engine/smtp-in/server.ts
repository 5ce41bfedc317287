/**
 * Seam: smtp-server's server. Makes our connections, keeps the list of sessions, refuses what is too much,
 * and closes idle sessions. It never listens itself: sockets come from listening.ts, so that pausing and a
 * change of bindings leave the sessions alone, and the library's one-way `close` is never called.
 */
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { CancelTimer } from '../core/clock';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import { decideWithName, plainAddress } from './access-list';
import { InboundConnection } from './connection';
import { type ConnectDecision, decideConnect } from './connection-control';
import { createEndedSessions } from './ended-sessions';
import { replies } from './replies';
import type { SessionServices } from './session';

/** Idle sessions are looked for this often; one timer for all costs less than one timer each. */
const sweepIntervalMs = 1000;
/** How long a refused client may take to close its side. */
const refusedLingerMs = 1000;

export class InboundServer extends SMTPServer {
  readonly services: SessionServices;
  readonly sessions = new Map<string, InboundConnection>();
  /** Those that are over, for a while. */
  readonly ended = createEndedSessions();
  /** Every open socket, also of sessions that have said goodbye. */
  readonly sockets = new Set<Socket>();
  /** Sockets whose host name is being looked up before they get a session. */
  #admittingCount = 0;
  readonly #idPrefix: string;
  #count = 0;
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
    this.#idPrefix = `${services.serverId}-${services.clock.now().toString(36)}`;
  }

  /**
   * Takes a new socket. It goes to `connect` at once and not through the library's queue: between the two a
   * reset by the peer would be an error that nobody listens to.
   */
  accept(socket: Socket, isServing: boolean): void {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      if (this.sockets.size === 0) this.#onEmpty?.();
    });
    if (!isServing) refuse(socket, replies.notAvailable);
    else if (this.sessions.size + this.#admittingCount >= this.services.policy().maxConnections)
      refuse(socket, replies.tooManyConnections);
    else this.#admit(socket);
  }

  /** Connection control. Whoever is refused costs no session; whoever may be in a listed domain waits for DNS. */
  #admit(socket: Socket): void {
    const peerAddress = plainAddress(socket.remoteAddress ?? '');
    const policy = this.services.policy().connect;
    const decision = decideWithName(
      (hostName) => decideConnect({ peerAddress, hostName, policy }),
      () => this.services.verifyHostName(peerAddress),
    );
    if (!(decision instanceof Promise)) {
      this.#answer(socket, decision);
      return;
    }
    // Until it has a session, nobody else listens to its errors.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    this.#admittingCount++;
    void decision.then((decided) => {
      this.#admittingCount--;
      socket.off('error', onError);
      if (socket.destroyed) return;
      if (this.services.isStopping()) refuse(socket, replies.notAvailable);
      else this.#answer(socket, decided);
    });
  }

  #answer(socket: Socket, decision: ConnectDecision): void {
    if (decision.allowed) this.connect(socket);
    else refuse(socket, decision.status);
  }

  override connect(socket: Socket): void {
    const connection = new InboundConnection(this, socket, `${this.#idPrefix}-${++this.#count}`);
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

  #sweep(): void {
    const nowMs = this.services.clock.now();
    const { idleTimeoutMs } = this.services.policy();
    for (const connection of this.sessions.values()) connection.closeWhenIdle(nowMs, idleTimeoutMs);
    this.#cancelSweep =
      this.sessions.size === 0
        ? undefined
        : this.services.clock.startTimer(() => this.#sweep(), sweepIntervalMs);
  }

  /** Resolves when no socket is left; after `graceMs` those that are left are cut. */
  drain(graceMs: number): Promise<void> {
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

/** One line and goodbye, without a session: this is the answer to too many connections. */
function refuse(socket: Socket, status: SmtpStatus): void {
  socket.on('error', () => socket.destroy());
  socket.end(`${formatStatus(status)}\r\n`, 'latin1');
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), refusedLingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
