/**
 * One connection to the directory server: opened, logged in, and used by all questions at once until it is lost.
 *
 * Owns: the one use of ldapts, which is loaded with the first connection and not before.
 * Promises: a connection that is lost stays lost (the library would come back without encryption and log-in);
 *   every question ends within its time limit; addresses reach the server as values, never as parts of a filter's text.
 * Fails: with Problems in words for an administrator; no password is in them.
 */
import type { Duplex } from 'node:stream';
import type { Client, Entry, Filter } from 'ldapts';
import { localPartOf } from '../core/address';
import type { Clock } from '../core/clock';
import { Problem, reasonOf } from '../core/problem';
import type { Directory, DirectoryEntry, DirectoryFilter } from './directory';
import { bindNameOf, type DirectorySettings, portOf, refuseImpossibleBinding } from './directory-settings';
import { fillFilter } from './filter';
import { openWire, serverName } from './wire';

export interface ConnectionMeans {
  readonly clock: Clock;
  /** Opens a stored password; throws when it cannot be opened. */
  readonly unseal: (sealed: string) => string;
  /** Servers of an Active Directory domain, in the order in which they should be tried. Rejects with a Problem. */
  readonly findServers: (domain: string) => Promise<readonly { host: string; port: number }[]>;
}

export interface DirectoryConnection extends Directory {
  readonly isOpen: boolean;
  /** "ldap.corp.test:389, encrypted" and the base, for people. */
  readonly server: string;
  readonly base: string;
  close(): void;
}

/** For connecting with encryption, and for the log-in. */
const openLimitMs = 10_000;
/** For one question. */
const questionLimitMs = 15_000;
/** Two would tell that an address is not clear; more would only cost. */
const mostFound = 3;
/** Servers of a domain that are tried one after another. */
const mostServers = 3;

type Library = typeof import('ldapts');

export async function openConnection(
  settings: DirectorySettings,
  means: ConnectionMeans,
): Promise<DirectoryConnection> {
  refuseImpossibleBinding(settings, process.platform);
  const login = loginOf(settings, means);
  const library = await import('ldapts');
  let failure: unknown;
  for (const server of await serversOf(settings, means)) {
    try {
      return await openAt(server, { settings, means, library, login });
    } catch (error) {
      failure = error;
      // A wrong password is wrong at all of them, and trying it there locks the account out.
      if (error instanceof Problem && error.code === 'refused') throw error;
    }
  }
  throw failure;
}

interface Login {
  readonly name: string;
  readonly password: string;
}

function loginOf(settings: DirectorySettings, { unseal }: ConnectionMeans): Login | undefined {
  if (settings.ldapBinding === 'anonymous') return undefined;
  let password: string;
  try {
    password = unseal(settings.ldapPassword);
  } catch {
    throw new Problem(
      'refused',
      'The stored password for the directory cannot be opened; enter it again.',
      'ldapPassword',
    );
  }
  // RFC 4513 section 5.1.2: without a password the server would take it for nobody, and say that all is well.
  if (password === '') throw new Problem('refused', 'Enter the password for the directory.', 'ldapPassword');
  return { name: bindNameOf(settings), password };
}

async function serversOf(
  settings: DirectorySettings,
  { findServers }: ConnectionMeans,
): Promise<readonly { host: string; port: number }[]> {
  const { ldapServer, ldapDomain, ldapPort, ldapEncryption } = settings;
  if (ldapServer !== '') return [{ host: ldapServer.replace(/^\[(.*)\]$/, '$1'), port: portOf(settings) }];
  if (ldapDomain === '') throw new Problem('refused', 'Enter the directory server.', 'ldapServer');
  const found = await findServers(ldapDomain);
  return (
    found
      .slice(0, mostServers)
      // DNS tells the port for LDAP; LDAPS has another one.
      .map(({ host, port }) => ({
        host,
        port: ldapPort ?? (ldapEncryption === 'ldaps' ? portOf(settings) : port),
      }))
  );
}

async function openAt(
  server: { readonly host: string; readonly port: number },
  facts: {
    readonly settings: DirectorySettings;
    readonly means: ConnectionMeans;
    readonly library: Library;
    readonly login: Login | undefined;
  },
): Promise<DirectoryConnection> {
  const { settings, means, library, login } = facts;
  const wire = await openWire({
    ...server,
    encryption: settings.ldapEncryption,
    verifiesCertificate: settings.ldapVerifiesCertificate,
    clock: means.clock,
    limitMs: openLimitMs,
  });
  const name = serverName(server);
  let uses = 0;
  const client = new library.Client({
    url: 'ldap://wire',
    createConnection: (() => {
      if (uses++ > 0) throw new Problem('unavailable', `The connection to ${name} was lost.`);
      return wire;
    }) as never,
  });
  const connection = new Connection({ client, library, clock: means.clock, server: name, wire });
  wire.once('close', () => connection.close());
  try {
    await connection.logIn(login);
    wire.on('error', () => undefined);
    await connection.findBase(settings.ldapBase);
    return connection;
  } catch (error) {
    wire.destroy();
    throw error;
  }
}

class Connection implements DirectoryConnection {
  readonly server: string;
  base = '';
  isOpen = true;
  readonly #client: Client;
  readonly #library: Library;
  readonly #clock: Clock;
  readonly #wire: Duplex;

  constructor(facts: {
    readonly client: Client;
    readonly library: Library;
    readonly clock: Clock;
    readonly server: string;
    readonly wire: Duplex;
  }) {
    this.#client = facts.client;
    this.#library = facts.library;
    this.#clock = facts.clock;
    this.#wire = facts.wire;
    this.server = facts.server;
  }

  close(): void {
    this.isOpen = false;
    this.#wire.destroy();
  }

  async logIn(login: Login | undefined): Promise<void> {
    try {
      await this.#within(openLimitMs, () => this.#client.bind(login?.name ?? '', login?.password ?? ''));
    } catch (error) {
      throw this.#problemOf(error, 'log-in');
    }
  }

  async findBase(given: string): Promise<void> {
    this.base = given;
    if (given !== '') return;
    const attributes = ['defaultNamingContext', 'namingContexts'];
    const root = await this.read('', attributes);
    const [base] = root?.values.get('defaultnamingcontext') ?? root?.values.get('namingcontexts') ?? [];
    if (base === undefined || base === '')
      throw new Problem(
        'refused',
        `${this.server} does not say which naming context is its own. Enter the base.`,
        'ldapBase',
      );
    this.base = base;
  }

  async find(filter: DirectoryFilter, attributes: readonly string[]): Promise<readonly DirectoryEntry[]> {
    const found = buildFilter(filter, this.#library);
    try {
      return await this.#search(this.base, 'sub', found, attributes);
    } catch (error) {
      if (this.#hasCode(error, [noSuchObject, invalidName, referral]))
        throw new Problem(
          'refused',
          `${this.server} has no entries below "${this.base}". Correct the base.`,
          'ldapBase',
          { cause: error },
        );
      throw this.#problemOf(error, 'search');
    }
  }

  async read(name: string, attributes: readonly string[]): Promise<DirectoryEntry | undefined> {
    const anything = new this.#library.PresenceFilter({ attribute: 'objectClass' });
    try {
      const [entry] = await this.#search(name, 'base', anything, attributes);
      return entry;
    } catch (error) {
      // A member that was removed, stands in another directory, or is no name at all.
      if (this.#hasCode(error, [noSuchObject, invalidName, referral])) return undefined;
      throw this.#problemOf(error, 'search');
    }
  }

  async #search(
    base: string,
    scope: 'base' | 'sub',
    filter: Filter,
    attributes: readonly string[],
  ): Promise<readonly DirectoryEntry[]> {
    const { searchEntries } = await this.#within(questionLimitMs, () =>
      this.#client.search(base, {
        scope,
        filter,
        attributes: [...attributes],
        sizeLimit: scope === 'base' ? 1 : mostFound,
        timeLimit: questionLimitMs / 1000,
      }),
    );
    return searchEntries.map(entryOf);
  }

  /** What takes too long ends the connection: whatever is asked on it after that would wait as well. */
  async #within<T>(limitMs: number, ask: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw new Problem('unavailable', `The connection to ${this.server} was lost.`);
    let isLate = false;
    const cancel = this.#clock.startTimer(() => {
      isLate = true;
      this.close();
    }, limitMs);
    try {
      return await ask();
    } catch (error) {
      if (isLate) throw new Problem('unavailable', `${this.server} did not answer in time.`);
      throw error;
    } finally {
      cancel();
    }
  }

  #hasCode(error: unknown, codes: readonly number[]): boolean {
    return error instanceof this.#library.ResultCodeError && codes.includes(error.code);
  }

  #problemOf(error: unknown, step: 'log-in' | 'search'): Problem {
    if (error instanceof Problem) return error;
    const options = { cause: error };
    if (error instanceof this.#library.ResultCodeError) {
      const words = resultWords[error.code];
      // The library puts the code behind what the server says.
      const text = oneLine(error.message.replace(/ ?Code: 0x[0-9a-f]+$/, '')).trim();
      const said = text === '' ? '' : ` It said: ${text}`;
      const isLoginFault = error.code === invalidCredentials || error.code === inappropriateLogin;
      if (step === 'log-in' && isLoginFault)
        return new Problem(
          'refused',
          `${this.server} refuses the log-in: user name or password is wrong.${said}`,
          'ldapPassword',
          options,
        );
      return new Problem(
        'unavailable',
        `${this.server} ${words ?? `answers with error ${error.code}`}.${said}`,
        undefined,
        options,
      );
    }
    // What is left is the connection: broken, closed, or not LDAP.
    if (this.#wire.errored instanceof Problem) return this.#wire.errored;
    return new Problem(
      'unavailable',
      `The connection to ${this.server} was lost: ${oneLine(reasonOf(error))}`,
      undefined,
      options,
    );
  }
}

/** RFC 4511 appendix A. */
const operationsError = 1;
const referral = 10;
const noSuchObject = 32;
const invalidName = 34;
const inappropriateLogin = 48;
const invalidCredentials = 49;

const resultWords: Readonly<Record<number, string>> = {
  [operationsError]: 'does not answer this binding; choose Plain text with an account',
  3: 'took too long to search',
  7: 'does not know this way to log in',
  8: 'wants a stronger log-in: choose LDAPS or StartTLS',
  11: 'has a limit that this search goes beyond',
  13: 'wants encryption: choose LDAPS or StartTLS',
  [noSuchObject]: 'does not know this entry',
  50: 'does not let this account read',
  51: 'is busy',
  52: 'is not available at the moment',
  53: 'does not want to answer',
};

const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 300);

/** Values that are no text (Buffers) are left out: neither an address nor a name is among them. */
function entryOf(entry: Entry): DirectoryEntry {
  const values = new Map<string, readonly string[]>();
  for (const [attribute, found] of Object.entries(entry)) {
    if (attribute === 'dn') continue;
    const list: readonly unknown[] = Array.isArray(found) ? found : [found];
    const texts = list.filter((value): value is string => typeof value === 'string');
    // The library lists what was asked for and is not there as well.
    if (texts.length > 0) values.set(attribute.toLowerCase(), texts);
  }
  return { name: entry.dn, values };
}

function buildFilter(filter: DirectoryFilter, library: Library): Filter {
  switch (filter.kind) {
    case 'equal':
      return new library.EqualityFilter({ attribute: filter.attribute, value: filter.value });
    case 'or':
      return new library.OrFilter({ filters: filter.filters.map((each) => buildFilter(each, library)) });
    case 'text':
      return fillFilter(filter.text, {
        library,
        values: {
          address: filter.address,
          local: localPartOf(filter.address),
          domain: filter.address.slice(filter.address.lastIndexOf('@') + 1),
        },
      });
  }
}
