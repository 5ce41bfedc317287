/**
 * Decides whether a request to the browser console may go on, before anything of it is used. Pure.
 *
 * Guards against: other web sites that send requests to loopback (Origin, Sec-Fetch-Site, our own header that
 * needs a preflight we never answer), DNS rebinding (Host must be a loopback name with our port), and plain
 * nonsense. Whether the caller is signed in is decided after this.
 */

/** The page sends it with each call; a form or an image of another site cannot. */
const consoleHeader = 'x-mailroot-console';

export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The port that the console listens on. */
  readonly port: number;
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** Undefined: go on. Otherwise how to refuse. */
export function findRefusal({ method, path, headers, port }: RequestFacts): Refusal | undefined {
  const host = one(headers.host)?.toLowerCase();
  if (host === undefined || !loopbackAuthorities(port).includes(host)) {
    return { status: 421, reason: 'This console answers only to its loopback address.' };
  }
  if (headers.upgrade !== undefined)
    return { status: 400, reason: 'This console does not upgrade connections.' };
  const isCall = isCallPath(path);
  const isReading = method === 'GET' || method === 'HEAD';
  const isForm = path === signInPath && method === 'POST';
  if (isCall ? method !== 'POST' : !isReading && !isForm)
    return { status: 405, reason: 'This method is not allowed here.' };
  const origin = one(headers.origin);
  // A browser sends Origin with every POST; with a plain GET of the same site it sends none.
  if (origin === undefined ? isCall || isForm : origin.toLowerCase() !== `http://${host}`) {
    return { status: 403, reason: 'This request comes from another site.' };
  }
  if (!isCall && !isForm) return undefined;
  const site = one(headers['sec-fetch-site']);
  if (site !== undefined && site !== 'same-origin') {
    return { status: 403, reason: 'This request comes from another site.' };
  }
  // A form cannot send it, and needs none: who signs in has no session yet that another site could use.
  if (isCall && one(headers[consoleHeader]) !== '1') {
    return { status: 403, reason: `The header ${consoleHeader} is missing.` };
  }
  return undefined;
}

/** The form for names and passwords: the one page that takes a POST. */
export const signInPath = '/sign-in';
/** Called by the console's own script. */
export const signOutPath = '/sign-out';

/** True for what only the console's script calls; everything else is a page or a file. */
export function isCallPath(path: string): boolean {
  return isRpcPath(path) || path === signOutPath;
}

/** True for procedure calls. */
export function isRpcPath(path: string): boolean {
  return path === '/rpc' || path.startsWith('/rpc/');
}

function loopbackAuthorities(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // Browsers leave the default port out.
  return [...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])];
}

/** A header that must not be repeated; two of them are as good as none. */
function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value of one cookie of a Cookie header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
