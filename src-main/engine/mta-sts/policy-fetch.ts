/**
 * Fetches the text of an MTA-STS policy (RFC 8461 section 3.3).
 *
 * Promises: ends within the time, and reads no more than the limit, whatever the server does; redirects are not
 *   followed; the certificate is valid for the name that is asked.
 * Trusts: nothing that DNS or the server says but that certificate.
 */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '../core/clock';
import { reasonOf } from '../core/problem';
import { checkHostName } from '../tls/certificate-fault';
import { clientContext } from '../tls/trusted-authorities';

export interface PolicyFetchOptions {
  /** Addresses of a host name; may be empty. Never rejects. */
  readonly findAddresses: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  /** Default 443. */
  readonly port?: number;
}

export type FetchPolicy = (
  domain: string,
  signal: AbortSignal,
) => Promise<{ readonly text: string } | { readonly fault: string }>;

const timeoutMs = 5_000;
const mostBytes = 64 * 1024;
const mostAddresses = 3;

export function createPolicyFetch({ findAddresses, clock, port = 443 }: PolicyFetchOptions): FetchPolicy {
  return async (domain, signal) => {
    const host = `mta-sts.${domain}`;
    const stopping = new AbortController();
    const stop = (): void => stopping.abort(new Error('interrupted'));
    signal.addEventListener('abort', stop, { once: true });
    const cancelTimer = clock.startTimer(() => stopping.abort(new Error('no answer in time')), timeoutMs);
    try {
      const addresses = await orStopped(findAddresses(host), stopping.signal);
      let fault = 'it has no address';
      for (const address of addresses.slice(0, mostAddresses)) {
        try {
          return { text: await fetchFrom({ host, address, port }, stopping.signal) };
        } catch (error) {
          if (stopping.signal.aborted) throw error;
          fault = reasonOf(error);
        }
      }
      return { fault: `${host}: ${fault}` };
    } catch (error) {
      return { fault: `${host}: ${reasonOf(stopping.signal.aborted ? stopping.signal.reason : error)}` };
    } finally {
      cancelTimer();
      signal.removeEventListener('abort', stop);
    }
  };
}

function orStopped<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function fetchFrom(
  { host, address, port }: { readonly host: string; readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: address,
        port,
        path: '/.well-known/mta-sts.txt',
        headers: { host, accept: 'text/plain' },
        servername: host,
        // Not in the types, but handed on to tls.connect.
        ...({ secureContext: clientContext('TLSv1.2') } satisfies ConnectionOptions),
        checkServerIdentity: (_name, certificate) => checkHostName(host, certificate),
        // Said here, so that no environment variable says otherwise.
        rejectUnauthorized: true,
        // A connection of its own, closed after the answer.
        agent: false,
        signal,
      },
      (answer) => {
        readAnswer(answer)
          .then(resolve, reject)
          .finally(() => asked.destroy());
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

async function readAnswer(answer: IncomingMessage): Promise<string> {
  if (answer.statusCode !== 200) throw new Error(`it answered with HTTP status ${answer.statusCode}`);
  const type = answer.headers['content-type'] ?? '';
  if (!/^text\/plain[ \t]*(?:;|$)/i.test(type)) throw new Error('what it answered is no plain text');
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new Error('what it answered is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
