/** Operators at the browser console in a real Chromium: signing in and out, roles, and sessions that end. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../support/chromium';
import { ConsolePage, fillSignIn, openConsole, openConsoleAs } from '../support/console-page';
import { describeUnless } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

const password = 'correct horse';
const ann = { name: 'ann', password };
const victor = { name: 'victor', password };

/** What the engine answers to a call from within the page, as a script there would make it. */
const callFrom = ({ page }: ConsolePage, path: string, input: unknown = {}): Promise<number> =>
  page.evaluate(
    async ([to, body]) => {
      const headers = { 'x-mailroot-console': '1', 'content-type': 'application/json' };
      return (await fetch(`/rpc/${to}`, { method: 'POST', headers, body: body ?? '' })).status;
    },
    [path, JSON.stringify({ json: input })],
  );

describeUnless(chromiumSkipReason(), 'operators at the browser console', () => {
  let service: RunningService;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    service = await startService({ hasConsole: true });
    origin = new URL(await service.createSignInAddress()).origin;
    await service.client.operators.create({ ...ann, role: 'administrator' });
    await service.client.operators.create({ ...victor, role: 'viewer' });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  const signedOut = (console: ConsolePage) =>
    console.page.getByRole('heading', { name: 'You were signed out' });
  const notice = (console: ConsolePage) => console.page.getByRole('contentinfo');

  it('are asked for name and password, and told when they are wrong', async () => {
    const console = new ConsolePage(await (await browser.newContext()).newPage());
    const { page } = console;
    expect((await page.goto(origin))?.status()).toBe(401);
    expect(await console.findViolations()).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('name');
    await fillSignIn(page, { ...ann, password: 'wrong horse' });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toBe('The name or the password is wrong.');
    expect(await page.getByLabel('Name').inputValue()).toBe('ann');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('password');
    expect(await console.findViolations()).toEqual([]);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('tree').waitFor();
    expect(page.url()).toBe(`${origin}/`);
    await notice(console).getByText('Signed in as ann (administrator)').waitFor();
    // The two 401 pages are all that Chromium had to say; no style was refused by the policy.
    expect(console.complaints.filter((line) => !line.includes('401'))).toEqual([]);
  });

  it('sign in without scripts as well', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${origin}/sign-in`);
    await fillSignIn(page, ann);
    await page.waitForURL(`${origin}/`);
    const [cookie] = await context.cookies(origin);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  });

  it('do what their role allows: a viewer reads and is refused the rest', async () => {
    const [admin, viewer] = [
      await openConsoleAs(browser, service, ann),
      await openConsoleAs(browser, service, victor),
    ];
    await notice(viewer).getByText('Signed in as victor (viewer)').waitFor();
    expect(await callFrom(viewer, 'servers/list')).toBe(200);
    expect(await callFrom(viewer, 'servers/stop', { serverId: 1 })).toBe(403);
    expect(await callFrom(viewer, 'operators/list')).toBe(403);
    expect(await callFrom(admin, 'operators/list')).toBe(200);
    const [server] = await service.client.servers.list();
    expect(server?.state).toBe('started');
  });

  it('who may only read see why each button is dead, and none that does nothing', async () => {
    await service.client.operators.create({ name: 'otto', password, role: 'operator' });
    await service.client.test.run({
      serverId: 1,
      from: '',
      to: [`ann@${(await service.client.servers.list())[0]?.defaultDomain ?? ''}`],
      subject: 'For everybody',
      text: 'x',
      via: 'direct',
    });
    const whyDead = async ({ page }: ConsolePage, name: string): Promise<string> => {
      const button = page.getByRole('button', { name, exact: true });
      await button.hover();
      expect([name, await button.getAttribute('aria-disabled')]).toEqual([name, 'true']);
      return (await page.getByRole('tooltip').textContent()) ?? '';
    };
    const viewer = await openConsoleAs(browser, service, victor);
    await viewer.node(/Default SMTP/).click();
    expect(await whyDead(viewer, 'Send a test message…')).toMatch(/needs the role operator/);
    expect(await whyDead(viewer, 'Set a smart host…')).toMatch(/needs the role administrator/);
    expect(await whyDead(viewer, 'Add a remote domain…')).toMatch(/needs the role administrator/);
    expect(await viewer.button('Change').count()).toBe(0);
    expect(await viewer.button('Show').count()).toBe(2);
    expect(await viewer.button('Explain…').getAttribute('aria-disabled')).toBeNull();
    await viewer.node(/^Drop/).click();
    await viewer.row(/For everybody/).click();
    const pane = viewer.page.getByRole('region', { name: 'Message' });
    const remove = pane.getByRole('button', { name: 'Delete' });
    await remove.hover();
    await viewer.page.getByRole('tooltip', { name: /needs the role operator/ }).waitFor();
    await viewer.page.getByRole('grid', { name: 'Drop' }).press('Delete');
    expect(await viewer.page.getByRole('alertdialog').count()).toBe(0);

    const otto = await openConsoleAs(browser, service, { name: 'otto', password });
    await otto.node(/Default SMTP/).click();
    expect(await whyDead(otto, 'Set a smart host…')).toMatch(/needs the role administrator/);
    expect(await otto.button('Send a test message…').getAttribute('aria-disabled')).toBeNull();
    await otto.node(/^Drop/).click();
    await otto.row(/For everybody/).click();
    await otto.page.getByRole('region', { name: 'Message' }).getByRole('button', { name: 'Delete' }).click();
    await otto.button('Undo').click();
    await otto.row(/For everybody/).waitFor();
  });

  it('at two consoles see what the other one does', async () => {
    const admin = await openConsoleAs(browser, service, ann);
    const viewer = await openConsoleAs(browser, service, victor);
    expect(await callFrom(admin, 'servers/stop', { serverId: 1 })).toBe(200);
    for (const console of [admin, viewer]) await console.node(/\(Stopped\)/).waitFor();
    expect(await callFrom(admin, 'servers/start', { serverId: 1 })).toBe(200);
    for (const console of [admin, viewer]) await console.node(/\(Stopped\)/).waitFor({ state: 'detached' });
  });

  it('sign out, and the console is closed to that browser', async () => {
    const console = await openConsoleAs(browser, service, ann);
    const { page } = console;
    const cookies = await page.context().cookies(origin);
    await console.button('Sign Out (ann)').click();
    await page.getByRole('heading', { name: 'Sign in to Mailroot' }).waitFor();
    expect((await page.goto(origin))?.status()).toBe(401);
    // Nor is the old cookie worth anything.
    await page.context().addCookies(cookies);
    expect((await page.goto(origin))?.status()).toBe(401);
  });

  it('whose role changes are signed out at once, see nothing of before, and come back to the same place', async () => {
    await service.client.operators.create({ name: 'olga', password, role: 'operator' });
    const console = await openConsoleAs(browser, service, { name: 'olga', password });
    const { page } = console;
    await console.node(/^Current Sessions/).click();
    await service.client.operators.set({ name: 'olga', role: 'viewer' });
    await signedOut(console).waitFor();
    expect(await page.getByRole('tree').count()).toBe(0);
    expect(await page.locator('body').textContent()).not.toContain('Virtual Server');
    const link = page.getByRole('link', { name: 'Sign In' });
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await console.findViolations()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByLabel('Name').waitFor();
    await fillSignIn(page, { name: 'olga', password });
    await notice(console).getByText('Signed in as olga (viewer)').waitFor();
    const selected = page.getByRole('treeitem', { selected: true });
    await waitFor('the place of before', async () =>
      /Current Sessions/.test((await selected.textContent()) ?? ''),
    );
  });

  it('are told that they were signed out also while a dialog is open, and reach the button', async () => {
    await service.client.operators.create({ name: 'dora', password, role: 'operator' });
    const console = await openConsoleAs(browser, service, { name: 'dora', password });
    const { page } = console;
    const sheet = await console.openSheet(/Default SMTP/);
    await service.client.operators.set({ name: 'dora', role: 'viewer' });
    await signedOut(console).waitFor();
    await sheet.waitFor({ state: 'detached' });
    // By role: it is not enough that the eye sees it.
    const link = page.getByRole('link', { name: 'Sign In' });
    await link.waitFor();
    await link.and(page.locator(':focus')).waitFor();
    expect(await page.locator('#root[aria-hidden]').count()).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    await link.and(page.locator(':focus')).waitFor();
    expect(await console.findViolations()).toEqual([]);
  });

  it('begin with the focus on the place that is selected', async () => {
    const page = await (await browser.newContext()).newPage();
    // However late the virtual servers are told: until then the computer stands alone in the tree.
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await page.route('**/rpc/servers/list', async (route) => {
      await gate;
      await route.continue();
    });
    await page.goto(`${origin}/sign-in`);
    await fillSignIn(page, victor);
    await page.getByRole('treeitem').and(page.locator(':focus')).waitFor();
    open();
    await page.getByRole('treeitem', { selected: true }).and(page.locator(':focus')).waitFor();
    await page.getByRole('treeitem', { name: /Default SMTP/, selected: true }).waitFor();
  });

  it('are signed out by a start of the service, and come back by signing in in another window', async () => {
    const console = await openConsoleAs(browser, service, victor);
    await service.stop();
    await console.page.getByText('The engine is out of reach', { exact: true }).waitFor();
    await service.restart();
    await signedOut(console).waitFor();
    const other = await console.page.context().newPage();
    await other.goto(`${origin}/sign-in`);
    await fillSignIn(other, victor);
    await other.getByRole('tree').waitFor();
    await console.page.getByRole('tree').waitFor();
    await notice(console).getByText('Signed in as victor (viewer)').waitFor();
  });

  it('are not the only ones: a one-time address still makes administrator', async () => {
    const console = await openConsole(browser, service);
    await notice(console)
      .getByText(/^Signed in as \S+, one-time sign-in \(administrator\)$/)
      .waitFor();
    expect(await callFrom(console, 'operators/list')).toBe(200);
    await console.page.getByRole('button', { name: /^Sign Out \(\S+, one-time sign-in\)$/ }).click();
    await console.page.getByRole('heading', { name: 'Sign in to Mailroot' }).waitFor();
  });
});
