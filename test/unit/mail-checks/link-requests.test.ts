/** Real requests to a web server on loopback, which only this test is let to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkResult } from '../../../src-main/api/contract';
import { askLinks, type LinkRequestOptions } from '../../../src-main/mail-checks/link-requests';
import { isPublicAddress } from '../../../src-main/mail-checks/public-address';

let server: Server;
let port: number;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  answer = (_, response) => response.end();
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.host?.replace(/:\d+$/, '')}${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const link = (url: string): LinkResult => ({
  url,
  text: '',
  state: 'not-checked',
  detail: '',
  isMisleading: false,
});
const options = (more: LinkRequestOptions = {}): LinkRequestOptions => ({
  mayAsk: (address) => address === '127.0.0.1' || isPublicAddress(address),
  resolve: async (host) => (host.endsWith('.private.test') ? ['10.0.0.1'] : ['127.0.0.1']),
  ...more,
});
const at = (path: string, host = 'site.test'): string => `http://${host}:${port}${path}`;
async function ask(url: string, more: LinkRequestOptions = {}) {
  const [result] = await askLinks([link(url)], options(more));
  return result;
}
const redirect =
  (location: string) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(302, { location }).end();
  };

describe('asking the hosts of links', () => {
  it('takes HEAD for an answer', async () => {
    expect(await ask(at('/a'))).toMatchObject({ state: 'good', detail: '200 OK' });
    expect(asked).toEqual(['HEAD site.test/a']);
  });

  it('asks each address once, whatever the fragment, and keeps every link', async () => {
    const results = await askLinks([link(at('/a')), link(at('/a#x')), link('mailto:a@b.test')], options());
    expect(results.map(({ state }) => state)).toEqual(['good', 'good', 'not-checked']);
    expect(asked).toEqual(['HEAD site.test/a']);
  });

  it('asks by GET where HEAD is refused', async () => {
    answer = ({ method }, response) => response.writeHead(method === 'HEAD' ? 405 : 200).end('page');
    expect(await ask(at('/'))).toMatchObject({ state: 'good', detail: '200 OK' });
  });

  it.each([
    [404, 'broken', '404 Not Found'],
    [410, 'broken', '410 Gone'],
    [500, 'broken', '500 Internal Server Error'],
    [403, 'unreachable', '403 Forbidden. The host'],
  ])('tells %i', async (status, state, detail) => {
    answer = (_, response) => response.writeHead(status).end();
    const result = await ask(at('/'));
    expect(result?.state).toBe(state);
    expect(result?.detail).toContain(detail);
  });

  it('sends nothing that tells who asks', async () => {
    let headers: IncomingMessage['headers'] = {};
    answer = (request, response) => {
      headers = request.headers;
      response.writeHead(200, { 'set-cookie': 'a=b' }).end();
    };
    await ask(at('/'));
    expect(Object.keys(headers).sort()).toEqual(['accept', 'connection', 'host', 'user-agent']);
  });

  it('follows redirects, relative ones too', async () => {
    answer = ({ url }, response) =>
      url === '/end' ? response.end() : response.writeHead(301, { location: '/end' }).end();
    expect(await ask(at('/start'))).toMatchObject({ state: 'good', detail: '200 OK, after 1 redirect' });
  });

  it('ends a ring of redirects', async () => {
    answer = redirect('/again');
    expect(await ask(at('/'))).toMatchObject({ state: 'broken', detail: 'More than 5 redirects.' });
    expect(asked.length).toBe(6);
  });

  it.each([
    ['to a private address', () => at('/', 'router.private.test')],
    ['to an address as number', () => 'http://2886729729/'],
    ['to the metadata of a cloud', () => 'http://169.254.169.254/latest/'],
    ['to a mapped address', () => 'http://[::ffff:10.0.0.1]/'],
    ['to another scheme', () => 'file:///etc/passwd'],
    ['with credentials', () => at('/', 'user:secret@site.test')],
  ])('does not follow a redirect %s', async (_, location) => {
    answer = redirect(location());
    expect(await ask(at('/'))).toMatchObject({ state: 'blocked' });
    expect(asked).toEqual(['HEAD site.test/']);
  });

  it('asks nobody when one of several addresses is private', async () => {
    const result = await ask(at('/'), { resolve: async () => ['127.0.0.1', '192.168.0.1'] });
    expect(result).toMatchObject({ state: 'blocked' });
    expect(asked).toEqual([]);
  });

  it('connects to the address that was looked at, without a second look-up', async () => {
    let count = 0;
    const resolve = async () => (count++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']);
    expect(await ask(at('/', 'rebinding.test'), { resolve })).toMatchObject({ state: 'good' });
    expect(count).toBe(1);
  });

  it('lets no message near this computer by itself', async () => {
    for (const url of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `http://[::1]:${port}/`])
      expect((await askLinks([link(url)]))[0]?.state).toBe('blocked');
    expect(asked).toEqual([]);
  });

  it('asks ports of the web alone', async () => {
    const resolve = async () => ['1.1.1.1'];
    const [result] = await askLinks([link('http://site.test:25/')], { resolve });
    expect(result).toMatchObject({ state: 'blocked', detail: 'Port 25 is not asked, only 80 and 443.' });
  });

  it('does not open what could unsubscribe', async () => {
    expect(await ask(at('/unsubscribe?id=1'))).toMatchObject({ state: 'not-checked' });
    expect(asked).toEqual([]);
  });

  it('gives up on a host that does not answer', async () => {
    answer = () => undefined;
    expect(await ask(at('/'), { timeoutMs: 50 })).toMatchObject({
      state: 'unreachable',
      detail: 'No answer in time.',
    });
  });

  it('asks five at a time, and the first hundred', async () => {
    let open = 0;
    let most = 0;
    answer = (_, response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open -= 1;
        response.end();
      });
    };
    const links = Array.from({ length: 120 }, (_, index) => link(at(`/${index}`)));
    const results = await askLinks(links, options());
    expect(results.filter(({ state }) => state === 'good').length).toBe(100);
    expect(results.at(-1)?.detail).toContain('first 100');
    expect(most).toBeLessThanOrEqual(5);
  });

  it('tells of a host that does not exist', async () => {
    const resolve = async (): Promise<string[]> => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    };
    expect(await ask(at('/'), { resolve })).toMatchObject({
      state: 'unreachable',
      detail: 'The host does not exist.',
    });
  });
});
