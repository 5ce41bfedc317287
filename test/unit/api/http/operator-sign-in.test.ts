/** Operators at the browser console: the form, the session that it opens, and what each role may do. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Role } from '../../../../src-main/api/contract';
import { type ConsoleServer, startConsole } from '../../../../src-main/api/http/console-server';
import type { ContractClient } from '../../../../src-main/api/http/control-client';
import { maxTriesOfName, triesWindowMs } from '../../../../src-main/api/http/password-tries';
import { composeMailroot, type Mailroot } from '../../../../src-main/compose';
import { findFreePort } from '../../../support/service';

const password = 'correct horse';
let folder: string;
let mailroot: Mailroot;
let webConsole: ConsoleServer;
let now: number;
const log: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'operators-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Console</title>');
  now = Date.now();
  log.length = 0;
  let document: unknown = {
    version: 1,
    servers: [
      {
        id: 1,
        name: 'One',
        bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
        homeDirectory: join(folder, 'home'),
        domains: [{ type: 'default', name: 'corp.test' }],
      },
    ],
  };
  mailroot = composeMailroot({
    dataFolder: folder,
    host: 'service',
    version: '0.0.0',
    log: (line) => void log.push(line),
    settingsFile: {
      path: join(folder, 'settings.json'),
      read: () => document,
      write: (next) => {
        document = next;
      },
    },
  });
  await mailroot.start();
  webConsole = await startConsole({
    address: { host: '127.0.0.1', port: 0 },
    rendererFolder: join(folder, 'renderer'),
    router: mailroot.router,
    operators: mailroot.people.operators,
    clock: { now: () => now, startTimer: () => () => undefined },
    log: (line) => void log.push(line),
  });
});
afterEach(async () => {
  await webConsole.close();
  await mailroot.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

const create = (name: string, role: Role) => mailroot.people.operators.create({ name, role, password });

interface FormOptions {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function sendForm(name: string, given: string, options: FormOptions = {}): Promise<Response> {
  return fetch(`${webConsole.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      origin: webConsole.origin,
      'content-type': 'application/x-www-form-urlencoded',
      ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
      ...options.headers,
    },
    body: options.body ?? new URLSearchParams({ name, password: given }).toString(),
  });
}

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

async function signIn(name: string, options: FormOptions = {}): Promise<string> {
  const answer = await sendForm(name, password, options);
  expect(answer.status).toBe(303);
  return cookiesOf(answer);
}

const headersOf = (cookie: string) => ({ cookie, origin: webConsole.origin, 'x-mailroot-console': '1' });
const clientOf = (cookie: string): ContractClient =>
  createORPCClient(new RPCLink({ url: `${webConsole.origin}/rpc`, headers: () => headersOf(cookie) }));
const pageAt = (path: string, cookie = ''): Promise<Response> =>
  fetch(webConsole.origin + path, { redirect: 'manual', headers: { cookie } });

describe('the form', () => {
  it('is shown to whoever is not signed in, with fields that a password manager knows', async () => {
    await create('ann', 'viewer');
    for (const [path, status] of [
      ['/sign-in', 200],
      ['/', 401],
      ['/index.html', 401],
    ] as const) {
      const answer = await pageAt(path);
      expect(answer.status).toBe(status);
      const text = await answer.text();
      expect(text).toContain('<form method="post" action="/sign-in">');
      expect(text).toMatch(/<label for="name">Name<\/label>\s*<input id="name" name="name"/);
      expect(text).toContain('autocomplete="username"');
      expect(text).toContain('autocomplete="current-password"');
      expect(text).not.toContain('<script');
    }
  });

  it('comes with a policy that allows its own style, sending it here, and nothing else', async () => {
    await create('ann', 'viewer');
    const { headers } = await pageAt('/sign-in');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is not offered while there is nobody to sign in', async () => {
    const text = await (await pageAt('/sign-in')).text();
    expect(text).not.toContain('<form');
    expect(text).toContain('<pre>mailroot console</pre>');
    expect((await sendForm('ann', password)).status).toBe(401);
  });

  it('signs in and leads to the console, by a cookie that scripts and other sites do not get', async () => {
    await create('Ann', 'viewer');
    const answer = await sendForm(' ann ', password);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    const { port } = new URL(webConsole.origin);
    const [session, browser] = answer.headers.getSetCookie();
    expect(session).toMatch(
      new RegExp(`^mailroot-console-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(browser).toMatch(
      new RegExp(`^mailroot-browser-${port}=[\\w-]{43}; Path=/sign-in; HttpOnly; SameSite=Strict; Max-Age=`),
    );
    const cookie = cookiesOf(answer);
    expect(await (await pageAt('/', cookie)).text()).toContain('<title>Console</title>');
    expect(await clientOf(cookie).system.me()).toEqual({ name: 'Ann', role: 'viewer', via: 'browser' });
    expect(await (await pageAt('/sign-in', cookie)).text()).toContain('You are signed in as Ann.');
  });

  it('answers an unknown name and a wrong password alike', async () => {
    await create('ann', 'viewer');
    const texts = await Promise.all(
      ['ann', 'bob'].map(async (name) => {
        const answer = await sendForm(name, 'wrong horse');
        expect(answer.status).toBe(401);
        expect(answer.headers.getSetCookie()).toEqual([]);
        return (await answer.text()).replaceAll(name, 'NAME');
      }),
    );
    expect(texts[0]).toContain('The name or the password is wrong.');
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toContain('wrong horse');
  });

  it('gives a name back as text, whatever is in it', async () => {
    await create('ann', 'viewer');
    const text = await (await sendForm('"><script>alert(1)</script>', 'wrong horse')).text();
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(text).not.toContain('<script');
  });

  it.each([
    ['of another site', { headers: { origin: 'http://evil.example' } }, 403],
    ['without Origin', { headers: { origin: '' } }, 403],
    ['that is JSON', { headers: { 'content-type': 'application/json' } }, 400],
    ['without a password', { body: 'name=ann' }, 401],
    ['without a name', { body: 'password=correct+horse' }, 401],
    ['that is empty', { body: '' }, 401],
    ['that is too long', { body: `name=ann&password=${'x'.repeat(100_000)}` }, 400],
  ])('%s opens nothing', async (_, options, status) => {
    await create('ann', 'viewer');
    const answer = await sendForm('ann', password, options);
    expect(answer.status).toBe(status);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('leaves no password in the log', async () => {
    await create('ann', 'viewer');
    await sendForm('ann', 'wrong-secret');
    await sendForm('wrong-secret', password);
    await signIn('ann');
    await clientOf(await signIn('ann'))
      .operators.create({ name: 'bob', role: 'viewer', password: 'short' })
      .catch(() => undefined);
    expect(log.join('\n')).not.toMatch(/wrong-secret|horse|short/);
  });
});

describe('too many wrong passwords', () => {
  const exhaust = async (name: string): Promise<void> => {
    const tried = Array.from({ length: maxTriesOfName }, () => sendForm(name, 'wrong horse'));
    for (const answer of await Promise.all(tried)) expect(answer.status).toBe(401);
  };

  it('of one name have to wait, even with the right one, and others do not', async () => {
    await create('ann', 'viewer');
    await create('bob', 'viewer');
    await exhaust('ann');
    const answer = await sendForm('ann', password);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe(String(triesWindowMs / 1000));
    expect(await answer.text()).toContain('Try again in 5 minutes.');
    await signIn('bob');
    now += triesWindowMs;
    await signIn('ann');
  });

  it('of a stranger do not keep out a browser that is known, nor the one-time address', async () => {
    await create('ann', 'viewer');
    const cookie = await signIn('ann');
    await exhaust('ann');
    expect((await sendForm('ann', password)).status).toBe(429);
    await signIn('ann', { cookie });
    expect((await fetch(webConsole.createSignInAddress())).status).toBe(200);
  });
});

describe('a session', () => {
  it('is never the one that the browser came with', async () => {
    await create('ann', 'viewer');
    const { port } = new URL(webConsole.origin);
    const planted = `mailroot-console-${port}=${'A'.repeat(43)}`;
    expect(await signIn('ann', { cookie: planted })).not.toContain('A'.repeat(43));
    expect((await pageAt('/', planted)).status).toBe(401);
  });

  it('of before ends when the same browser signs in again', async () => {
    await create('ann', 'viewer');
    await create('bob', 'operator');
    const first = await signIn('ann');
    const second = await signIn('bob', { cookie: first });
    await expect(clientOf(first).system.me()).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await clientOf(second).system.me()).toMatchObject({ name: 'bob', role: 'operator' });
  });

  it('that a one-time address opened has the name of who asked for it, and ends with that person', async () => {
    let isAdministrator = true;
    const ann = { name: 'ann', stands: () => isAdministrator };
    const open = (): Promise<Response> => fetch(webConsole.createSignInAddress(ann));
    const cookie = (await open()).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await clientOf(cookie).system.me()).toMatchObject({
      name: 'ann, one-time sign-in',
      role: 'administrator',
    });
    const stream = await clientOf(cookie).system.watch();
    await stream.next();
    const address = webConsole.createSignInAddress(ann);
    isAdministrator = false;
    // Whoever is dismissed is so by a change of the list.
    await create('bob', 'viewer');
    await expect(stream.next()).rejects.toBeDefined();
    await expect(clientOf(cookie).system.me()).rejects.toMatchObject({ code: 'not-signed-in' });
    expect((await fetch(address)).status).toBe(401);
  });

  it('ends at sign-out, with its streams and its cookie', async () => {
    await create('ann', 'viewer');
    const cookie = await signIn('ann');
    const other = await signIn('ann');
    const stream = await clientOf(cookie).system.watch();
    await stream.next();
    const rest = stream.next();
    rest.catch(() => undefined);
    const answer = await fetch(`${webConsole.origin}/sign-out`, {
      method: 'POST',
      headers: headersOf(cookie),
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^mailroot-console-\d+=; .*Max-Age=0$/);
    await expect(rest).rejects.toThrow();
    await expect(clientOf(cookie).system.me()).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await clientOf(other).system.me()).toMatchObject({ name: 'ann' });
  });

  it('is not ended by another site', async () => {
    await create('ann', 'viewer');
    const cookie = await signIn('ann');
    for (const headers of [
      { ...headersOf(cookie), origin: 'http://evil.example' },
      { cookie, origin: webConsole.origin },
    ]) {
      const answer = await fetch(`${webConsole.origin}/sign-out`, { method: 'POST', headers });
      expect(answer.status).toBe(403);
    }
    expect(await clientOf(cookie).system.me()).toMatchObject({ name: 'ann' });
  });

  it.each([
    ['another role', () => mailroot.people.operators.set('ANN', { role: 'administrator' })],
    ['another password', () => mailroot.people.operators.set('ann', { password: 'battery staple' })],
    ['the end of the operator', () => mailroot.people.operators.delete('ann')],
  ])('ends at once with %s, and its streams with it', async (_, change) => {
    await create('ann', 'viewer');
    await create('bob', 'viewer');
    const cookie = await signIn('ann');
    const other = await signIn('bob');
    const stream = await clientOf(cookie).system.watch();
    await stream.next();
    const ended = vi.fn();
    // The stream may still bring what happened before its end.
    const rest = (async () => {
      for await (const _change of stream);
    })().catch(ended);
    await change();
    await rest;
    expect(ended).toHaveBeenCalled();
    await expect(clientOf(cookie).servers.list()).rejects.toMatchObject({ code: 'not-signed-in' });
    expect(await clientOf(other).servers.list()).toHaveLength(1);
  });
});

describe('what a role may do', () => {
  const settle = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: { code?: string; status?: number }) => `${error.status} ${error.code}`,
    );
  const forbidden = '403 forbidden';

  it.each([
    ['viewer', { read: 'done', run: forbidden, change: forbidden }],
    ['operator', { read: 'done', run: 'done', change: forbidden }],
    ['administrator', { read: 'done', run: 'done', change: 'done' }],
  ] as const)('as %s', async (role, may) => {
    await create('ann', role);
    const api = clientOf(await signIn('ann'));
    expect(await settle(api.servers.list())).toBe(may.read);
    expect(await settle(api.queue.list({ serverId: 1 }))).toBe(may.read);
    expect(await settle(api.servers.stop({ serverId: 1 }))).toBe(may.run);
    expect(await settle(api.servers.start({ serverId: 1 }))).toBe(may.run);
    expect(await settle(api.accounts.list())).toBe(may.run);
    expect(await settle(api.servers.set({ serverId: 1, patch: { maxHops: 20 } }))).toBe(may.change);
    expect(await settle(api.settings.export())).toBe(may.change);
    expect(await settle(api.accounts.create({ name: 'app', password }))).toBe(may.change);
    expect(await settle(api.operators.list())).toBe(may.change);
    expect(await settle(api.operators.create({ name: 'eve', role: 'administrator', password }))).toBe(
      may.change,
    );
    const isChanged = may.change === 'done';
    expect(mailroot.settings.current().servers[0]?.maxHops).toBe(isChanged ? 20 : 15);
    expect(mailroot.people.operators.list()).toHaveLength(isChanged ? 2 : 1);
    expect(mailroot.people.accounts.list()).toHaveLength(isChanged ? 1 : 0);
  });

  it('is told to other consoles when people change', async () => {
    await create('ann', 'viewer');
    const stream = await clientOf(await signIn('ann')).system.watch();
    await stream.next();
    await mailroot.people.accounts.create({ name: 'app', password });
    expect((await stream.next()).value).toMatchObject({ settings: true });
    await stream.return?.();
  });
});
