/**
 * The one place that wires settings -> engine -> API; both hosts call it. Nothing is opened before `start`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiRouter, createApiRouter } from './api/dispatch';
import type { FirstRunNote, Services } from './api/handlers/services';
import { openAdmission, ownerOf, whyNobodyElse } from './api/http/computer-access';
import type { Admission } from './api/http/control-admission';
import { createKeptWarnings } from './api/kept-warnings';
import { createLiveFeed } from './api/live-feed';
import { openCertificates } from './certificates';
import { type ChangeRecord, createChangeRecord } from './changes';
import { systemClock } from './engine/core/clock';
import { emptyKeyring, type Keyring } from './engine/core/keyring';
import { reasonOf } from './engine/core/problem';
import { isDoneWithin } from './engine/core/within';
import { removeFile, replaceFile } from './engine/disk/durable';
import { Engine } from './engine/engine';
import { openMailChecks } from './mail-checks';
import { openMailIndex } from './mail-index';
import { createGssapi, systemAccounts } from './native';
import { openSignIns } from './oauth';
import { firstSystemOperators, openPeople, type People } from './people';
import { createFirstDocument, suggestFullyQualifiedDomainName } from './settings/first-run';
import { type Binding, type Endpoint, readSettingsDocument, type Settings } from './settings/schema';
import { createSecretBox } from './settings/secret-box';
import { openSettings, type SettingsFile, type SettingsStore } from './settings/store';
import { openTrace } from './trace';

export type { SettingsFile } from './settings/store';

export interface ComposeOptions {
  readonly dataFolder: string;
  readonly host: 'desktop' | 'service';
  readonly settingsFile: SettingsFile;
  readonly version: string;
  readonly log: (line: string) => void;
  /** Where the virtual server of a first run listens; it is left there whatever is in the way. */
  readonly firstBinding?: Endpoint;
}

/** Which virtual servers came up, in words for people. */
export interface StartSummary {
  readonly started: readonly {
    readonly name: string;
    readonly bindings: readonly (Pick<Binding, 'address' | 'port'> & Partial<Pick<Binding, 'encryption'>>)[];
  }[];
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  /** Said once: what the first run had to do differently. */
  readonly note?: string;
}

export interface Mailroot {
  readonly router: ApiRouter;
  readonly engine: Engine;
  readonly settings: SettingsStore;
  readonly people: People;
  /** Who may use the control channel. */
  readonly admission: Admission;
  start(): Promise<StartSummary>;
  /** False: a virtual server hangs in a file operation; only the end of the process frees it. */
  stop(graceMs?: number): Promise<boolean>;
  /** Reads the settings file again and applies it. Throws Problem 'settings-broken'; then nothing changed. */
  reloadSettings(): Promise<void>;
}

const defaultStopGraceMs = 5_000;
/** Sessions and attempts have the grace one after the other; the rest is for flushing files. */
const longestStopMs = 10_000;
/** Where the first virtual server goes when port 25 cannot be had (design: first run). */
const firstRunPort = 2525;

/** Builds one Mailroot on a data folder. Throws Problem 'settings-broken' with file, field and reason. */
export function composeMailroot(options: ComposeOptions): Mailroot {
  const { dataFolder, log, version } = options;
  const box = createSecretBox(dataFolder);
  const { store, isFirstRun, lastGood } = openSettings(
    options.settingsFile,
    () =>
      createFirstDocument({
        dataFolder,
        fqdn: suggestFullyQualifiedDomainName(),
        binding: options.firstBinding,
      }),
    box,
  );
  const people = openPeople({
    dataFolder,
    clock: systemClock,
    box,
    system: { names: systemAccounts, whyUnsupported: whyNobodyElse },
  });
  const admission = openAdmission({
    dataFolder,
    systemOperators: people.systemOperators,
    clock: systemClock,
  });
  const changes = createChangeRecord({
    dataFolder,
    clock: systemClock,
    warn: (text) => {
      log(`warning change-not-recorded: ${text}`);
      live.pushSettings();
    },
    onWritten: () => live.pushChanges(),
  });
  const certificates = openCertificates({
    dataFolder,
    box,
    warn: (line) => log(`warning certificate-unreadable: ${line}`),
  });
  const signIns = openSignIns({
    dataFolder,
    box,
    clock: systemClock,
    warn: (line) => log(`warning sign-in: ${line}`),
    onGood: (id) =>
      void engine.signInWorks(id).catch((error: unknown) => log(`warning sign-in: ${reasonOf(error)}`)),
    onChange: () => live.pushSettings(),
  });
  const gssapi = createGssapi({ warn: (line) => log(`warning kerberos-unavailable: ${line}`) });
  const keyring: Keyring = {
    ...emptyKeyring,
    authenticate: people.accounts.authenticate,
    findAccount: people.accounts.find,
    isDisabled: people.accounts.isDisabled,
    allows: people.accounts.allows,
    logOnSecret: people.accounts.logOnSecret,
    noteLogOn: people.accounts.noteLogOn,
    tlsCredentials: certificates.credentialsOf,
    unseal: (secret) => box.open(secret),
    accessToken: signIns.tokens.accessToken,
    decoySecret: () => box.derive('names that nobody has'),
    securityPackage: gssapi,
  };
  const engine = new Engine({
    settings: () => store.current(),
    productVersion: version,
    dataFolder,
    keyring,
  });
  const live = createLiveFeed(engine.clock);
  const warnings = createKeptWarnings(engine.clock);
  const mailIndex = openMailIndex({
    dataFolder,
    onChange: () => live.pushIndex(),
    warn: (text) => log(`warning mail-index: ${text}`),
  });
  let isStarted = false;
  const followFolders = (): void =>
    mailIndex.follow(
      engine.servers.map(({ id, settings, folders }) => ({ id, name: settings.name, folders })),
    );
  engine.onEvent((event) => {
    warnings.push(event);
    live.push(event);
    mailIndex.noteEvent(event);
    if (event.type === 'warning') log(`warning ${event.code}: ${event.text}`);
    if (event.type === 'mail-removed')
      log(
        `${event.count} old messages (${event.sizeBytes} bytes) were removed from ${event.folder} of virtual server ${event.serverId}`,
      );
  });
  store.onChange((now, before) => {
    changes.settingsChanged(now, before);
    warnings.settingsChanged(now, before);
    for (const server of now.servers) engine.addServer(server.id);
    if (isStarted) followFolders();
    live.pushSettings();
  });
  people.onChange((now, before) => {
    changes.peopleChanged(now, before);
    live.pushSettings();
  });
  signIns.store.onChange((now, before) => changes.signInsChanged(now, before));
  certificates.onChange(() => {
    engine.certificatesChanged();
    live.pushSettings();
  });
  const firstRun = openFirstRunNote(join(dataFolder, 'first-run.json'), store);
  const { changeSettings, reloadSettings } = createSettingsChanger(store, engine);
  const trace = openTrace({ dataFolder });
  const mailChecks = openMailChecks({ now: () => engine.clock.now() });
  const router = createApiRouter({
    trace,
    mailChecks,
    engine,
    settings: store,
    changeSettings,
    live,
    version,
    host: options.host,
    dataFolder,
    startedAt: engine.clock.now(),
    log,
    firstRun,
    warnings,
    whyKerberosUnusable: gssapi.whyUnusable,
    people,
    certificates,
    signIns,
    changes,
    mailIndex,
  });
  const recordOf = createStartRecord(changes);

  async function admitFirst(): Promise<void> {
    if (!isFirstRun || whyNobodyElse() !== undefined) return;
    const { platform } = process;
    const administratorsGroup = await systemAccounts.administratorsGroup();
    for (const entry of firstSystemOperators({
      ownerId: ownerOf(dataFolder),
      platform,
      administratorsGroup,
    })) {
      const act = { action: 'systemOperators.create', subject: `${entry.kind} ${entry.name}` };
      await recordOf
        .start(act, () => people.systemOperators.create(entry))
        .then(() =>
          log(
            `Members of the ${entry.kind} ${entry.name} may use the command line; mailroot operator dismiss ${entry.kind} ${entry.name} takes that back.`,
          ),
        )
        .catch((error: unknown) => {
          log(`warning operator-not-admitted: ${reasonOf(error)}`);
        });
    }
  }

  async function moveOffPort25(): Promise<string | undefined> {
    const [server] = engine.servers;
    const problem = server?.problem;
    if (options.firstBinding !== undefined) return undefined;
    if (!isFirstRun || !server || (problem?.code !== 'port-in-use' && problem?.code !== 'port-forbidden'))
      return undefined;
    await recordOf.start({ action: 'servers.set', subject: server.settings.name }, () =>
      changeSettings((now) => ({
        ...now,
        servers: now.servers.map((entry) =>
          entry.id === server.id ? { ...entry, bindings: [{ address: '', port: firstRunPort }] } : entry,
        ),
      })),
    );
    await firstRun.write({ serverId: server.id, reason: problem.message });
    await server.start().catch(() => undefined);
    return `${problem.message} ${server.settings.name} uses port ${firstRunPort} instead.`;
  }

  return {
    router,
    engine,
    settings: store,
    people,
    admission,
    async start() {
      if (lastGood) await recordOf.file(async () => changes.settingsChanged(store.current(), lastGood));
      await engine.start();
      signIns.start();
      isStarted = true;
      followFolders();
      // The mailroot is there by now, and is closed to those who get to pass by it.
      await admitFirst();
      const note = await moveOffPort25();
      const wanted = engine.servers.filter((server) => server.settings.startsAutomatically);
      return {
        started: wanted
          .filter((server) => server.state === 'started')
          .map((server) => ({ name: server.settings.name, bindings: server.settings.bindings })),
        failed: wanted
          .filter((server) => server.state === 'failed')
          .map((server) => ({ name: server.settings.name, reason: server.problem?.message ?? 'unknown' })),
        ...(note === undefined ? {} : { note }),
      };
    },
    async stop(graceMs = defaultStopGraceMs) {
      const limitMs = longestStopMs + graceMs;
      signIns.close();
      // Whatever becomes of it: it is a cache, and marks are on the disk by now.
      const indexClosed = mailIndex
        .close()
        .catch((error: unknown) => log(`warning mail-index: ${reasonOf(error)}`));
      const threads = (): Promise<unknown> => Promise.all([gssapi.whenIdle(), systemAccounts.whenIdle()]);
      const stopped = Promise.all([
        engine.stop(graceMs).then(threads),
        indexClosed,
        trace.close(),
        mailChecks.close(),
      ]);
      const isStopped = await isDoneWithin({ clock: systemClock, limitMs }, stopped);
      if (!isStopped)
        log(
          'Not everything could be closed: a disk or network share does not answer. What was accepted is in Queue.',
        );
      return isStopped;
    },
    // A file that cannot be used is something that consoles show.
    reloadSettings: () => recordOf.file(reloadSettings).finally(() => live.pushSettings()),
  };
}

/** Records what nobody asked for by a call: what the start does by itself, and what was written into the settings file. */
function createStartRecord(changes: ChangeRecord) {
  return {
    start: <T>({ action, subject }: { action: string; subject: string }, run: () => Promise<T>): Promise<T> =>
      changes.during({ who: 'Mailroot', via: 'start', action }, run, () => subject),
    file: (run: () => Promise<void>): Promise<void> =>
      changes.during({ who: 'file', via: 'file', action: 'settings.file' }, run, ({ hasChanges }) =>
        hasChanges ? 'settings file' : undefined,
      ),
  };
}

/**
 * Changes settings and the running engine together, one change after another. When the engine cannot follow
 * (a new address that is taken), the settings are put back, what was stopped for them runs again, and the caller
 * is told why. A reload is not put back: there the file is what people wrote.
 */
function createSettingsChanger(
  store: SettingsStore,
  engine: Engine,
): { changeSettings: Services['changeSettings']; reloadSettings: () => Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  const oneAfterAnother = <T>(run: () => Promise<T>): Promise<T> => {
    const done = last.then(run);
    last = done.catch(() => undefined);
    return done;
  };
  const removeGone = async (gone: readonly { readonly id: number }[]): Promise<void> => {
    await Promise.all(gone.map(({ id }) => engine.removeServer(id)));
  };
  return {
    changeSettings: (change) =>
      oneAfterAnother(async () => {
        const before = store.current();
        const wanted = change(before);
        const read = readSettingsDocument(wanted);
        // What is no document is for the store to refuse.
        if (read.success) await engine.proveFolders(read.data);
        const next = store.update(() => wanted);
        const gone = goneServers(before, next);
        const stopped = gone.filter(({ id }) => engine.server(id).isRunning);
        try {
          // First: their addresses may be wanted by others.
          await removeGone(gone);
          await engine.settingsChanged(before);
          return next;
        } catch (error) {
          store.putBack(before);
          await engine.settingsChanged(next).catch(() => undefined);
          for (const { id } of stopped)
            await engine
              .server(id)
              .start()
              .catch(() => undefined);
          throw error;
        }
      }),
    reloadSettings: () =>
      oneAfterAnother(async () => {
        const before = store.current();
        await removeGone(goneServers(before, store.reload()));
        await engine.settingsChanged(before);
      }),
  };
}

function goneServers(before: Settings, now: Settings): Settings['servers'] {
  return before.servers.filter((server) => !now.servers.some((other) => other.id === server.id));
}

/** The note lives beside the settings, because the console that shows it may be opened days later. */
function openFirstRunNote(
  path: string,
  store: SettingsStore,
): FirstRunNote & { write(note: { serverId: number; reason: string }): Promise<void> } {
  let note: { serverId: number; reason: string } | undefined;
  if (existsSync(path)) {
    try {
      const read = JSON.parse(readFileSync(path, 'utf8')) as { serverId?: unknown; reason?: unknown };
      if (typeof read.serverId === 'number' && typeof read.reason === 'string')
        note = { serverId: read.serverId, reason: read.reason };
    } catch {
      // A hint only; a damaged one is not worth stopping for.
    }
  }
  // Looked at when asked, not forgotten at a change: a move that fails is put back, and the note is true again.
  const isTrue = (): boolean =>
    store
      .current()
      .servers.some(
        (server) =>
          server.id === note?.serverId && server.bindings.some((pair) => pair.port === firstRunPort),
      );
  if (note && !isTrue()) {
    note = undefined;
    removeFile(path).catch(() => undefined);
  }
  return {
    current: () => (isTrue() ? note : undefined),
    async write(next) {
      note = next;
      await replaceFile(path, Buffer.from(JSON.stringify(next)));
    },
  };
}
