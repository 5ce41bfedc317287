/**
 * One virtual server: builds its parts, hands each what it needs from the others, and moves it through its
 * states. Wiring only; what is decided, is decided in the parts.
 *
 * Owns: the state machine and the order of starting and stopping.
 * Promises: transitions run one after another; a start that fails leaves nothing open and says why; stopping
 *   loses nothing (content and envelope are on disk before anybody was told 250).
 * Fails: `start` rejects with the Problem of the part that failed; the state is then 'failed'.
 */
import { hostname } from 'node:os';
import type { ServerSettings } from '../settings/schema';
import type { BadmailCause, ServerState } from './core/event';
import type { QueueId } from './core/ids';
import type { Keyring } from './core/keyring';
import { Problem, reasonOf } from './core/problem';
import { createDeliveryWatch, type DialogueListener } from './delivery/delivery-watch';
import { foldersOf, type MailrootFolders } from './mailroot/folders';
import { createMessageList, type MessageList } from './mailroot/message-list';
import { openServerDns, type ServerDns } from './server-dns';
import {
  closeParts,
  mtaStsFolderOf,
  openParts,
  type RunningParts,
  type VirtualServerOptions,
} from './server-parts';

/** Sessions and attempts get this long to end by themselves when a virtual server is stopped. */
const stopGraceMs = 5_000;

/** Lists of the folders whose messages rest. */
export type MessageLists = Readonly<Record<'drop' | 'badmail' | 'pickup', MessageList>>;

export class VirtualServer {
  readonly id: number;
  state: ServerState = 'stopped';
  since: number;
  problem: Problem | undefined;
  /** Messages that went to Badmail since Mailroot started, by cause; those that never arose are not in it. */
  readonly badmailCounts = new Map<BadmailCause, number>();
  readonly #options: VirtualServerOptions;
  #parts: RunningParts | undefined;
  #transition: Promise<unknown> = Promise.resolve();
  readonly #watch = createDeliveryWatch();
  #isRetired = false;
  #lists: { readonly folders: MailrootFolders; readonly all: MessageLists } | undefined;

  constructor(options: VirtualServerOptions) {
    this.id = options.id;
    this.#options = options;
    this.since = options.clock.now();
  }

  get settings(): ServerSettings {
    return this.#options.settings();
  }

  /** Fully qualified domain name in force. */
  get fqdn(): string {
    return this.settings.fullyQualifiedDomainName === ''
      ? hostname()
      : this.settings.fullyQualifiedDomainName;
  }

  get defaultDomain(): string {
    return this.settings.domains.find((domain) => domain.type === 'default')?.name ?? this.fqdn;
  }

  get folders(): MailrootFolders {
    return foldersOf(this.settings);
  }

  /** A folder was changed while it runs; the old one is in use until the next start. */
  get isRestartNeeded(): boolean {
    return this.#parts !== undefined && JSON.stringify(this.#parts.folders) !== JSON.stringify(this.folders);
  }

  get keyring(): Keyring {
    return this.#options.keyring;
  }

  /** Gives `run` DNS as this virtual server asks it, whether it runs or not. */
  async withDns<T>(run: (dns: ServerDns) => Promise<T>): Promise<T> {
    if (this.#parts) return run(this.#parts.dns);
    const { settings, clock, isOwnAddress, dataFolder } = this.#options;
    const mtaSts = { folder: mtaStsFolderOf(dataFolder) };
    const dns = openServerDns({ settings, clock, isOwnAddress, fqdn: () => this.fqdn, mtaSts });
    try {
      return await run(dns);
    } finally {
      dns.close();
    }
  }

  get isRunning(): boolean {
    return this.#parts !== undefined;
  }

  /** Parts of the running server. Throws Problem 'unavailable' while it is stopped. */
  get running(): RunningParts {
    if (!this.#parts)
      throw new Problem('unavailable', `${this.settings.name} is not running. Start it first.`);
    return this.#parts;
  }

  /** Lists of Drop, Badmail and Pickup; they can be read whether the server runs or not. */
  get lists(): MessageLists {
    const folders = this.#parts?.folders ?? this.folders;
    const known = this.#lists;
    const kinds = ['drop', 'badmail', 'pickup'] as const;
    if (known && kinds.every((kind) => known.folders[kind] === folders[kind])) return known.all;
    this.closeLists();
    const { emit, clock } = this.#options;
    const pickup = {
      now: () => clock.now(),
      defaultDomain: () => this.defaultDomain,
      defaultSender: () => this.settings.defaultSender,
      whyWaiting: (name: string) =>
        this.#parts
          ? this.#parts.pickup.whyWaiting(name)
          : `${this.settings.name} is not running: nothing is taken from its Pickup folder.`,
    };
    const listOf = (kind: keyof MessageLists): MessageList =>
      createMessageList({
        folder: folders[kind],
        kind,
        now: () => clock.now(),
        pickup,
        onOutdated: () => emit({ type: 'folder-changed', serverId: this.id, folder: kind }),
      });
    const all = { drop: listOf('drop'), badmail: listOf('badmail'), pickup: listOf('pickup') };
    this.#lists = { folders, all };
    return all;
  }

  /** Starts, or continues after a pause. Rejects with the reason when it cannot. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#start());
  }

  async #start(): Promise<void> {
    if (this.#isRetired) throw new Problem('not-found', `${this.settings.name} was deleted.`);
    if (this.state === 'started') return;
    if (this.state === 'paused') return this.#resume();
    this.problem = undefined;
    this.#enter('starting');
    try {
      this.#parts = await openParts(this.#options, {
        folders: this.folders,
        fqdn: () => this.fqdn,
        defaultDomain: () => this.defaultDomain,
        watch: this.#watch,
        lists: () => this.lists,
        countBadmail: (cause) => {
          this.badmailCounts.set(cause, (this.badmailCounts.get(cause) ?? 0) + 1);
        },
      });
    } catch (error) {
      this.problem =
        error instanceof Problem
          ? error
          : new Problem('internal', reasonOf(error), undefined, { cause: error });
      this.#enter('failed');
      throw this.problem;
    }
    this.#enter('started');
  }

  /** No new connections; sessions and delivery go on. */
  pause(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.state === 'paused') return;
      if (this.state !== 'started')
        throw new Problem('refused', `${this.settings.name} is not running, so it cannot be paused.`);
      this.#enter('pausing');
      await this.running.listener.pause();
      this.#enter('paused');
    });
  }

  /** Sessions get 421, delivery stops, waiting mail stays in Queue. */
  stop(graceMs = stopGraceMs): Promise<void> {
    return this.#enqueue(async () => {
      const parts = this.#parts;
      this.problem = undefined;
      if (!parts) return this.#enter('stopped');
      this.#enter('stopping');
      const errors = await closeParts(parts, graceMs);
      this.#parts = undefined;
      this.#enter('stopped');
      for (const error of errors) {
        const text = `${this.settings.name} was stopped, but not everything could be closed: ${reasonOf(error)}`;
        this.#options.emit({ type: 'warning', serverId: this.id, code: 'not-closed', text });
      }
    });
  }

  /** Stops for good, because it leaves the settings: a start that waits behind this is refused. */
  retire(): Promise<void> {
    this.#isRetired = true;
    return this.stop();
  }

  /**
   * Hands out the lines of every attempt to deliver this message as they are said, until the returned function is
   * called. Call it before the message is accepted, or at once when 'message-accepted' tells of it, to miss
   * nothing. Throws Problem 'refused' when too many are watched.
   */
  watchDelivery(queueId: QueueId, listener: DialogueListener): () => void {
    return this.#watch.watch(queueId, listener);
  }

  /** Applies changed settings that need more than being read again. */
  settingsChanged(before: ServerSettings): Promise<void> {
    return this.#enqueue(async () => {
      const parts = this.#parts;
      const now = this.settings;
      // What kept it from starting may just have been mended; if not, `problem` says what it is now.
      if (this.state === 'failed' && JSON.stringify(before) !== JSON.stringify(now))
        await this.#start().catch(() => undefined);
      if (!parts) return;
      if (this.state === 'started' && JSON.stringify(before.bindings) !== JSON.stringify(now.bindings)) {
        await parts.listener.rebind(now.bindings);
      }
      // Who saves a certificate that cannot be used should hear of it now, and not from the first client.
      parts.listener.refreshTls();
      parts.runner.reroute();
      parts.trace.refresh();
      parts.collector.refresh();
      parts.retention.refresh();
    });
  }

  /** Waits until nothing is being started or stopped. */
  settled(): Promise<void> {
    return this.#transition.then(
      () => undefined,
      () => undefined,
    );
  }

  closeLists(): void {
    for (const kind of ['drop', 'badmail', 'pickup'] as const) this.#lists?.all[kind].close();
    this.#lists = undefined;
  }

  async #resume(): Promise<void> {
    try {
      await this.running.listener.rebind(this.settings.bindings);
    } catch (error) {
      this.problem = error instanceof Problem ? error : new Problem('internal', reasonOf(error));
      throw this.problem;
    }
    this.problem = undefined;
    this.#enter('started');
  }

  #enter(state: ServerState): void {
    this.state = state;
    this.since = this.#options.clock.now();
    this.#options.emit({ type: 'server-state', serverId: this.id, state });
  }

  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#transition.then(run, run);
    this.#transition = next.catch(() => undefined);
    return next;
  }
}
