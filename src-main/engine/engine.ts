/**
 * All virtual servers of one data folder: which exist follows from the settings; which run, from their
 * state when Mailroot last ended.
 *
 * Promises: starting one never waits for another's failure; stopping drains all of them together; a virtual server
 *   that hangs in a file operation holds up no change for longer than 15 seconds.
 */
import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, ServerSettings, Settings } from '../settings/schema';
import { type Clock, systemClock } from './core/clock';
import type { EngineEvent } from './core/event';
import { createQueueIdGenerator, type QueueId } from './core/ids';
import { emptyKeyring, type Keyring } from './core/keyring';
import { Problem, reasonOf } from './core/problem';
import { isDoneWithin } from './core/within';
import { proveFolders } from './mailroot/folders';
import { findMailOfSignIn } from './sign-in-mail';
import { explainTakenPort } from './smtp-in/listening';
import { VirtualServer } from './virtual-server';

/** A disk that has not answered by then does not hold up changes any longer. */
const longestWaitMs = 15_000;

export interface EngineOptions {
  /** Settings in force; the object is replaced on change. */
  readonly settings: () => Settings;
  readonly productVersion: string;
  readonly dataFolder: string;
  readonly clock?: Clock;
  /** Default: empty. */
  readonly keyring?: Keyring;
}

/** What happened to each virtual server at start. */
export interface StartReport {
  readonly started: readonly VirtualServer[];
  readonly failed: readonly { readonly server: VirtualServer; readonly problem: Problem }[];
}

export class Engine {
  readonly clock: Clock;
  readonly #options: EngineOptions;
  readonly #servers = new Map<number, VirtualServer>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #createQueueId: () => QueueId;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#createQueueId = createQueueIdGenerator(() => this.clock.now(), randomBytes(4).readUInt32BE());
    for (const server of options.settings().servers) this.#add(server.id);
  }

  /** In the order of the settings. */
  get servers(): VirtualServer[] {
    return this.#options.settings().servers.flatMap((settings) => this.#servers.get(settings.id) ?? []);
  }

  /** Throws Problem 'not-found'. */
  server(id: number): VirtualServer {
    const server = this.#servers.get(id);
    if (!server) throw new Problem('not-found', `There is no virtual server with number ${id}.`);
    return server;
  }

  onEvent(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts every virtual server that was running when Mailroot ended. Never rejects. */
  async start(): Promise<StartReport> {
    const chosen = this.servers.filter((server) => server.settings.startsAutomatically);
    const failed: { server: VirtualServer; problem: Problem }[] = [];
    const started: VirtualServer[] = [];
    await Promise.all(
      chosen.map(async (server) => {
        try {
          await server.start();
          started.push(server);
        } catch (error) {
          failed.push({
            server,
            problem: error instanceof Problem ? error : new Problem('internal', reasonOf(error)),
          });
        }
      }),
    );
    return { started, failed };
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop(graceMs)));
    for (const server of this.#servers.values()) server.closeLists();
  }

  /** A new virtual server appeared in the settings. */
  addServer(id: number): VirtualServer {
    return this.#servers.get(id) ?? this.#add(id);
  }

  /** Stops a virtual server that left the settings, and forgets it; its folders stay. */
  async removeServer(id: number): Promise<void> {
    const server = this.server(id);
    // One that hangs ends when its disk answers; nobody can reach it any more.
    await isDoneWithin({ clock: this.clock, limitMs: longestWaitMs }, server.retire());
    server.closeLists();
    this.#servers.delete(id);
  }

  /**
   * Brings running virtual servers in line with changed settings. Rejects with the first problem (a new
   * address that cannot be listened on); the others are applied nevertheless.
   */
  async settingsChanged(before: Settings): Promise<void> {
    const results = await Promise.allSettled(
      this.#options.settings().servers.map(async (now) => {
        const old = before.servers.find((server) => server.id === now.id);
        // Not by identity: each change makes the whole document anew, and a large queue takes time to look through.
        if (old && !isDeepStrictEqual(old, now)) await this.#follow(this.server(now.id), old);
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /**
   * Rejects with Problem 'folder-unusable' when a folder that `next` names anew could not be used: what is saved can be
   * started. The field is a path within the document.
   */
  async proveFolders(next: Settings): Promise<void> {
    const before = this.#options.settings();
    for (const [index, server] of next.servers.entries()) {
      try {
        const proving = proveFolders(
          server,
          before.servers.find((old) => old.id === server.id),
        );
        if (!(await isDoneWithin({ clock: this.clock, limitMs: longestWaitMs }, proving)))
          throw new Problem('folder-unusable', 'The disk of this folder does not answer.', 'homeDirectory');
      } catch (error) {
        if (!(error instanceof Problem) || error.field === undefined) throw error;
        const options = { cause: error };
        throw new Problem(error.code, error.message, `servers.${index}.${error.field}`, options);
      }
    }
  }

  /**
   * Why a binding could not be opened now; undefined when it could, or when a virtual server of ours has it open.
   * Listens on it for a moment.
   */
  async explainTakenPort(binding: Endpoint): Promise<string | undefined> {
    const isOurs = this.servers.some(
      (server) =>
        server.isRunning &&
        server.running.listener
          .boundPorts()
          .some(
            (pair) =>
              pair.port === binding.port &&
              (pair.address === binding.address || isWildcard(pair.address) || isWildcard(binding.address)),
          ),
    );
    return isOurs ? undefined : explainTakenPort(binding);
  }

  /** A certificate was made, renewed or removed: sessions from now on get what the settings name. */
  certificatesChanged(): void {
    for (const server of this.#servers.values()) if (server.isRunning) server.running.listener.refreshTls();
  }

  /** An OAuth2 sign-in gives tokens again: mail that waits for a host that logs in with it is tried at once. */
  async signInWorks(signIn: string): Promise<void> {
    const running = [...this.#servers.values()].filter((server) => server.isRunning);
    for (const server of running) {
      const mail = await findMailOfSignIn(server, signIn);
      if (mail.length > 0 && server.isRunning) server.running.runner.retry(mail);
    }
  }

  async #follow(server: VirtualServer, old: ServerSettings): Promise<void> {
    const warn = (text: string): void =>
      this.#tell({ type: 'warning', serverId: server.id, code: 'settings-not-followed', text });
    const isDone = await isDoneWithin(
      { clock: this.clock, limitMs: longestWaitMs },
      server.settingsChanged(old),
      (error) =>
        warn(`${server.settings.name} could not follow a change of its settings: ${reasonOf(error)}`),
    );
    if (!isDone)
      warn(
        `${server.settings.name} is ${server.state} and does not answer. It follows the changed settings when its disk answers.`,
      );
  }

  /** A listener's fault must not reach the part that is in the middle of a message. */
  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(`A listener failed on ${event.type}: ${reasonOf(error)}`);
      }
    }
  }

  #add(id: number): VirtualServer {
    let last = this.#options.settings().servers.find((server) => server.id === id);
    const server = new VirtualServer({
      id,
      settings: () => {
        // A removed server still needs its settings while it stops.
        last = this.#options.settings().servers.find((candidate) => candidate.id === id) ?? last;
        if (!last) throw new Problem('not-found', `There is no virtual server with number ${id}.`);
        return last;
      },
      clock: this.clock,
      emit: (event) => this.#tell(event),
      createQueueId: this.#createQueueId,
      productVersion: this.#options.productVersion,
      dataFolder: this.#options.dataFolder,
      keyring: this.#options.keyring ?? emptyKeyring,
      isOwnAddress: (address, port) => isOwnAddress(server, address, port),
    });
    this.#servers.set(id, server);
    return server;
  }
}

/**
 * One virtual server may hand mail to another of this computer, which has domains of its own; a circle over two
 * of them ends at the maximum hop count, as over any other servers.
 */
function isOwnAddress(server: VirtualServer, address: string, port: number): boolean {
  // A stopped one sends nothing; asked about it, its own identities count.
  const bound = server.isRunning ? server.running.listener.boundPorts() : server.settings.bindings;
  return bound.some(
    (pair) =>
      pair.port === port && (isWildcard(pair.address) ? isLocalAddress(address) : pair.address === address),
  );
}

const isWildcard = (address: string): boolean => address === '' || address === '::' || address === '0.0.0.0';

/** An address of this computer. */
function isLocalAddress(address: string): boolean {
  if (address === '::1' || address.startsWith('127.')) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((facts) => facts.address === address));
}
