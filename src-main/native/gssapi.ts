/**
 * Log-ins that the system's Kerberos library judges (SASL GSSAPI, RFC 4752, Kerberos version 5 alone).
 *
 * Owns the library's handles: each log-in frees its own on every path, also when its connection ends while the library
 * is at work. Trusts the library with the token, which is the client's and limited in size; the library's work runs in
 * another thread, because replay cache, name service and a network drive may take their time. Not trusted: that any
 * key of the key file will do. The computer's own key file holds keys of other services too, and a ticket for those
 * must not be usable here; so the service that the ticket is for is looked at.
 *
 * Fails by Problem 'refused' (the client) or 'unavailable' (us: no library, no key, replay cache not writable).
 * Windows has no such library; its own (SSPI) is not called: see docs/deviations.md.
 */
import { statSync } from 'node:fs';
import { Problem, reasonOf } from '../engine/core/problem';
import type { SecurityContext, SecurityPackage } from '../engine/core/security-package';
import {
  type GssapiCalls,
  type Handle,
  hasFailed,
  maxTokenBytes,
  openGssapi,
  type Status,
} from './gssapi-calls';
import { nativeProblem } from './library';

export interface GssapiOptions {
  /** Told once, for people, why a key file that the settings name cannot be used; again when the reason is another one. */
  readonly warn?: (line: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  readonly open?: () => GssapiCalls | undefined;
}

/** Names of our service in a key: RFC 4752's, and the one that Windows registers for SMTP. */
const serviceNames = ['smtp', 'SMTPSVC'];
/** How long an answer is kept although what it depends on besides the key file (library, /etc/krb5.conf) may change. */
const answerKeptMs = 5_000;
const maxKeptAnswers = 100;

interface Answer {
  readonly file: string | undefined;
  readonly until: number;
  /** Why not; undefined: usable. */
  readonly obstacle: string | undefined;
}

export interface Gssapi extends SecurityPackage {
  /** Why log-ins with this key file cannot be completed now, in words for people; undefined: they can. As cheap as `isUsable`. */
  whyUnusable(keytab: string): string | undefined;
  /** When the library has answered everything. A process that ends before waits for it all the same. */
  whenIdle(): Promise<unknown>;
}

/** The library is loaded at the first question. */
export function createGssapi(options: GssapiOptions = {}): Gssapi {
  const { warn, now = () => performance.now(), open = openGssapi } = options;
  let opened: GssapiCalls | 'none' | undefined;
  const answers = new Map<string, Answer>();
  const underWay = new Set<Promise<unknown>>();

  function calls(): GssapiCalls | undefined {
    opened ??= open() ?? 'none';
    return opened === 'none' ? undefined : opened;
  }

  function findObstacle(keytab: string): string | undefined {
    const library = calls();
    if (!library) return noLibrary();
    const obstacles = serviceNames.map((service) => obstacleOf(library, keytab, service));
    return obstacles.includes(undefined) ? undefined : obstacles[0];
  }

  function whyUnusable(keytab: string): string | undefined {
    const file = keytab === '' ? '' : fingerprintOf(keytab);
    const known = answers.get(keytab);
    if (known && known.file === file && now() < known.until) return known.obstacle;
    const obstacle =
      file === undefined ? 'There is no such file, or it cannot be read.' : findObstacle(keytab);
    if (keytab !== '' && obstacle !== undefined && obstacle !== known?.obstacle)
      warn?.(`Kerberos is not offered with the key file ${keytab}: ${obstacle}`);
    if (answers.size >= maxKeptAnswers) answers.clear();
    answers.set(keytab, { file, until: now() + answerKeptMs, obstacle });
    return obstacle;
  }

  return {
    whyUnusable,
    isUsable: (keytab) => whyUnusable(keytab) === undefined,

    accept(keytab) {
      const library = calls();
      if (!library) throw new Problem('unavailable', noLibrary());
      const { credential, ...status } = acquire(library, keytab, undefined);
      if (hasFailed(status)) throw new Problem('unavailable', `No Kerberos key: ${library.explain(status)}`);
      return acceptWith(library, credential, (work) => {
        underWay.add(work);
        void work.catch(() => undefined).finally(() => underWay.delete(work));
      });
    },

    whenIdle: () => Promise.allSettled(underWay),
  };
}

const noLibrary = (): string => nativeProblem() ?? 'This computer has no Kerberos library (GSSAPI).';

/** Another one when the file is another one; undefined when there is none. */
function fingerprintOf(path: string): string | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}

function acquire(
  library: GssapiCalls,
  keytab: string,
  service: string | undefined,
): ReturnType<GssapiCalls['acquireAcceptor']> {
  try {
    return library.acquireAcceptor(keytab, service);
  } catch (error) {
    throw new Problem('unavailable', reasonOf(error), undefined, { cause: error });
  }
}

/** Why there is no key for the service; undefined when there is one. */
function obstacleOf(library: GssapiCalls, keytab: string, service: string): string | undefined {
  try {
    const { credential, ...status } = acquire(library, keytab, service);
    library.releaseCredential(credential);
    return hasFailed(status) ? library.explain(status) : undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

const anonymousFlag = 64;
/** A name that is longer is nobody's. */
const maxNameLength = 1024;

/** What was given to the library and must be given back once. */
function acceptWith(
  library: GssapiCalls,
  credential: Handle,
  note: (work: Promise<unknown>) => void,
): SecurityContext {
  let context: Handle = null;
  let client: string | undefined;
  let isAtWork = false;
  let isClosed = false;

  const free = (): void => {
    library.deleteContext(context);
    library.releaseCredential(credential);
    context = null;
  };
  const refuse = (status: Status): never => {
    throw new Problem(isOurFault(status) ? 'unavailable' : 'refused', library.explain(status));
  };
  const established = (): Handle => {
    if (isClosed || client === undefined) throw new Problem('refused', 'The log-in is not complete.');
    return context;
  };

  async function take(token: Uint8Array): Promise<{ reply: Uint8Array; isEstablished: boolean }> {
    const work = library.accept(context, credential, token);
    note(work);
    const step = await work.catch((error: unknown) => {
      throw new Problem('unavailable', `Kerberos is busy: ${reasonOf(error)}`, undefined, { cause: error });
    });
    context = step.context;
    const name = library.nameText(step.name);
    library.releaseName(step.name);
    if (hasFailed(step)) refuse(step);
    if (step.major !== 0) return { reply: step.reply, isEstablished: false };
    const target = library.targetOf(context);
    client = checkClient({ name, target, isAnonymous: (step.flags & anonymousFlag) !== 0 });
    return { reply: step.reply, isEstablished: true };
  }

  return {
    async step(token) {
      if (isClosed || isAtWork || client !== undefined)
        throw new Problem('refused', 'The log-in takes no token now.');
      if (token.length > maxTokenBytes) throw new Problem('refused', 'The token is too long.');
      isAtWork = true;
      try {
        return await take(token);
      } finally {
        isAtWork = false;
        // The library had the handles until now.
        if (isClosed) free();
      }
    },
    principal() {
      established();
      return client ?? '';
    },
    wrap(message) {
      const { output, ...status } = library.wrap(established(), message);
      if (hasFailed(status)) refuse(status);
      return output;
    },
    unwrap(message) {
      const handle = established();
      if (message.length > maxTokenBytes) throw new Problem('refused', 'The message is too long.');
      const { output, ...status } = library.unwrap(handle, message);
      if (hasFailed(status)) refuse(status);
      return output;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      if (!isAtWork) free();
    },
  };
}

/** The client's name. Throws Problem 'refused' when it has none that an account could have. */
function checkClient(facts: {
  readonly name: string | undefined;
  readonly target: string | undefined;
  readonly isAnonymous: boolean;
}): string {
  const { name, target, isAnonymous } = facts;
  const service = target?.split('/', 1)[0]?.toLowerCase();
  if (!serviceNames.some((known) => known.toLowerCase() === service))
    throw new Problem('refused', `The ticket is for another service: ${target ?? 'unknown'}`);
  if (isAnonymous || name === undefined || name === '' || name.length > maxNameLength)
    throw new Problem('refused', 'The ticket names nobody.');
  // Kerberos allows any bytes in a name; \ufffd is what is left of bytes that are no UTF-8.
  if (/[\u0000-\u001f\u007f\ufffd]/.test(name))
    throw new Problem('refused', 'The ticket has a damaged name.');
  return name;
}

/** MIT's numbers for a replay cache or key file that cannot be used (KRB5_RC_..., KRB5_KT_IOERR). */
const ourFaults: readonly (readonly [number, number])[] = [
  [-1765328225, -1765328222],
  [-1765328220, -1765328212],
  [-1765328200, -1765328200],
  // errno: a file that cannot be opened, no memory.
  [1, 255],
];

const isOurFault = ({ minor }: Status): boolean =>
  ourFaults.some(([first, last]) => minor >= first && minor <= last);
