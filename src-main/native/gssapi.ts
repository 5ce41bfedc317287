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
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Names of our service in a key: RFC 4752's, and the one that Windows registers for SMTP. */
const serviceNames = ['smtp', 'SMTPSVC'];
/** How long an answer is kept although what it depends on besides the key file (library, /etc/krb5.conf) may change. */
const answerKeptMs = 5_000;
const maxKeptAnswers = 100;

/** The library is loaded at the first question. */
export function createGssapi({ now = () => performance.now() }: GssapiOptions = {}): SecurityPackage {
  let opened: GssapiCalls | 'none' | undefined;
  const answers = new Map<
    string,
    { readonly file: string; readonly until: number; readonly isUsable: boolean }
  >();

  function calls(): GssapiCalls | undefined {
    opened ??= openGssapi() ?? 'none';
    return opened === 'none' ? undefined : opened;
  }

  function findOut(keytab: string): boolean {
    const library = calls();
    return library !== undefined && serviceNames.some((service) => hasKey(library, keytab, service));
  }

  return {
    isUsable(keytab) {
      const file = keytab === '' ? '' : fingerprintOf(keytab);
      if (file === undefined) return false;
      const known = answers.get(keytab);
      if (known && known.file === file && now() < known.until) return known.isUsable;
      const isUsable = findOut(keytab);
      if (answers.size >= maxKeptAnswers) answers.clear();
      answers.set(keytab, { file, until: now() + answerKeptMs, isUsable });
      return isUsable;
    },

    accept(keytab) {
      const library = calls();
      if (!library)
        throw new Problem(
          'unavailable',
          nativeProblem() ?? 'This computer has no Kerberos library (GSSAPI).',
        );
      const { credential, ...status } = acquire(library, keytab, undefined);
      if (hasFailed(status)) throw new Problem('unavailable', `No Kerberos key: ${library.explain(status)}`);
      return acceptWith(library, credential);
    },
  };
}

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

function hasKey(library: GssapiCalls, keytab: string, service: string): boolean {
  try {
    const { credential, ...status } = acquire(library, keytab, service);
    library.releaseCredential(credential);
    return !hasFailed(status);
  } catch {
    return false;
  }
}

const anonymousFlag = 64;
/** A name that is longer is nobody's. */
const maxNameLength = 1024;

/** What was given to the library and must be given back once. */
function acceptWith(library: GssapiCalls, credential: Handle): SecurityContext {
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
    const step = await library.accept(context, credential, token).catch((error: unknown) => {
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
