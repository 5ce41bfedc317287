/**
 * Seam: smtp-server's server. Makes our connections, keeps the list of sessions, refuses what is too much,
 * and closes idle sessions. It never listens itself: sockets come from listening.ts, so that pausing and a
 * change of bindings leave the sessions alone, and the library's one-way `close` is never called.
 */
import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { CancelTimer } from '../core/clock';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import { InboundConnection } from './connection';
import { replies } from './replies';
import type { SessionServices } from './session';

/** Idle sessions are looked for this often; one timer for all costs less than one timer each. */
const sweepIntervalMs = 1000;
/** How long a refused client may take to close its side. */
const refusedLingerMs = 1000;

export class InboundServer extends SMTPServer {
  readonly services: SessionServices;
  readonly sessions = new Map<string, InboundConnection>();
  /** Every open socket, also of sessions that have said goodbye. */
  readonly sockets = new Set<Socket>();
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
    else if (this.sessions.size >= this.services.policy().maxConnections)
      refuse(socket, replies.tooManyConnections);
    else this.connect(socket);
  }

  override connect(socket: Socket): void {
    const connection = new InboundConnection(this, socket, `${this.#idPrefix}-${++this.#count}`);
    this.connections.add(connection);
    this.sessions.set(connection.id, connection);
    connection.init();
    this.#cancelSweep ??= this.services.clock.startTimer(() => this.#sweep(), sweepIntervalMs);
  }

  /** A connection says that its session is over. */
  release(connection: InboundConnection): void {
    this.sessions.delete(connection.id);
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
