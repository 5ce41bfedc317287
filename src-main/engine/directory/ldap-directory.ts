/**
 * The directory of one virtual server: its connection, what is remembered of it, and what it says about addresses.
 *
 * Owns: at most one connection, opened when it is needed and again when it was lost; counters since the start.
 * Promises: a directory that cannot be asked, or refuses the log-in, is a failure for now, never a refusal of mail;
 *   it is warned of once until it answers again; changed settings are followed at the next question.
 * Fails: `resolve` never, but when its signal says that nobody waits; `examine` with a Problem in words.
 */
import type { Clock } from '../core/clock';
import type { DirectoryRoute } from '../core/delivery';
import type { Emit } from '../core/event';
import { Problem, reasonOf } from '../core/problem';
import { directoryFailure, type ResolutionAnswer, type ResolutionQuestion } from '../core/resolution';
import { createStatus } from '../core/smtp-status';
import { type ConnectionMeans, type DirectoryConnection, openConnection } from './connection';
import { type DirectorySettings, fingerprintOf } from './directory-settings';
import { createLookUp, type LookUp, LookUpMemory } from './look-up';
import { type ResolutionCounters, resolveAddresses } from './resolver';
import { schemaOf } from './schemas';

export interface DirectoryCounters extends ResolutionCounters {
  /** Questions to the server. */
  lookups: number;
  /** Questions that needed none. */
  cacheHits: number;
  /** Connections or questions that failed. */
  failures: number;
}

export interface DirectoryStatus {
  readonly isEnabled: boolean;
  readonly isConnected: boolean;
  /** "ldap.corp.test:389" */
  readonly server?: string;
  readonly base?: string;
  /** Why it cannot be asked at the moment. */
  readonly problem?: string;
  readonly problemSince?: number;
  readonly counters: Readonly<DirectoryCounters>;
}

export interface LdapDirectory {
  /** Undefined: LDAP routing is off. Another destination when mail that waits should be tried at once. */
  readonly route: DirectoryRoute | undefined;
  resolve(question: ResolutionQuestion, signal: AbortSignal): Promise<ResolutionAnswer>;
  status(): DirectoryStatus;
  close(): void;
}

export interface LdapDirectoryOptions extends ConnectionMeans {
  readonly serverId: number;
  readonly settings: () => DirectorySettings;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Of the default domain or an alias. */
  readonly isLocal: (address: string) => boolean;
  /** Default: over the network. */
  readonly connect?: typeof openConnection;
}

const minuteMs = 60_000;
/** RFC 3463 X.4.3: directory server failure. What exactly, is for the log: it names hosts and accounts. */
const failed = (cause: string) => createStatus(451, '4.4.3', directoryFailure, cause);

export function createLdapDirectory(options: LdapDirectoryOptions): LdapDirectory {
  return new Ldap(options);
}

/** Settings in force, what is remembered under them, and the connection that was opened with them. */
interface Session {
  readonly fingerprint: string;
  readonly settings: DirectorySettings;
  readonly memory: LookUpMemory;
  /** Set while a connection is being opened. */
  opening?: Promise<DirectoryConnection>;
}

class Ldap implements LdapDirectory {
  readonly #options: LdapDirectoryOptions;
  readonly #counters: DirectoryCounters = {
    lookups: 0,
    cacheHits: 0,
    unresolved: 0,
    ambiguous: 0,
    illegal: 0,
    loops: 0,
    groupsExpanded: 0,
    tooLarge: 0,
    failures: 0,
  };
  #read: { readonly settings: DirectorySettings; readonly route: DirectoryRoute | undefined } | undefined;
  #session: Session | undefined;
  #connected: DirectoryConnection | undefined;
  #problem: { readonly text: string; readonly since: number } | undefined;
  #isClosed = false;

  constructor(options: LdapDirectoryOptions) {
    this.#options = options;
  }

  get route(): DirectoryRoute | undefined {
    const settings = this.#options.settings();
    // Asked for with every message that is looked at.
    if (this.#read?.settings !== settings) {
      const fingerprint = fingerprintOf(settings);
      const route = {
        kind: 'directory',
        destination: `directory ${fingerprint}`,
        rule: 'LDAP routing',
      } as const;
      const isSame = this.#read?.route?.destination === route.destination;
      this.#read = {
        settings,
        route: settings.usesLdapRouting ? (isSame ? this.#read?.route : route) : undefined,
      };
    }
    return this.#read.route;
  }

  async resolve(question: ResolutionQuestion, signal: AbortSignal): Promise<ResolutionAnswer> {
    const { isLocal } = this.#options;
    const session = this.#currentSession();
    const { ldapMaxGroupMembers, ldapRefusesUnknown } = session.settings;
    try {
      const answer = await this.#withLookUp(session, signal, (lookUp) =>
        resolveAddresses(question, {
          lookUp,
          counters: this.#counters,
          maxGroupMembers: ldapMaxGroupMembers,
          refusesUnknown: ldapRefusesUnknown,
          isLocal,
          checkWanted: () => signal.throwIfAborted(),
        }),
      );
      this.#noteSuccess();
      return { kind: 'resolved', ...answer };
    } catch (error) {
      signal.throwIfAborted();
      const reason = reasonOf(error);
      if (session === this.#session) this.#noteFailure(reason);
      return { kind: 'failed', status: failed(reason) };
    }
  }

  status(): DirectoryStatus {
    const connected = this.#connected?.isOpen ? this.#connected : undefined;
    return {
      isEnabled: this.#options.settings().usesLdapRouting,
      isConnected: connected !== undefined,
      ...(connected && { server: connected.server, base: connected.base }),
      ...(this.#problem && { problem: this.#problem.text, problemSince: this.#problem.since }),
      counters: { ...this.#counters },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
  }

  #currentSession(): Session {
    const settings = this.#options.settings();
    const fingerprint = fingerprintOf(settings);
    if (this.#session?.fingerprint === fingerprint) return this.#session;
    this.#leave();
    // What was wrong may be mended; if not, it is said anew.
    this.#problem = undefined;
    const memory = new LookUpMemory(this.#options.clock);
    this.#session = { fingerprint, settings, memory };
    return this.#session;
  }

  #leave(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#connected?.close();
    this.#connected = undefined;
    session?.memory.clear();
  }

  /** Runs `use`; once more when the connection was open before and turns out to be gone (idle ones are closed). */
  async #withLookUp<T>(
    session: Session,
    signal: AbortSignal,
    use: (lookUp: LookUp) => Promise<T>,
  ): Promise<T> {
    const wasOpen = this.#connected?.isOpen === true;
    const connection = await this.#connect(session);
    try {
      return await use(lookUpOver(connection, session.settings, session.memory, this.#counters));
    } catch (error) {
      if (!wasOpen || connection.isOpen || signal.aborted) throw error;
      const again = await this.#connect(session);
      return use(lookUpOver(again, session.settings, session.memory, this.#counters));
    }
  }

  /** Whoever comes while it is being opened waits for the same attempt. */
  #connect(session: Session): Promise<DirectoryConnection> {
    if (this.#session !== session || this.#isClosed) return Promise.reject(this.#changed());
    if (this.#connected?.isOpen) return Promise.resolve(this.#connected);
    session.opening ??= this.#open(session).finally(() => {
      delete session.opening;
    });
    return session.opening;
  }

  async #open(session: Session): Promise<DirectoryConnection> {
    const { connect = openConnection } = this.#options;
    const connection = await connect(session.settings, this.#options);
    if (this.#session !== session || this.#isClosed) {
      connection.close();
      throw this.#changed();
    }
    this.#connected = connection;
    return connection;
  }

  #changed(): Problem {
    return new Problem(
      'unavailable',
      this.#isClosed ? 'The virtual server is being stopped.' : 'The settings of the directory have changed.',
    );
  }

  #noteSuccess(): void {
    if (!this.#problem) return;
    this.#problem = undefined;
    this.#tell('directory-available', 'The directory answers again.');
  }

  #noteFailure(reason: string): void {
    this.#counters.failures++;
    const isNew = this.#problem === undefined;
    this.#problem = { text: reason, since: this.#problem?.since ?? this.#options.clock.now() };
    if (isNew)
      this.#tell(
        'directory-unavailable',
        `LDAP routing: ${reason} Mail waits in Queue until the directory can be asked.`,
      );
  }

  #tell(code: string, text: string): void {
    this.#options.emit({ type: 'warning', serverId: this.#options.serverId, code, text });
  }
}

export function lookUpOver(
  connection: DirectoryConnection,
  settings: DirectorySettings,
  memory: LookUpMemory,
  counters: { lookups: number; cacheHits: number },
): LookUp {
  return createLookUp({
    directory: connection,
    schema: schemaOf(settings),
    memory,
    rememberMs: settings.ldapCacheMinutes * minuteMs,
    mostMembers: settings.ldapMaxGroupMembers * 4,
    counters,
  });
}
