import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConsoleServer, startConsole } from '../../../../src-main/api/http/console-server';
import type { ContractClient } from '../../../../src-main/api/http/control-client';
import { sessionIdleMs } from '../../../../src-main/api/http/sessions';
import { openPeople, type People } from '../../../../src-main/people';
import { createSecretBox } from '../../../../src-main/settings/secret-box';
import { createStandIn, type StandIn, standInStatus } from './stand-in-router';

let folder: string;
let standIn: StandIn;
let people: People;
let webConsole: ConsoleServer;
let now = 1_000_000;
const clock = { now: () => now, startTimer: () => () => undefined };
const log: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Console</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'index-AbCd1234.js'), 'export {};');
  writeFileSync(join(folder, 'secret.json'), '"secret"');
  symlinkSync(join(folder, 'secret.json'), join(folder, 'renderer', 'link.json'));
  standIn = createStandIn();
  people = openPeople({ dataFolder: folder, box: createSecretBox(folder), clock });
  webConsole = await start();
});
afterEach(async () => {
  await webConsole.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(host = '127.0.0.1', port = 0): Promise<ConsoleServer> {
  return startConsole({
    address: { host, port },
    rendererFolder: join(folder, 'renderer'),
    router: standIn.router,
    operators: people.operators,
    clock,
    log: (line) => log.push(line),
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request exactly as given: fetch would tidy up the path and refuse some headers. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(webConsole.origin);
  return new Promise((resolve, reject) => {
    const call = request({
      host: hostname,
      port,
      path,
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      agent: false,
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => {
        text += piece.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    call.end(options.body);
  });
}

async function signIn(): Promise<string> {
  const answer = await ask(webConsole.createSignInAddress().slice(webConsole.origin.length));
  expect(answer.status).toBe(200);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

function callHeaders(cookie: string): Record<string, string> {
  return { cookie, origin: webConsole.origin, 'x-mailroot-console': '1', 'content-type': 'application/json' };
}

function clientOf(cookie: string): ContractClient {
  return createORPCClient(
    new RPCLink({ url: `${webConsole.origin}/rpc`, headers: () => callHeaders(cookie) }),
  );
}

describe('signing in', () => {
  it('opens the console with a cookie that scripts and other sites do not get', async () => {
    const answer = await ask(webConsole.createSignInAddress().slice(webConsole.origin.length));
    const { port } = new URL(webConsole.origin);
    expect(String(answer.headers['set-cookie'])).toMatch(
      new RegExp(`^mailroot-console-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(answer.text).toContain('<a href="/">');
  });

  it('works once', async () => {
    const path = webConsole.createSignInAddress().slice(webConsole.origin.length);
    expect((await ask(path)).status).toBe(200);
    const again = await ask(path);
    expect(again.status).toBe(401);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.text).toContain('mailroot console');
  });

  it('is not used up by a program that looks ahead', async () => {
    const path = webConsole.createSignInAddress().slice(webConsole.origin.length);
    expect((await ask(path, { headers: { 'sec-purpose': 'prefetch;prerender' } })).status).toBe(401);
    expect((await ask(path, { method: 'HEAD' })).status).toBe(401);
    expect((await ask(path)).status).toBe(200);
  });

  it('is slowed after many wrong tries', async () => {
    for (let count = 0; count < 10; count += 1) expect((await ask('/sign-in?token=wrong')).status).toBe(401);
    const answer = await ask(webConsole.createSignInAddress().slice(webConsole.origin.length));
    // The right address is good even then: strangers keep nobody out.
    expect(answer.status).toBe(200);
    const wrong = await ask('/sign-in?token=wrong');
    expect(wrong.status).toBe(429);
    expect(wrong.headers['retry-after']).toBe('60');
    expect(wrong.text).toContain('Try again in 60 seconds.');
  });
});

describe('without a session', () => {
  it('the page tells how to sign in', async () => {
    const answer = await ask('/');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('<pre>mailroot console</pre>');
  });

  it.each(['/assets/index-AbCd1234.js', '/favicon.ico', '/nothing'])('%s is not answered', async (path) => {
    expect((await ask(path)).status).toBe(401);
  });

  it('a call is refused as a typed error', async () => {
    await expect(clientOf('').system.status()).rejects.toMatchObject({ code: 'not-signed-in', status: 401 });
    expect(standIn.callers).toEqual([]);
  });

  it('ends after twelve idle hours', async () => {
    const cookie = await signIn();
    now += sessionIdleMs;
    expect((await ask('/', { headers: { cookie } })).status).toBe(401);
  });

  it('takes its event streams along when it has ended', async () => {
    const cookie = await signIn();
    const other = await signIn();
    const stream = await clientOf(cookie).system.watch();
    expect((await stream.next()).value).toMatchObject({ servers: true });
    const rest = stream.next();
    rest.catch(() => undefined);
    now += sessionIdleMs - 1;
    await clientOf(other).system.status();
    now += 1;
    await expect(clientOf(cookie).system.status()).rejects.toMatchObject({ code: 'not-signed-in' });
    await expect(rest).rejects.toThrow();
    await vi.waitUntil(() => standIn.openStreams() === 0);
    expect(await clientOf(other).system.status()).toEqual(standInStatus);
  });

  it('a cookie of another Mailroot does not help', async () => {
    const cookie = (await signIn()).replace(/^mailroot-console-\d+/, 'mailroot-console-1');
    expect((await ask('/', { headers: { cookie } })).status).toBe(401);
  });
});

describe('with a session', () => {
  it('the console is served with a strict policy and never stored', async () => {
    const answer = await ask('/', { headers: { cookie: await signIn() } });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<title>Console</title>');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(answer.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]),
    );
  });

  it('files with a hash in their name are kept by the browser', async () => {
    const answer = await ask('/assets/index-AbCd1234.js', { headers: { cookie: await signIn() } });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect(answer.text).toBe('export {};');
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/link.json',
    '/assets',
    '/none.js',
  ])('%s is not found', async (path) => {
    const answer = await ask(path, { headers: { cookie: await signIn() } });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('secret"');
  });

  it('calls are answered, as administrator', async () => {
    const client = clientOf(await signIn());
    expect(await client.system.status()).toEqual(standInStatus);
    expect(standIn.callers).toEqual([{ role: 'administrator', name: 'one-time sign-in', via: 'browser' }]);
  });

  it('calls carry errors and event streams', async () => {
    const client = clientOf(await signIn());
    await expect(client.servers.start({ serverId: 1 })).rejects.toMatchObject({
      code: 'port-in-use',
      data: { field: 'bindings.0.port' },
    });
    const stream = await client.system.watch();
    expect((await stream.next()).value).toMatchObject({ servers: true });
    await stream.return?.();
    await vi.waitUntil(() => standIn.openStreams() === 0);
  });

  it('an unknown procedure is not found', async () => {
    const answer = await ask('/rpc/nothing', {
      method: 'POST',
      headers: callHeaders(await signIn()),
      body: '{}',
    });
    expect(answer.status).toBe(404);
  });

  it.each([
    ['from another site', { origin: 'http://evil.example' }, 403],
    ['without our header', { 'x-mailroot-console': '' }, 403],
    ['under another name', { host: 'evil.example' }, 421],
  ])('a call %s is refused before the contract sees it', async (_, headers, status) => {
    const cookie = await signIn();
    const answer = await ask('/rpc/system/status', {
      method: 'POST',
      headers: { ...callHeaders(cookie), ...headers },
      body: '{}',
    });
    expect(answer.status).toBe(status);
    expect(standIn.callers).toEqual([]);
  });

  it('a body of more than sixty-four megabytes is refused', async () => {
    const cookie = await signIn();
    const body = JSON.stringify({ json: { document: 'x'.repeat(68_000_000) } });
    const answer = await ask('/rpc/settings/validate', {
      method: 'POST',
      headers: callHeaders(cookie),
      body,
    }).catch(() => undefined);
    // The connection may be cut before all of it is sent.
    expect(answer === undefined || answer.status === 413).toBe(true);
    expect(await clientOf(cookie).system.status()).toEqual(standInStatus);
  });
});

describe('starting the console', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1'])('is refused on %s', async (host) => {
    await expect(start(host)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('loopback only'),
    });
  });

  it('says that the port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const facts = other.address();
    const port = typeof facts === 'object' && facts ? facts.port : 0;
    await expect(start('127.0.0.1', port)).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it('says that the console was not built', async () => {
    rmSync(join(folder, 'renderer', 'index.html'));
    await expect(start()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not built'),
    });
  });

  it('works on ::1 where there is IPv6', async (context) => {
    const other = await start('::1').catch(() => undefined);
    if (!other) return context.skip('this computer has no IPv6 loopback');
    expect(other.origin).toMatch(/^http:\/\/\[::1\]:\d+$/);
    await other.close();
  });
});
