import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTokenServer, type TokenServer } from '../../support/token-server';
import { openBench, type SignInBench } from './sign-ins-bench';

let provider: TokenServer;
let bench: SignInBench;
beforeEach(async () => {
  provider = await startTokenServer();
  bench = openBench(provider);
});
afterEach(async () => {
  bench.remove();
  await provider.close();
});

const minutesMs = 60_000;
const token = (id: string, refused?: string) => bench.signIns.tokens.accessToken(id, refused);
const refreshes = (): number => provider.requests.filter(({ grant }) => grant === 'refresh_token').length;
const reasonOf = (promise: Promise<unknown>): Promise<{ code: string; message: string }> =>
  promise.then(
    () => expect.fail('it gave a token'),
    (error) => error,
  );

describe('a token', () => {
  it('is good for the provider, and for the mailbox that was entered', async () => {
    const id = await bench.createSignedIn({ mailbox: 'scans@corp.test' });
    const { token: value, user } = await token(id);
    expect(provider.isGood(value)).toBe(true);
    expect(user).toBe('scans@corp.test');
  });

  it('is kept until two minutes before it expires, and then renewed', async () => {
    const id = await bench.createSignedIn();
    const first = await token(id);
    await bench.clock.advance(57 * minutesMs);
    expect(await token(id)).toEqual(first);
    expect(refreshes()).toBe(0);
    await bench.clock.advance(2 * minutesMs);
    const second = await token(id);
    expect(second.token).not.toBe(first.token);
    expect(refreshes()).toBe(1);
  });

  it('is fetched once for all who ask at the same time', async () => {
    const id = await bench.createSignedIn();
    await bench.clock.advance(60 * minutesMs);
    const open = provider.hold();
    const asked = Promise.all(Array.from({ length: 20 }, () => token(id)));
    open();
    expect(new Set((await asked).map((each) => each.token)).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it('that a host refused is renewed once, and not again within a minute', async () => {
    const id = await bench.createSignedIn();
    const first = await token(id);
    const second = await token(id, first.token);
    expect(second.token).not.toBe(first.token);
    // Another connection was refused with the old one: the new one is for it, too.
    expect(await token(id, first.token)).toEqual(second);
    expect(await reasonOf(token(id, second.token))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('refuses tokens that were just made'),
    });
    await bench.clock.advance(minutesMs);
    expect((await token(id, second.token)).token).not.toBe(second.token);
    expect(refreshes()).toBe(2);
  });

  it('of a sign-in that is not there, or that nobody signed in to, is told in words that say what to do', async () => {
    expect(await reasonOf(token('00112233445566ff'))).toMatchObject({
      code: 'unavailable',
      message: 'The OAuth2 sign-in does not exist any more. Choose another one under Outbound Security.',
    });
    expect(await reasonOf(token(await bench.create()))).toMatchObject({
      code: 'unavailable',
      message: 'OAuth2 sign-in "Office": Nobody has signed in yet. Sign in.',
    });
    expect(provider.requests).toEqual([]);
  });

  it('of an application comes for its secret alone', async () => {
    provider.clientSecret = 'shared secret';
    const id = await bench.create({
      grant: 'client-credentials',
      clientSecret: 'shared secret',
      mailbox: 'app@corp.test',
    });
    expect(await bench.signIns.attempts.begin(id)).toEqual({ kind: 'done' });
    expect((await token(id)).user).toBe('app@corp.test');
    expect(bench.row(id)).toMatchObject({ state: 'signed-in', hasClientSecret: true });
    await bench.clock.advance(60 * minutesMs);
    await token(id);
    expect(provider.requests.map(({ grant }) => grant)).toEqual(['client_credentials', 'client_credentials']);
  });
});

describe('a refresh token that was exchanged', () => {
  it('is on the disk before the access token is used: a crash afterwards loses nothing', async () => {
    const id = await bench.createSignedIn();
    for (let round = 0; round < 3; round++) {
      await bench.clock.advance(60 * minutesMs);
      await token(id);
      bench.reopen();
    }
    expect(provider.isGood((await token(id)).token)).toBe(true);
    expect(bench.row(id).state).toBe('signed-in');
  });

  it('is not lost while the disk cannot take it, and no access token is handed out before it can', async () => {
    const id = await bench.createSignedIn();
    await bench.clock.advance(60 * minutesMs);
    const folder = join(bench.folder, 'sign-ins');
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, 'not a folder');
    expect(await reasonOf(token(id))).toMatchObject({ code: 'unavailable' });
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
    expect(provider.isGood((await token(id)).token)).toBe(true);
    bench.reopen();
    expect(provider.isGood((await token(id)).token)).toBe(true);
  });
});

describe('a provider that', () => {
  const expire = () => bench.clock.advance(60 * minutesMs);

  it('ended the sign-in is not asked again until somebody signs in, and then mail is woken', async () => {
    const id = await bench.createSignedIn();
    bench.good.length = 0;
    provider.revoke();
    await expire();
    const { message } = await reasonOf(token(id));
    expect(message).toBe(
      'OAuth2 sign-in "Office": The sign-in is not valid any more. Sign in again. The provider says: invalid_grant',
    );
    expect(bench.row(id)).toMatchObject({ state: 'needs-sign-in' });
    const asked = provider.requests.length;
    await bench.clock.advance(600 * minutesMs);
    await reasonOf(token(id));
    bench.reopen();
    expect(bench.row(id)).toMatchObject({ state: 'needs-sign-in' });
    await reasonOf(token(id));
    expect(provider.requests).toHaveLength(asked);
    expect(bench.good).toEqual([]);
    const step = await bench.signIns.attempts.begin(id);
    if (step.kind !== 'browser') throw new Error('no browser');
    await provider.visit(step.url);
    expect(bench.good).toEqual([id]);
    expect(provider.isGood((await token(id)).token)).toBe(true);
  });

  it('refuses the application is asked again after five minutes, because it may be put right over there', async () => {
    const id = await bench.createSignedIn();
    bench.good.length = 0;
    await expire();
    provider.next({ error: 'invalid_client', description: 'AADSTS7000222: The provided keys are expired.' });
    const { message } = await reasonOf(token(id));
    expect(message).toContain('The client secret has expired. Make a new one');
    expect(bench.row(id)).toMatchObject({ state: 'broken' });
    const asked = provider.requests.length;
    await reasonOf(token(id));
    expect(provider.requests).toHaveLength(asked);
    await bench.clock.advance(5 * minutesMs);
    expect(provider.isGood((await token(id)).token)).toBe(true);
    expect(bench.row(id)).toMatchObject({ state: 'signed-in' });
    expect(bench.good).toEqual([id]);
  });

  it.each([
    ['is down', 'broken', 'gives no tokens now (HTTP 500)'],
    ['is behind a portal', 'garbage', 'did not answer as a token server does'],
    ['sends no token', 'empty', 'did not answer as a token server does'],
    ['never stops talking', 'huge', 'more than a token server sends'],
    ['breaks off', 'reset', 'cannot be reached'],
    ['sends elsewhere', 'redirect', 'did not answer as a token server does'],
    ['is overloaded', { error: 'temporarily_unavailable', status: 503 }, 'gives no tokens now (HTTP 503)'],
    ['limits us', { error: 'slow_down', status: 429 }, 'gives no tokens now (slow_down)'],
  ] as const)('%s is tried again by later mail, and the sign-in stays', async (_, how, words) => {
    const id = await bench.createSignedIn();
    bench.good.length = 0;
    await expire();
    provider.next(how);
    const failure = await reasonOf(token(id));
    expect(failure).toMatchObject({ code: 'unavailable', message: expect.stringContaining(words) });
    expect(bench.row(id)).toMatchObject({ state: 'signed-in', reason: expect.stringContaining(words) });
    const asked = provider.requests.length;
    expect((await reasonOf(token(id))).message).toBe(failure.message);
    expect(provider.requests).toHaveLength(asked);
    await bench.clock.advance(15_000);
    expect(provider.isGood((await token(id)).token)).toBe(true);
    expect(bench.good).toEqual([id]);
    expect(bench.row(id).reason).toBeUndefined();
  });

  it('cannot be reached at all makes mail wait', async () => {
    const id = await bench.createSignedIn();
    await expire();
    await provider.close();
    expect((await reasonOf(token(id))).message).toMatch(
      /^OAuth2 sign-in "Office": The token server 127\.0\.0\.1:\d+ cannot be reached: .*Mail waits and is tried again\.$/,
    );
    provider = await startTokenServer();
  });
});

describe('secrets and tokens', () => {
  it('are in no file in clear, in no warning, and in no refusal, even when the provider repeats them', async () => {
    provider.clientSecret = 'a very secret secret';
    const id = await bench.createSignedIn({ clientSecret: 'a very secret secret' });
    await bench.clock.advance(60 * minutesMs);
    const last = [...provider.secrets].findLast((each) => each.startsWith('refresh-')) ?? '';
    provider.next({ error: 'invalid_grant', description: `bad ${last} for a very secret secret` });
    const { message } = await reasonOf(token(id));
    const told = [message, bench.warnings.join('\n'), bench.filesText(), JSON.stringify(bench.row(id))];
    expect(message).toContain('bad … for …');
    for (const secret of [...provider.secrets, provider.clientSecret])
      for (const text of told) expect(text).not.toContain(secret);
  });

  it('that cannot be opened any more are asked for again', async () => {
    const id = await bench.createSignedIn();
    writeFileSync(join(bench.folder, 'secret.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
    bench.reopen();
    expect((await reasonOf(token(id))).message).toContain('cannot be read. Sign in again.');
    expect(bench.row(id)).toMatchObject({ state: 'needs-sign-in' });
  });
});

describe('what is changed', () => {
  it('keeps the tokens when it is only a name or a date', async () => {
    const id = await bench.createSignedIn();
    await bench.signIns.set(id, { name: 'Printer', clientSecretExpiresAt: null });
    expect(bench.row(id)).toMatchObject({ name: 'Printer', state: 'signed-in' });
  });

  it('forgets the tokens when they were given for something else', async () => {
    const id = await bench.createSignedIn();
    await bench.signIns.set(id, { scope: 'other' });
    expect(bench.row(id)).toMatchObject({ state: 'needs-sign-in', mailbox: '' });
    expect(await reasonOf(token(id))).toMatchObject({
      message: expect.stringContaining('Nobody has signed in'),
    });
  });

  it('while a renewal is under way is not undone by it', async () => {
    const id = await bench.createSignedIn();
    await bench.clock.advance(60 * minutesMs);
    const open = provider.hold();
    const asked = reasonOf(token(id));
    await bench.signIns.set(id, { scope: 'other' });
    open();
    expect((await asked).message).toContain('was changed meanwhile');
    expect(bench.row(id)).toMatchObject({ state: 'needs-sign-in' });
  });

  it('gives a new client secret its chance at once', async () => {
    provider.clientSecret = 'old';
    const id = await bench.createSignedIn({ clientSecret: 'old' });
    provider.clientSecret = 'new';
    await bench.clock.advance(60 * minutesMs);
    await reasonOf(token(id));
    expect(bench.row(id)).toMatchObject({ state: 'broken' });
    bench.good.length = 0;
    await bench.signIns.set(id, { clientSecret: 'new' });
    expect(provider.isGood((await token(id)).token)).toBe(true);
    expect(bench.good).toEqual([id]);
  });
});

describe('files', () => {
  it('that are damaged are left alone and told of', async () => {
    await bench.createSignedIn();
    const path = join(bench.folder, 'sign-ins', '00112233445566ff.json');
    writeFileSync(path, '{"version":1,"refreshToken":"sealed:v1:abc"');
    bench.reopen();
    expect(bench.signIns.store.list()).toHaveLength(1);
    expect(bench.warnings.join()).toContain(
      '00112233445566ff.json cannot be read and is left out: this is not JSON',
    );
    expect(bench.warnings.join()).not.toContain('sealed:');
    expect(readdirSync(join(bench.folder, 'sign-ins'))).toHaveLength(2);
  });

  it('that a crash left half-written are removed', async () => {
    await bench.createSignedIn();
    const folder = join(bench.folder, 'sign-ins');
    writeFileSync(join(folder, '00112233445566ff.json.77-1.tmp'), '{');
    bench.reopen();
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('a sign-in that nobody uses', () => {
  it('is renewed every few days, so that the provider does not forget it', async () => {
    const id = await bench.createSignedIn();
    bench.signIns.start();
    await bench.clock.advance(2 * 24 * 60 * minutesMs);
    expect(refreshes()).toBe(0);
    for (let day = 0; day < 3; day++) {
      await bench.clock.advance(24 * 60 * minutesMs);
      await expect.poll(() => bench.row(id).renewedAt).toBeGreaterThan(0);
    }
    await expect.poll(refreshes).toBe(1);
  });
});
