import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTokenServer, type TokenServer } from '../../support/token-server';
import { openBench, type SignInBench, urlOf } from './sign-ins-bench';

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

const begin = (id: string) => bench.signIns.attempts.begin(id);
const poll = (attemptId: string) => bench.signIns.attempts.poll(attemptId, 0);
async function beginInBrowser(id: string) {
  const step = await begin(id);
  if (step.kind !== 'browser') throw new Error(`it wants ${step.kind}`);
  return step;
}
async function beginOnDevice(id: string) {
  const step = await begin(id);
  if (step.kind !== 'device') throw new Error(`it wants ${step.kind}`);
  return step;
}
/** Lets the device ask once more, and waits for the answer. */
async function askOnce(afterMs = 1000): Promise<void> {
  const count = provider.requests.length;
  await bench.clock.advance(afterMs);
  await expect.poll(() => provider.requests.length).toBe(count + 1);
}

describe('a sign-in with a browser', () => {
  it('ends in the browser, on this computer, and says so there', async () => {
    const id = await bench.create();
    const { attemptId, url } = await beginInBrowser(id);
    expect(await poll(attemptId)).toEqual({ state: 'waiting' });
    const { page } = await provider.visit(url);
    expect(page).toContain('You are signed in');
    expect(await poll(attemptId)).toEqual({ state: 'done' });
    expect(bench.row(id)).toMatchObject({ state: 'signed-in', signedInAt: bench.clock.now() });
  });

  it('asks for exactly what is needed, with PKCE and a state', async () => {
    const id = await bench.create({ mailbox: 'scans@corp.test' });
    const { url, redirectUri } = await beginInBrowser(id);
    const { searchParams } = new URL(url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: provider.clientId,
      redirect_uri: redirectUri,
      scope: 'smtp offline_access',
      code_challenge_method: 'S256',
      login_hint: 'scans@corp.test',
    });
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(searchParams.get('state')?.length).toBeGreaterThan(30);
    expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('learns the mailbox from the provider where nobody entered it', async () => {
    const id = await bench.createSignedIn({ scope: 'smtp openid' });
    expect(bench.row(id).mailbox).toBe('printer@corp.test');
    expect((await bench.signIns.tokens.accessToken(id)).user).toBe('printer@corp.test');
  });

  it('on another computer is completed by the address that the browser ended at', async () => {
    const id = await bench.create();
    const { attemptId, url } = await beginInBrowser(id);
    const address = provider.consent(url);
    expect(await bench.signIns.attempts.complete(attemptId, address)).toEqual({ state: 'done' });
    expect(bench.row(id).state).toBe('signed-in');
  });

  it.each([
    ['nonsense', 'nonsense', 'Paste the whole address'],
    ['without a code', 'http://127.0.0.1:1/?state=x', 'Paste the whole address'],
    ['of another sign-in', 'http://127.0.0.1:1/?code=c&state=other', 'not of this sign-in'],
  ])('does not take an address that is %s, and goes on waiting', async (_, address, words) => {
    const { attemptId } = await beginInBrowser(await bench.create());
    await expect(bench.signIns.attempts.complete(attemptId, address)).rejects.toMatchObject({
      code: 'invalid',
      field: 'address',
      message: expect.stringContaining(words),
    });
    expect(await poll(attemptId)).toEqual({ state: 'waiting' });
    expect(provider.requests).toEqual([]);
  });

  it('is not disturbed by a page of this computer that does not know its state', async () => {
    const id = await bench.create();
    const { attemptId, url, redirectUri } = await beginInBrowser(id);
    for (const query of ['?code=stolen&state=guessed', '?error=access_denied', '/elsewhere', ''])
      expect((await fetch(`${redirectUri}/${query}`)).ok).toBe(false);
    expect(await poll(attemptId)).toEqual({ state: 'waiting' });
    await provider.visit(url);
    expect(await poll(attemptId)).toEqual({ state: 'done' });
  });

  it('takes its code once, however often the browser loads the page', async () => {
    const { url } = await beginInBrowser(await bench.create());
    const address = provider.consent(url);
    const pages = await Promise.all([fetch(address), fetch(address)]);
    for (const page of pages) expect(await page.text()).toContain('You are signed in');
    expect(provider.requests).toHaveLength(1);
  });

  it("tells the provider's words when the person or the provider says no, and shows them as text", async () => {
    const { attemptId, url } = await beginInBrowser(await bench.create());
    const { page } = await provider.visit(url, {
      error: 'access_denied',
      description: '<script>alert(1)</script> AADSTS90094: admin consent Trace ID: 77',
    });
    expect(page).not.toContain('<script>');
    expect(await poll(attemptId)).toEqual({
      state: 'failed',
      reason:
        'An administrator of Microsoft Entra has to grant consent to the application. The provider says: <script>alert(1)</script> AADSTS90094: admin consent',
    });
  });

  it('without a refresh token would end within the hour, and is refused with what to do', async () => {
    await provider.close();
    provider = await startTokenServer({ isForgetful: true });
    const id = await bench.create({ ...provider.endpoints });
    const { attemptId, url } = await beginInBrowser(id);
    await provider.visit(url);
    expect(await poll(attemptId)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('no refresh token'),
    });
    expect(bench.row(id).state).toBe('needs-sign-in');
  });

  it('listens no longer once it has ended, was cancelled, begun anew, or took too long', async () => {
    const id = await bench.create();
    const isOpen = (uri: string) =>
      fetch(uri).then(
        () => true,
        () => false,
      );
    const done = await beginInBrowser(id);
    await provider.visit(done.url);
    const replaced = await beginInBrowser(id);
    const cancelled = await beginInBrowser(id);
    expect(await poll(replaced.attemptId)).toEqual({ state: 'cancelled' });
    bench.signIns.attempts.cancel(cancelled.attemptId);
    const late = await beginInBrowser(id);
    expect(await isOpen(late.redirectUri)).toBe(true);
    await bench.clock.advance(15 * 60_000);
    expect(await poll(late.attemptId)).toMatchObject({ state: 'failed' });
    for (const { redirectUri } of [done, replaced, cancelled, late])
      await expect.poll(() => isOpen(redirectUri)).toBe(false);
  });
});

describe('a sign-in with a code', () => {
  it('goes on asking until somebody has entered the code, and more slowly when it is told to', async () => {
    const id = await bench.create({ grant: 'device-code' });
    const { attemptId, userCode, verificationUri } = await beginOnDevice(id);
    expect(verificationUri).toMatch(/\/enter$/);
    await askOnce();
    provider.next({ error: 'slow_down' });
    await askOnce();
    await expect.poll(() => bench.clock.nextTimerAt).toBe(bench.clock.now() + 6000);
    provider.enterCode(userCode);
    await askOnce(6000);
    await expect.poll(() => poll(attemptId)).toEqual({ state: 'done' });
    expect(bench.row(id).state).toBe('signed-in');
  });

  it('outlives a provider that is away for a moment', async () => {
    const { attemptId, userCode } = await beginOnDevice(await bench.create({ grant: 'device-code' }));
    provider.next('reset', 'broken');
    await askOnce();
    await expect.poll(() => bench.clock.nextTimerAt).toBe(bench.clock.now() + 2000);
    await askOnce(2000);
    await expect.poll(() => bench.clock.nextTimerAt).toBe(bench.clock.now() + 4000);
    provider.enterCode(userCode);
    await askOnce(4000);
    await expect.poll(() => poll(attemptId)).toEqual({ state: 'done' });
  });

  it('ends when the person says no', async () => {
    const { attemptId, userCode } = await beginOnDevice(await bench.create({ grant: 'device-code' }));
    provider.refuseCode(userCode);
    await askOnce();
    await expect
      .poll(() => poll(attemptId))
      .toEqual({ state: 'failed', reason: 'It was not allowed. The provider says: access_denied' });
  });

  it('ends when nobody enters the code in time', async () => {
    const { attemptId } = await beginOnDevice(await bench.create({ grant: 'device-code' }));
    provider.next({ error: 'expired_token' });
    await askOnce();
    await expect
      .poll(() => poll(attemptId))
      .toEqual({
        state: 'failed',
        reason: 'The code has expired. Begin again. The provider says: expired_token',
      });
  });

  it('asks no more once it is cancelled', async () => {
    const { attemptId } = await beginOnDevice(await bench.create({ grant: 'device-code' }));
    bench.signIns.attempts.cancel(attemptId);
    await bench.clock.advance(60_000);
    expect(provider.requests).toEqual([]);
  });

  it('cannot begin where the provider does not answer, and says so', async () => {
    const id = await bench.create({ grant: 'device-code', deviceEndpoint: 'http://127.0.0.1:9/device' });
    await expect(begin(id)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot be reached'),
    });
  });
});

describe('waiting for the end', () => {
  it('is answered at once when it comes, and after the time when it does not', async () => {
    const { attemptId, url } = await beginInBrowser(await bench.create());
    const { attempts } = bench.signIns;
    const first = attempts.poll(attemptId, 20_000);
    await bench.clock.advance(20_000);
    expect(await first).toEqual({ state: 'waiting' });
    const second = attempts.poll(attemptId, 20_000);
    await provider.visit(url);
    expect(await second).toEqual({ state: 'done' });
  });

  it('is told that it is over when nobody knows of it any more', async () => {
    await expect(poll('nothing')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a sign-in that was changed meanwhile', () => {
  it('does not get tokens that were given for what it was', async () => {
    const id = await bench.create();
    const { attemptId, url } = await beginInBrowser(id);
    await bench.signIns.set(id, { scope: 'other' });
    await provider.visit(url);
    expect(await poll(attemptId)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('changed meanwhile'),
    });
    expect(bench.row(id).state).toBe('needs-sign-in');
  });
});

describe('Microsoft and Google', () => {
  it('are sent the browser as they know it', async () => {
    const microsoft = await bench.create({
      ...blank,
      name: 'M',
      provider: 'microsoft',
      tenant: 'corp.test',
      scope: '',
    });
    const url = new URL(urlOf(await begin(microsoft)));
    expect(url.origin + url.pathname).toBe(
      'https://login.microsoftonline.com/corp.test/oauth2/v2.0/authorize',
    );
    expect(url.searchParams.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+$/);
    expect(url.searchParams.get('scope')).toBe(
      'https://outlook.office.com/SMTP.Send offline_access openid email',
    );
    const google = await bench.create({
      ...blank,
      name: 'G',
      provider: 'google',
      scope: '',
      mailbox: 'a@corp.test',
    });
    const other = new URL(urlOf(await begin(google)));
    expect(Object.fromEntries(other.searchParams)).toMatchObject({
      scope: 'https://mail.google.com/',
      access_type: 'offline',
      prompt: 'consent',
      login_hint: 'a@corp.test',
    });
  });
});

const blank = { authorizationEndpoint: '', tokenEndpoint: '', deviceEndpoint: '' };
