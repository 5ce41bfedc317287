/**
 * Signing in to the browser console and out again: by a one-time address as administrator, by name and password
 * as an operator.
 *
 * Promises: each sign-in makes a new session and ends the one that the browser had; an unknown name and a
 *   wrong password get the same answer at the same cost; passwords are kept nowhere and are in no log and no
 *   answer.
 * Trusts: request-guard.ts has seen to it that a form comes from our own page.
 */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../engine/core/clock';
import { Problem } from '../../engine/core/problem';
import type { Operators } from '../../people';
import { busyPage, refusedTokenPage, signedInPage, signInPage, waitPage } from './console-pages';
import { createOneTimeTokens } from './one-time-tokens';
import { createPasswordTries } from './password-tries';
import { cookieOf, signInPath } from './request-guard';
import type { Person, Session, Sessions } from './sessions';

export interface PageAnswer {
  readonly status: number;
  readonly page: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface SignInRoutes {
  /** A new one-time token for an address below `signInPath`. Without a person: for whoever reads what the service prints. */
  issueToken(person?: SignInPerson): string;
  /** The session of a request; undefined when nobody is signed in by it. */
  sessionOf(request: IncomingMessage): Session | undefined;
  /** GET and POST of `signInPath`. */
  signIn(request: IncomingMessage, query: string): Promise<PageAnswer>;
  /** Ends the session of the request; the headers of the answer. */
  signOut(request: IncomingMessage): Readonly<Record<string, string>>;
  /** For whoever asks for something else and is not signed in. */
  askToSignIn(): PageAnswer;
}

export interface SignInOptions {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly port: number;
}

/** An administrator who asks for a one-time address. */
export interface SignInPerson {
  readonly name: string;
  /** False once the person is no administrator any more: then the address and the sessions made with it are worth nothing. */
  stands(): boolean;
}

/** Who may have an address is administrator. No operator has a space in the name. */
const byOneTimeAddress = (person: SignInPerson | undefined): Person => ({
  name: person === undefined ? 'one-time sign-in' : `${person.name}, one-time sign-in`,
  role: 'administrator',
  stands: () => person?.stands() ?? true,
});

/** Name and password, each character percent-encoded, fit. */
const maxFormBytes = 8 * 1024;
const knownBrowserSeconds = 90 * 24 * 3600;
const wrongFault = 'The name or the password is wrong.';

export function createSignInRoutes({ operators, sessions, clock, port }: SignInOptions): SignInRoutes {
  const tokens = createOneTimeTokens<Person>(clock);
  const tries = createPasswordTries(clock);
  // Cookies do not tell ports apart: two Mailroots on one computer must not sign each other out. No "Secure":
  // the console speaks plain HTTP on loopback, and not every browser keeps a Secure cookie from there.
  const sessionCookie = `mailroot-console-${port}`;
  const browserCookie = `mailroot-browser-${port}`;
  const keyOf = (request: IncomingMessage): string | undefined =>
    cookieOf(request.headers.cookie, sessionCookie);

  /** The cookie of a new session. The old one ends: its key may have been put there by somebody else. */
  const openSession = (request: IncomingMessage, person: Person): string => {
    sessions.end(keyOf(request));
    return `${sessionCookie}=${sessions.open(person)}; Path=/; HttpOnly; SameSite=Strict`;
  };
  const askAgain = (status: number, fault: string, name: string): PageAnswer => ({
    status,
    page: signInPage({ hasOperators: true, name, fault }),
  });

  function redeem(request: IncomingMessage, token: string): PageAnswer {
    const result = tokens.redeem(token);
    switch (result.kind) {
      case 'wait':
        return answerWait(result.seconds, 'wrong sign-in addresses');
      case 'refused':
        return { status: 401, page: refusedTokenPage };
      case 'accepted':
        if (!result.holder.stands()) return { status: 401, page: refusedTokenPage };
        return {
          status: 200,
          page: signedInPage,
          headers: { 'set-cookie': openSession(request, result.holder) },
        };
    }
  }

  async function takeForm(request: IncomingMessage): Promise<PageAnswer> {
    const form = await readForm(request);
    if (!form) return askAgain(400, 'This was no complete form. Enter your name and password.', '');
    const name = (form.get('name') ?? '').trim();
    const password = form.get('password') ?? '';
    if (name === '' || password === '') return askAgain(401, 'Enter your name and password.', name);
    const begun = tries.begin(name, cookieOf(request.headers.cookie, browserCookie));
    if (begun.kind === 'wait') return answerWait(begun.seconds, 'wrong passwords');
    const operator = await operators.verify(name, password).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'unavailable') throw error;
      return 'busy' as const;
    });
    if (operator === 'busy') {
      begun.succeed();
      return { status: 503, page: busyPage, headers: { 'retry-after': '5' } };
    }
    if (!operator) return askAgain(401, wrongFault, name);
    begun.succeed();
    const person: Person = { ...operator, stands: () => operators.isCurrent(operator) };
    const browser = `${browserCookie}=${tries.rememberBrowser(operator.name)}; Path=${signInPath}; HttpOnly; SameSite=Strict; Max-Age=${knownBrowserSeconds}`;
    return {
      status: 303,
      page: signedInPage,
      headers: { location: '/', 'set-cookie': [openSession(request, person), browser] },
    };
  }

  const showForm = (status: number, request?: IncomingMessage): PageAnswer => {
    const session = request && sessions.touch(keyOf(request));
    const page = signInPage({
      hasOperators: operators.list().length > 0,
      ...(session ? { signedInAs: session.person.name } : {}),
    });
    return { status, page };
  };

  return {
    issueToken: (person) => tokens.issue(byOneTimeAddress(person)),
    sessionOf: (request) => sessions.touch(keyOf(request)),
    async signIn(request, query) {
      if (request.method === 'POST') return takeForm(request);
      const token = new URLSearchParams(query).get('token');
      if (token === null) return showForm(200, request);
      // Programs that look at links ahead of the person must not use the address up.
      const purpose = `${request.headers['sec-purpose'] ?? ''} ${request.headers.purpose ?? ''}`;
      if (request.method !== 'GET' || /prefetch|preview|prerender/i.test(purpose)) return showForm(401);
      return redeem(request, token);
    },
    signOut(request) {
      sessions.end(keyOf(request));
      return { 'set-cookie': `${sessionCookie}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0` };
    },
    askToSignIn: () => showForm(401),
  };
}

function answerWait(seconds: number, what: string): PageAnswer {
  return { status: 429, page: waitPage(seconds, what), headers: { 'retry-after': String(seconds) } };
}

/** Undefined: another type, too long, or not all of it came. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    // Destroying the request would take the connection away before it is answered.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += (piece as Buffer).length;
      if (bytes > maxFormBytes) return undefined;
      pieces.push(piece as Buffer);
    }
  } catch {
    return undefined;
  }
  return new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
}
