/**
 * The parts of a running virtual server: built in order, each given what it needs from the others as
 * functions; closed in the order in which nothing can be left behind.
 *
 * Promises: `openParts` opens all or nothing.
 * Fails: with the Problem of the part that could not be opened.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ServerSettings } from '../settings/schema';
import type { Collector } from './collection/collector';
import type { Clock } from './core/clock';
import type { BadmailCause, Emit } from './core/event';
import type { QueueId } from './core/ids';
import type { Keyring } from './core/keyring';
import { createDeliverer, type Deliverer } from './delivery/deliverer';
import type { DeliveryWatch } from './delivery/delivery-watch';
import { createLdapDirectory, type LdapDirectory } from './directory/ldap-directory';
import { createMailCollection } from './mail-collection';
import { createBadmail } from './mailroot/badmail';
import { createDrop } from './mailroot/drop';
import { type MailrootFolders, prepareFolders } from './mailroot/folders';
import { type HomeLock, lockHome } from './mailroot/home-lock';
import type { MessageList } from './mailroot/message-list';
import { createPickup, type Pickup } from './mailroot/pickup';
import { createRetention, type Retention } from './mailroot/retention';
import { sendNotification } from './notification-sender';
import { createProtocolLog, type ProtocolLog } from './protocol-log/protocol-log';
import { createIntake, type Intake } from './queue/accept';
import { createMessageReader } from './queue/message-reader';
import { recoverQueue } from './queue/recovery';
import { createRunner, type QueueRunner } from './queue/runner';
import { createQueueStore, type QueueStore } from './queue/store';
import { createRemoteTrigger } from './remote-trigger';
import { decideRoute } from './routing/route';
import { openServerDns, type ServerDns } from './server-dns';
import { createSmtpListener, type SmtpListener } from './smtp-in/listener';
import { createTraceJournal, type TraceJournal } from './trace/journal';
import { acceptedRecord, badPickupRecord, damagedRecord, tracedDrop } from './trace-records';

export interface VirtualServerOptions {
  readonly id: number;
  readonly settings: () => ServerSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly createQueueId: () => QueueId;
  readonly productVersion: string;
  readonly dataFolder: string;
  readonly keyring: Keyring;
  /** True for an address and port that this virtual server's own listener has open: sending there is a loop. */
  readonly isOwnAddress: (address: string, port: number) => boolean;
}

/** The parts that exist only while the virtual server runs. */
export interface RunningParts {
  readonly folders: MailrootFolders;
  readonly lock: HomeLock;
  readonly store: QueueStore;
  readonly intake: Intake;
  readonly runner: QueueRunner;
  readonly pickup: Pickup;
  readonly collector: Collector;
  readonly retention: Retention;
  readonly listener: SmtpListener;
  readonly deliverer: Deliverer;
  readonly protocolLog: ProtocolLog;
  readonly trace: TraceJournal;
  readonly dns: ServerDns;
  readonly directory: LdapDirectory;
}

/** Shared by all virtual servers. */
export const mtaStsFolderOf = (dataFolder: string): string => join(dataFolder, 'MTA-STS');

/** Has a folder for each virtual server, by number. */
const traceFolderOf = (dataFolder: string): string => join(dataFolder, 'Trace');

/** What the parts ask of their virtual server; may change while it runs. */
export interface ServerFacts {
  readonly folders: MailrootFolders;
  /** Fully qualified domain name in force. */
  readonly fqdn: () => string;
  readonly defaultDomain: () => string;
  /** Outlives the parts, as counters do: a message went to Badmail. */
  readonly countBadmail: (cause: BadmailCause) => void;
  /** Outlive the parts: the folders can be read while it is stopped. */
  readonly lists: () => Readonly<Record<'drop' | 'badmail' | 'pickup', MessageList>>;
  /** Outlives the parts: whoever waits for a message may wait through a restart. */
  readonly watch: DeliveryWatch;
}

/** Builds and starts all parts. */
export async function openParts(options: VirtualServerOptions, facts: ServerFacts): Promise<RunningParts> {
  const { id, settings, clock, emit, createQueueId, productVersion, dataFolder } = options;
  const { folders, fqdn, defaultDomain } = facts;
  // What was opened is closed in reverse order when a later step fails.
  const undo: (() => Promise<unknown> | unknown)[] = [];
  try {
    await prepareFolders(folders);
    const lock = await lockHome(folders.home, { dataFolder });
    undo.push(() => lock.release());
    const protocolLog = createProtocolLog({
      serverId: id,
      settings,
      defaultFolder: join(dataFolder, 'LogFiles'),
      computerName: hostname(),
      productVersion,
      clock,
      emit,
    });
    undo.push(() => protocolLog.close());
    const trace = createTraceJournal({
      serverId: id,
      folder: join(traceFolderOf(dataFolder), String(id)),
      settings,
      clock,
      emit,
    });
    undo.push(() => trace.close());
    const badmail = createBadmail({
      folder: folders.badmail,
      serverId: id,
      emit,
      clock,
      count: facts.countBadmail,
    });
    const store = createQueueStore({ folder: folders.queue });
    const waiting = await recoverQueue({ store, serverId: id, emit });
    const dns = openServerDns({
      settings,
      fqdn,
      clock,
      isOwnAddress: options.isOwnAddress,
      mtaSts: {
        folder: mtaStsFolderOf(dataFolder),
        warn: (reason) =>
          emit({
            type: 'warning',
            serverId: id,
            code: 'mta-sts-unwritable',
            text: `MTA-STS policies cannot be kept on disk (${reason}); after a restart they are fetched again.`,
          }),
      },
    });
    undo.push(() => dns.close());
    const deliverer = createDeliverer({
      settings,
      fqdn,
      resolveTargets: dns.resolveTargets,
      clock,
      emit,
      serverId: id,
      keyring: options.keyring,
      watch: facts.watch,
      trace,
      logProtocol: protocolLog.write,
    });
    undo.push(() => deliverer.close());
    const drop = createDrop({ folder: folders.drop, settings, emit, serverId: id, fqdn, clock });
    const directory = createLdapDirectory({
      serverId: id,
      settings,
      clock,
      emit,
      unseal: (secret) => options.keyring.unseal(secret),
      findServers: dns.findDirectoryServers,
      isLocal: (address) => decideRoute({ recipient: address, sender: '' }, settings()).kind === 'drop',
    });
    undo.push(() => directory.close());
    const intoDrop = tracedDrop(
      trace,
      (job, signal) => drop.deliver(job, signal),
      () => clock.now(),
    );
    const runner: QueueRunner = createRunner({
      serverId: id,
      trace,
      store,
      read: createMessageReader({
        store,
        serverId: id,
        emit,
        quarantine: async (damaged) => {
          const record = damagedRecord(damaged, clock.now());
          if (record) await trace.write(record);
          return badmail.putDamaged(damaged);
        },
      }),
      settings,
      clock,
      emit,
      route: (address, sender, way) => decideRoute({ recipient: address, sender, way }, settings()),
      directory,
      deliver: (job, signal) =>
        job.route.kind === 'drop' ? intoDrop(job, signal) : deliverer.deliver(job, signal),
      notify: (request) =>
        sendNotification(request, { serverId: id, settings, clock, fqdn, defaultDomain, intake }),
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
      onAccepted: (envelope) => {
        const isTraced = trace.write(acceptedRecord(envelope, clock.now()));
        runner.add(envelope);
        return isTraced;
      },
    });
    undo.push(() => intake.close());
    undo.push(() => runner.stop(0));
    const listener = createSmtpListener({
      serverId: id,
      trigger: createRemoteTrigger({ serverId: id, emit, settings, runner, deliverer }),
      verifyHostName: dns.verifyHostName,
      settings,
      fqdn,
      intake,
      emit,
      clock,
      productVersion,
      keyring: options.keyring,
      trace,
      logProtocol: protocolLog.write,
    });
    const pickup = createPickup({
      folder: folders.pickup,
      settings,
      intake,
      serverId: id,
      clock,
      emit,
      moveToBadmail: async (request) => {
        const id = await badmail.putFile(request);
        await trace.write(badPickupRecord({ ...request, id }, clock.now()));
      },
    });
    undo.push(() => pickup.stop());
    // The port is the likeliest thing to fail: nothing moves before it is ours.
    await listener.open(settings().bindings);
    undo.push(() => listener.close(0));
    // Before the runner: it could finish a message whose claimed Pickup file is still there to tell of it.
    await pickup.recover();
    runner.start(waiting);
    // Whoever starts a relay anew often did so because the other side is back.
    runner.retry();
    await pickup.start();
    // Last: what it brings needs all the others.
    const collector = createMailCollection({
      serverId: id,
      settings,
      fqdn,
      clock,
      emit,
      keyring: options.keyring,
      logProtocol: protocolLog.write,
      dns,
      listener,
    });
    const retention = createRetention({ serverId: id, settings, lists: facts.lists, folders, clock, emit });
    retention.start();
    return {
      folders,
      lock,
      store,
      intake,
      runner,
      pickup,
      collector,
      retention,
      listener,
      deliverer,
      dns,
      directory,
      protocolLog,
      trace,
    };
  } catch (error) {
    for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => undefined);
    throw error;
  }
}

/**
 * Ends all parts; sessions and attempts get `graceMs`. A part that cannot be ended in order (its folder is gone)
 * does not keep the others open. Never rejects; answers what went wrong.
 */
export async function closeParts(parts: RunningParts, graceMs: number): Promise<readonly unknown[]> {
  // Sources first, then the door, then the runner: nothing comes in that nobody would look after.
  const steps: readonly (() => Promise<unknown> | unknown)[] = [
    () => parts.pickup.stop(),
    () => parts.retention.stop(),
    // Together: a host that hands mail over ends when the listener says goodbye.
    () => Promise.all([parts.collector.close(), parts.listener.close(graceMs)]),
    () => parts.runner.stop(graceMs),
    () => parts.directory.close(),
    () => parts.intake.close(),
    () => parts.store.close(),
    () => parts.deliverer.close(),
    () => parts.dns.close(),
    () => parts.protocolLog.close(),
    () => parts.trace.close(),
    () => parts.lock.release(),
  ];
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
