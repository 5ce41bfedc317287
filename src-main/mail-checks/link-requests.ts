/**
 * Asks the hosts of links whether the pages are there: only because a person asked for it.
 *
 * Promises: each address once, a few at a time, each within its time; every hop of a redirect is resolved here, its
 *   addresses are looked at, and the connection goes to the very address that was looked at, so that neither a
 *   redirect nor a second answer of DNS leads into the network of this computer. No cookies, no credentials, no
 *   referrer; bodies are not read.
 * Trusts: nothing in a message or in an answer.
 * Fails: never; what went wrong is the state of the link.
 */
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LinkResult } from '../api/contract';
import { reasonOf, systemCodeOf } from '../engine/core/problem';
import { plainPlace } from './finding';
import { parseUrl } from './host-names';
import { isPublicAddress } from './public-address';

export interface LinkRequestOptions {
  /** Default: of the public internet, ports 80 and 443. Nothing in a message or setting changes it; tests do. */
  readonly mayAsk?: (address: string, port: number) => boolean;
  /** Addresses of a host name. Default: as this computer resolves it. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** For one request. Default 5,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const mostLinks = 100;
const mostAtOnce = 5;
const mostRedirects = 5;
/** For one link with its redirects, in requests' times. */
const mostRequestTimes = 3;

const resolveBySystem = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
const mayAskPublic = (address: string, port: number): boolean =>
  isPublicAddress(address) && (port === 80 || port === 443);

type Outcome = Pick<LinkResult, 'state' | 'detail'>;
const outcome = (state: LinkResult['state'], detail: string): Outcome => ({ state, detail });

export async function askLinks(
  links: readonly LinkResult[],
  options: LinkRequestOptions = {},
): Promise<LinkResult[]> {
  const askable = new Map<string, Promise<Outcome> | undefined>();
  for (const { url } of links) {
    const key = requestKey(url);
    if (key !== undefined && !leavesList(key) && askable.size < mostLinks) askable.set(key, undefined);
  }
  const waiting = [...askable.keys()];
  const answers = new Map<string, Outcome>();
  const work = async (): Promise<void> => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      if (options.signal?.aborted) return;
      answers.set(url, await askLink(url, options));
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  return links.map((link) => {
    const key = requestKey(link.url);
    if (key === undefined) return link;
    if (leavesList(key))
      return {
        ...link,
        ...outcome('not-checked', 'Asking could unsubscribe the reader, so it was not asked.'),
      };
    return {
      ...link,
      ...(answers.get(key) ?? outcome('not-checked', `Only the first ${mostLinks} links are asked.`)),
    };
  });
}

/** The address without its fragment, which no host ever sees; undefined for what is not asked. */
function requestKey(text: string): string | undefined {
  const url = parseUrl(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  url.hash = '';
  return url.href;
}

/** A link that acts when it is opened. There are others, which is why asking is for a person to decide. */
const leavesList = (url: string): boolean => /unsubscri|opt-?out|abmeld|desinscri|austragen/i.test(url);

interface Target {
  readonly url: URL;
  readonly address: string;
  readonly port: number;
}

async function askLink(text: string, options: LinkRequestOptions): Promise<Outcome> {
  const { timeoutMs = 5_000 } = options;
  const whole = AbortSignal.timeout(timeoutMs * mostRequestTimes);
  const signal = options.signal ? AbortSignal.any([whole, options.signal]) : whole;
  try {
    return await follow(new URL(text), { ...options, timeoutMs, signal });
  } catch (error) {
    return outcome('unreachable', failureWords(error));
  }
}

async function follow(
  first: URL,
  options: LinkRequestOptions & { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Outcome> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const target = await findTarget(url, options);
    if (typeof target === 'string') return outcome('blocked', target);
    let answer = await ask('HEAD', target, options);
    // Many hosts answer HEAD wrongly; only a page that is known not to be there is believed.
    if (answer.status >= 400 && answer.status !== 404 && answer.status !== 410)
      answer = await ask('GET', target, options);
    if (answer.status < 300 || answer.status >= 400 || answer.status === 304)
      return judge(answer, redirects, url, first);
    if (answer.location === undefined) return outcome('broken', `${answer.words}: it does not say where.`);
    const next = resolveLocation(answer.location, url);
    if (!next || (next.protocol !== 'http:' && next.protocol !== 'https:'))
      return outcome('blocked', `Leads to ${plainPlace(answer.location, 80)}, which is no web page.`);
    url = next;
  }
  return outcome('broken', `More than ${mostRedirects} redirects.`);
}

function resolveLocation(location: string, base: URL): URL | undefined {
  try {
    return new URL(location, base);
  } catch {
    return undefined;
  }
}

/** Where to connect; a text says why not. */
async function findTarget(
  url: URL,
  { resolve = resolveBySystem, mayAsk = mayAskPublic, timeoutMs }: LinkRequestOptions,
): Promise<Target | string> {
  if (url.username !== '' || url.password !== '') return 'Has a user name in it, so it was not asked.';
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await within(resolve(host), timeoutMs ?? 5_000) : [host];
  const [address] = addresses;
  if (address === undefined) return `${host} has no address.`;
  const refused = addresses.find((each) => !mayAsk(each, port));
  if (refused === undefined) return { url, address, port };
  return isPublicAddress(refused)
    ? `Port ${port} is not asked, only 80 and 443.`
    : `${host} leads to a private address (${refused}), which is never asked.`;
}

function within<T>(value: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('DNS did not answer in time')), timeoutMs);
    value.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

interface Answer {
  readonly status: number;
  readonly words: string;
  readonly location: string | undefined;
}

function ask(
  method: 'HEAD' | 'GET',
  { url, address, port }: Target,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const isTls = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const asked = (isTls ? requestHttps : requestHttp)(
      {
        method,
        // The address that was looked at, not the name: it is not resolved again.
        host: address,
        port,
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, accept: 'text/html,*/*;q=0.8', 'user-agent': 'Mailroot link check' },
        ...(isTls && isIP(name) === 0 ? { servername: name } : {}),
        // Said here, so that no environment variable says otherwise.
        ...(isTls ? { rejectUnauthorized: true } : {}),
        maxHeaderSize: 32 * 1024,
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
      (response: IncomingMessage) => {
        const { statusCode = 0, statusMessage = '', headers } = response;
        resolve({
          status: statusCode,
          words: plainPlace(`${statusCode} ${statusMessage}`, 80),
          location: headers.location,
        });
        asked.destroy();
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

function judge({ status, words }: Answer, redirects: number, url: URL, first: URL): Outcome {
  const after =
    redirects === 0
      ? ''
      : `, after ${redirects} ${redirects === 1 ? 'redirect' : 'redirects'}${
          url.hostname === first.hostname ? '' : ` at ${plainPlace(url.hostname, 80)}`
        }`;
  const detail = `${words}${after}`;
  if (status < 400) return outcome('good', detail);
  if (status === 401 || status === 403 || status === 429)
    return outcome('unreachable', `${detail}. The host does not answer programs; open it in a browser.`);
  return outcome('broken', detail);
}

const reasons: Record<string, string> = {
  ENOTFOUND: 'The host does not exist.',
  EAI_AGAIN: 'DNS did not answer.',
  ECONNREFUSED: 'The host refuses connections.',
  ECONNRESET: 'The host closed the connection.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The host cannot be reached from here.',
  ETIMEDOUT: 'No answer in time.',
  ABORT_ERR: 'No answer in time.',
};

function failureWords(error: unknown): string {
  const code = systemCodeOf(error);
  if (code !== undefined && reasons[code] !== undefined) return reasons[code];
  if (error instanceof Error && /abort|timeout/i.test(error.name)) return 'No answer in time.';
  const isCertificate = code !== undefined && /CERT|UNABLE_TO/.test(code);
  return `${isCertificate ? 'Its certificate is not valid: ' : ''}${plainPlace(reasonOf(error), 120)}.`;
}
