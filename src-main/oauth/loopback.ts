/**
 * Waits on this computer's own addresses for the browser that comes back from a provider (RFC 8252 section 7.3).
 *
 * Owns: one listener on a free port of 127.0.0.1, and of ::1 where there is one, until `close`.
 * Promises: what comes without the state of this sign-in changes nothing; answers hold nothing of what was asked.
 * Trusts: no program of this computer: each may connect.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem, reasonOf } from '../engine/core/problem';

export interface Loopback {
  /** "http://localhost:53682" */
  readonly redirectUri: string;
  close(): void;
}

export interface LoopbackOptions {
  readonly host: 'localhost' | '127.0.0.1';
  readonly state: string;
  /** The browser is here with the right state. The answer is shown in it. */
  readonly onAnswer: (
    parameters: URLSearchParams,
  ) => Promise<{ readonly title: string; readonly text: string }>;
}

const maxConnections = 20;
const requestTimeoutMs = 10_000;
const maxHeaderBytes = 32_768;

export async function openLoopback({ host, state, onAnswer }: LoopbackOptions): Promise<Loopback> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = readUrl(request.url ?? '');
    if (request.method !== 'GET' || url?.pathname !== '/') return answer(response, 404, nothingHere);
    if (!isSame(url.searchParams.get('state') ?? '', state)) return answer(response, 400, foreign);
    answer(response, 200, await onAnswer(url.searchParams));
  };
  const create = (): Server => {
    const server = createServer({ maxHeaderSize: maxHeaderBytes, requestTimeout: requestTimeoutMs });
    server.maxConnections = maxConnections;
    server.on('request', (request, response) => {
      handle(request, response).catch((error: unknown) =>
        answer(response, 500, { title: 'This did not work', text: reasonOf(error) }),
      );
    });
    server.unref();
    return server;
  };
  const first = create();
  await listen(first, '127.0.0.1', 0).catch((error: unknown) => {
    throw new Problem('unavailable', `This computer cannot wait for the browser: ${reasonOf(error)}`);
  });
  const { port } = first.address() as AddressInfo;
  const second = create();
  // A browser tries both addresses of "localhost"; where the other is taken or missing, the first does.
  const servers = await listen(second, '::1', port).then(
    () => [first, second],
    () => [first],
  );
  return {
    redirectUri: `http://${host}:${port}`,
    close() {
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
        // An answer that is being written gets its time.
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }
    },
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      // What breaks later is a browser's connection.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function readUrl(target: string): URL | undefined {
  try {
    return new URL(target, 'http://localhost');
  } catch {
    return undefined;
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const nothingHere = { title: 'Nothing here', text: 'Mailroot waits here for the end of a sign-in.' };
const foreign = {
  title: 'Not this sign-in',
  text: 'This address belongs to another sign-in. Begin again in Mailroot.',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function answer(
  response: ServerResponse,
  status: number,
  { title, text }: { readonly title: string; readonly text: string },
): void {
  if (response.headersSent) return;
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} - Mailroot</title><style>body{font:16px/1.5 "Segoe UI",system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em;color-scheme:light dark}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></html>`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(page);
}
