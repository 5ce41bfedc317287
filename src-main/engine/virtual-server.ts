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
import type { Clock } from './core/clock';
import type { Emit, ServerState } from './core/event';
import type { QueueId } from './core/ids';
import type { NotificationRequest } from './core/notification';
import { Problem, reasonOf } from './core/problem';
import { createDeliverer, type Deliverer } from './delivery/deliverer';
import { buildNotification } from './dsn/notification';
import { type Badmail, createBadmail } from './mailroot/badmail';
import { createDrop } from './mailroot/drop';
import { foldersOf, type MailrootFolders, prepareFolders } from './mailroot/folders';
import { type HomeLock, lockHome } from './mailroot/home-lock';
import { createMessageList, type MessageList } from './mailroot/message-list';
import { createPickup, type Pickup } from './mailroot/pickup';
import { createIntake, type Intake } from './queue/accept';
import { recoverQueue } from './queue/recovery';
import { createRunner, type QueueRunner } from './queue/runner';
import { createQueueStore, type QueueStore } from './queue/store';
import { decideRoute } from './routing/route';
import { createTargetResolver } from './routing/targets';
import { createSmtpListener, type SmtpListener } from './smtp-in/listener';

export interface VirtualServerOptions {
  readonly id: number;
  readonly settings: () => ServerSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly createQueueId: () => QueueId;
  readonly productVersion: string;
  readonly dataFolder: string;
  /** True for an address and port that one of this engine's listeners has open: sending there is a loop. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
}

/** The parts that exist only while the virtual server runs. */
interface RunningParts {
  readonly folders: MailrootFolders;
  readonly lock: HomeLock;
  readonly store: QueueStore;
  readonly intake: Intake;
  readonly runner: QueueRunner;
  readonly pickup: Pickup;
  readonly listener: SmtpListener;
  readonly deliverer: Deliverer;
  readonly resolver: { close(): void };
}

/** Sessions and attempts get this long to end by themselves when a virtual server is stopped. */
const stopGraceMs = 5_000;

export class VirtualServer {
  readonly id: number;
  state: ServerState = 'stopped';
  since: number;
  problem: Problem | undefined;
  readonly #options: VirtualServerOptions;
  #parts: RunningParts | undefined;
  #transition: Promise<unknown> = Promise.resolve();
  #lists:
    | { readonly folders: MailrootFolders; readonly drop: MessageList; readonly badmail: MessageList }
    | undefined;

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

  get isRunning(): boolean {
    return this.#parts !== undefined;
  }

  /** Parts of the running server. Throws Problem 'unavailable' while it is stopped. */
  get running(): RunningParts {
    if (!this.#parts)
      throw new Problem('unavailable', `${this.settings.name} is not running. Start it first.`);
    return this.#parts;
  }

  /** Lists of Drop and Badmail; they can be read whether the server runs or not. */
  get lists(): { readonly drop: MessageList; readonly badmail: MessageList } {
    const folders = this.#parts?.folders ?? this.folders;
    const known = this.#lists;
    if (known && known.folders.drop === folders.drop && known.folders.badmail === folders.badmail)
      return known;
    this.closeLists();
    const lists = {
      folders,
      drop: createMessageList({ folder: folders.drop, kind: 'drop' }),
      badmail: createMessageList({ folder: folders.badmail, kind: 'badmail' }),
    };
    this.#lists = lists;
    return lists;
  }

  /** Starts, or continues after a pause. Rejects with the reason when it cannot. */
  start(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.state === 'started') return;
      if (this.state === 'paused') return this.#resume();
      this.problem = undefined;
      this.#enter('starting');
      try {
        this.#parts = await this.#open();
      } catch (error) {
        this.problem =
          error instanceof Problem
            ? error
            : new Problem('internal', reasonOf(error), undefined, { cause: error });
        this.#enter('failed');
        throw this.problem;
      }
      this.#enter('started');
    });
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
      if (!parts) return this.#enter('stopped');
      this.#enter('stopping');
      await this.#close(parts, graceMs);
      this.#parts = undefined;
      this.#enter('stopped');
    });
  }

  /** Applies changed settings that need more than being read again. */
  settingsChanged(before: ServerSettings): Promise<void> {
    return this.#enqueue(async () => {
      const parts = this.#parts;
      if (!parts) return;
      const now = this.settings;
      if (this.state === 'started' && JSON.stringify(before.bindings) !== JSON.stringify(now.bindings)) {
        await parts.listener.rebind(now.bindings);
      }
      parts.runner.reroute();
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
    this.#lists?.drop.close();
    this.#lists?.badmail.close();
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

  async #open(): Promise<RunningParts> {
    const { id, settings, clock, emit, createQueueId, productVersion, dataFolder } = this.#options;
    const folders = this.folders;
    const fqdn = (): string => this.fqdn;
    // What was opened is closed in reverse order when a later step fails.
    const undo: (() => Promise<unknown> | unknown)[] = [];
    try {
      await prepareFolders(folders);
      const lock = await lockHome(folders.home, { dataFolder });
      undo.push(() => lock.release());
      const badmail: Badmail = createBadmail({ folder: folders.badmail, serverId: id, emit, clock });
      const store = createQueueStore({ folder: folders.queue });
      const waiting = await recoverQueue({
        store,
        serverId: id,
        emit,
        quarantine: (damaged) => badmail.putDamaged(damaged),
      });
      const resolver = createTargetResolver({
        settings,
        isOwnAddress: this.#options.isOwnAddress,
        fqdn,
        clock,
      });
      undo.push(() => resolver.close());
      const deliverer = createDeliverer({
        settings,
        fqdn,
        resolveTargets: (route) => resolver.resolve(route),
        clock,
        emit,
        serverId: id,
      });
      undo.push(() => deliverer.close());
      const drop = createDrop({ folder: folders.drop, settings, emit, serverId: id, fqdn, clock });
      const runner: QueueRunner = createRunner({
        serverId: id,
        store,
        settings,
        clock,
        emit,
        route: (address) => decideRoute(address, settings()),
        deliver: (job, signal) =>
          job.route.kind === 'drop' ? drop.deliver(job, signal) : deliverer.deliver(job, signal),
        notify: (request) => this.#notify(request, intake),
        moveToBadmail: async (request) => {
          await badmail.put(request);
        },
      });
      const intake = createIntake({
        serverId: id,
        store,
        settings,
        fqdn,
        productVersion,
        clock,
        createQueueId,
        emit,
        onAccepted: (envelope) => runner.add(envelope),
      });
      undo.push(() => intake.close());
      undo.push(() => runner.stop(0));
      const listener = createSmtpListener({
        serverId: id,
        settings,
        fqdn,
        intake,
        emit,
        clock,
        productVersion,
      });
      const pickup = createPickup({
        folder: folders.pickup,
        settings,
        intake,
        serverId: id,
        clock,
        emit,
        moveToBadmail: async (request) => {
          await badmail.putFile(request);
        },
      });
      undo.push(() => pickup.stop());
      // The port is the likeliest thing to fail: nothing moves before it is ours.
      await listener.open(settings().bindings);
      undo.push(() => listener.close(0));
      runner.start(waiting);
      await pickup.start();
      return { folders, lock, store, intake, runner, pickup, listener, deliverer, resolver };
    } catch (error) {
      for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => undefined);
      throw error;
    }
  }

  async #close(parts: RunningParts, graceMs: number): Promise<void> {
    // Sources first, then the door, then the runner: nothing comes in that nobody would look after.
    await parts.pickup.stop();
    await parts.listener.close(graceMs);
    await parts.runner.stop(graceMs);
    await parts.intake.close();
    await parts.deliverer.close();
    parts.resolver.close();
    await parts.lock.release();
  }

  /** Builds a notification and takes it in through the one door. Resolves when it is accepted. */
  async #notify(request: NotificationRequest, intake: Intake): Promise<void> {
    const { clock, id } = this.#options;
    const built = await buildNotification(request, {
      fqdn: this.fqdn,
      defaultDomain: this.defaultDomain,
      now: clock.now(),
      boundarySeed: `${request.envelope.queueId}${clock.now().toString(36)}`,
    });
    // "Send copy of Non-Delivery Report to": for failures only, and not twice to the same person.
    const copyTo = request.recipients[0]?.action === 'failed' ? this.settings.sendNdrTo : '';
    const recipients = [
      built.recipient,
      ...(copyTo === '' || copyTo.toLowerCase() === built.recipient.toLowerCase() ? [] : [copyTo]),
    ];
    const transaction = intake.open(
      {
        serverId: id,
        sender: '',
        recipients: recipients.map((address) => ({ address })),
        body: '7bit',
        source: { kind: 'notification', about: request.envelope.queueId },
      },
      {},
    );
    try {
      await transaction.write(built.content);
      await transaction.commit();
    } catch (error) {
      await transaction.abort();
      throw error;
    }
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
