/**
 * The frame of the console in Chromium on the real service: tree, verbs by toolbar, menu and key, roles, help,
 * what is announced, and that nothing is lost at a large zoom.
 */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole, openConsoleAs } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';

const folderNodes = ['Domains', 'Current Sessions', 'Queue', 'Drop', 'Badmail'];

describeWith(['chromium'], 'the frame of the console', () => {
  let browser: Browser;
  let service: RunningService;
  let console: ConsolePage;

  beforeAll(async () => {
    const scannerPort = await findFreePort();
    [browser, service] = await Promise.all([
      launchChromium(),
      startService({
        hasConsole: true,
        moreServers: [
          {
            id: 2,
            name: 'Scanners',
            bindings: [{ address: '127.0.0.1', port: scannerPort }],
            startsAutomatically: false,
          },
        ],
      }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });
  beforeEach(async () => {
    console = await openConsole(browser, service);
  });
  afterEach(async () => {
    await console.page.context().close();
  });

  const press = (key: string): Promise<void> => console.page.keyboard.press(key);
  const main = (): Locator => console.node(/Default SMTP/);
  const isSelected = async (node: Locator): Promise<boolean> =>
    (await node.getAttribute('aria-selected')) === 'true';
  const state = async (serverId: number) => (await service.client.servers.get({ serverId })).summary.state;
  const heading = (name: RegExp | string): Locator =>
    console.page.getByRole('heading', { level: 1, name }).and(console.page.locator('[aria-current=page]'));
  const spoken = (politeness: 'polite' | 'assertive', text: string | RegExp): Locator =>
    console.page.locator(`[aria-live=${politeness}]`, { hasText: text });

  it('walks the tree by keyboard: arrows, Home, End, letters, and * unfolds all', async () => {
    await main().focus();
    await press('ArrowDown');
    await console.page.getByRole('grid', { name: 'Domains' }).waitFor();
    await press('b');
    await waitFor('Badmail selected', () => isSelected(console.node(/^Badmail/)));
    await press('Home');
    await heading(/./).waitFor();
    expect(await console.page.getByRole('grid', { name: 'SMTP virtual servers' }).isVisible()).toBe(true);
    await press('ArrowDown');
    expect(await console.node(/^Domains/).count()).toBe(1);
    await press('*');
    await waitFor('both servers unfolded', async () => (await console.node(/^Domains/).count()) === 2);
    await press('End');
    await waitFor('the last node', () => isSelected(console.node('Changes')));
    // Trace and Search of all virtual servers, then the last node of the last one.
    for (let count = 0; count < 3; count++) await press('ArrowUp');
    await waitFor('the node above', () => isSelected(console.node('Trace').nth(1)));
    await press('ArrowLeft');
    await press('ArrowLeft');
    expect(await console.node(/Scanners/).getAttribute('aria-expanded')).toBe('false');
  });

  it('remembers what was folded and what was selected', async () => {
    await main().focus();
    await press('ArrowLeft');
    expect(await main().getAttribute('aria-expanded')).toBe('false');
    await console.page.reload();
    await main().waitFor();
    expect(await main().getAttribute('aria-expanded')).toBe('false');
    expect(await isSelected(main())).toBe(true);
  });

  it('shows the state as word and counts at the right, and "!" only at what needs somebody', async () => {
    expect(await console.node(/Scanners/).textContent()).toContain('(Stopped)');
    expect(await main().textContent()).toContain('Running');
    expect(await console.node(/^Domains/).textContent()).toBe('Domains1');
    expect(await console.page.getByRole('tree').textContent()).not.toContain('!');
  });

  it('starts, pauses, resumes and stops by toolbar and by menu, and says each state once', async () => {
    await console.node(/Scanners/).click();
    await console.button('Start').click();
    await spoken('polite', 'Scanners: Running.').waitFor({ state: 'attached' });
    await console.button('Pause').click();
    // The button is another one now, and still where the focus is.
    await console.button('Resume').and(console.page.locator(':focus')).waitFor();
    await console.node(/Scanners \(Paused\)/).focus();
    await press('Shift+F10');
    const menu = console.page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Resume' }).click();
    await waitFor('running again', async () => (await state(2)) === 'started');
    await console.page.getByRole('menuitem', { name: 'Action' }).click();
    await menu.getByRole('menuitem', { name: 'Stop' }).click();
    await console.node(/Scanners \(Stopped\)/).waitFor();
    expect(await state(2)).toBe('stopped');
  });

  it('says in a tooltip what Stop will do, and why it cannot be done', async () => {
    await main().click();
    await console.button('Stop').hover();
    await console.page.getByRole('tooltip', { name: /Ends open sessions with 421/ }).waitFor();
    await console.node(/Scanners/).click();
    await console.button('Stop').hover();
    await console.page.getByRole('tooltip', { name: 'The virtual server is not running.' }).waitFor();
    expect(await console.button('Stop').getAttribute('aria-disabled')).toBe('true');
  });

  it('renames a virtual server in place, and keeps the field with the reason when it is refused', async () => {
    await console.node(/Scanners/).click();
    await press('F2');
    const field = console.page.getByRole('textbox', { name: 'New name' });
    await field.fill('Default SMTP Virtual Server');
    await field.press('Enter');
    await console.page.getByRole('tooltip', { name: /already/ }).waitFor();
    await spoken('assertive', /already/).waitFor({ state: 'attached' });
    await field.fill('Test lab');
    await field.press('Enter');
    await console
      .node(/Test lab/)
      .and(console.page.locator(':focus'))
      .waitFor();
    await press('F2');
    await field.fill('Scanners');
    await field.press('Escape');
    await console.node(/Test lab/).waitFor();
    await service.client.servers.rename({ serverId: 2, name: 'Scanners' });
    await console.node(/Scanners/).waitFor();
  });

  it('deletes a virtual server after a question, and never the last one', async () => {
    const port = await findFreePort();
    const { id } = await service.client.servers.create({
      name: 'Short-lived',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: `${service.dataFolder}/short-lived`,
      defaultDomain: 'short.test',
    });
    await console.node(/Short-lived/).click();
    await press('Delete');
    const question = console.page.getByRole('alertdialog', { name: 'Delete "Short-lived"?' });
    await question.getByText(`Its folders stay in ${service.dataFolder}`).waitFor();
    // The safe button is the default.
    await question.getByRole('button', { name: 'Cancel' }).and(console.page.locator(':focus')).waitFor();
    await press('Escape');
    await question.waitFor({ state: 'detached' });
    await press('Delete');
    await question.getByRole('button', { name: 'Delete' }).click();
    await console.node(/Short-lived/).waitFor({ state: 'detached' });
    expect((await service.client.servers.list()).map((server) => server.id)).not.toContain(id);
  });

  it('helps with F1 about what is selected, and leads on to the keys', async () => {
    for (const [node, title] of [
      [/Default SMTP/, 'SMTP virtual server'],
      [/^Queue/, 'Queue'],
    ] as const) {
      await console.node(node).first().click();
      await press('F1');
      const help = console.dialog(`Help: ${title}`);
      await help.waitFor();
      await press('Escape');
      await help.waitFor({ state: 'detached' });
    }
    await press('F1');
    await console.page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await console.dialog('Keyboard').getByText('Alt+Enter').waitFor();
  });

  it('shows a viewer every verb that is forbidden, with the role it needs', async () => {
    const credentials = { name: 'vera', password: 'quiet-harbour-7' };
    await service.client.operators.create({ ...credentials, role: 'viewer' });
    const viewer = await openConsoleAs(browser, service, credentials);
    await viewer.node(/Default SMTP/).click();
    await viewer.button('Stop').hover();
    await viewer.page
      .getByRole('tooltip', { name: 'This needs the role operator; you are a viewer.' })
      .waitFor();
    await viewer.button('Stop').click({ force: true });
    await viewer.page.keyboard.press('F2');
    await viewer.page.keyboard.press('Delete');
    expect(await viewer.page.getByRole('textbox', { name: 'New name' }).count()).toBe(0);
    expect(await viewer.page.getByRole('alertdialog').count()).toBe(0);
    expect(await state(1)).toBe('started');
    await viewer.button('Refresh').click();
    expect(viewer.complaints).toEqual([]);
    await viewer.page.context().close();
  });

  it('tells no state as true while the service is gone, and the state again when it is back', async () => {
    await main().click();
    await console.page.getByText('Running', { exact: true }).first().waitFor();
    await service.kill();
    await console.node(/Default SMTP.*\(Unknown\)/).waitFor();
    await console.page.getByText('State unknown').first().waitFor();
    expect(await console.page.getByText('Running', { exact: true }).count()).toBe(0);
    await console.button('Stop').hover();
    await console.page.getByRole('tooltip', { name: 'The engine is out of reach.' }).waitFor();
    await service.restart();
  });

  const pagesOf = async (view: ConsolePage, check: (name: string) => Promise<void>): Promise<void> => {
    await view.page.getByRole('treeitem').first().click();
    await check('computer');
    await view.node(/Default SMTP/).click();
    await check('server');
    for (const name of folderNodes) {
      await view.node(new RegExp(`^${name}`)).click();
      await view.page.getByRole('grid', { name }).waitFor();
      await check(name);
    }
  };

  it.each(['light', 'dark', 'high-contrast'] as const)(
    'has nothing that axe finds wrong on any page, %s',
    async (theme) => {
      await console.page.evaluate(
        (name) => localStorage.setItem('mailroot.ui.theme', JSON.stringify(name)),
        theme,
      );
      await console.page.reload();
      await main().waitFor();
      await pagesOf(console, async (name) => {
        expect([name, await console.findViolations()]).toEqual([name, []]);
      });
      expect(console.complaints).toEqual([]);
    },
  );

  it('loses no verb and no control at a zoom of 200 percent', async () => {
    const small = await openConsole(browser, service, { width: 640, height: 400 }, 2);
    await pagesOf(small, async (name) => {
      const lost = await small.findClipped();
      expect([name, lost]).toEqual([name, []]);
    });
    // Every verb of the toolbar is a button in sight, or stands in the menu of those that found no room.
    await small.page.setViewportSize({ width: 400, height: 300 });
    const more = small.button('More verbs');
    await more.click();
    const menu = small.page.getByRole('menu');
    await menu.getByRole('menuitem', { name: /Export List/ }).waitFor();
    await small.page.keyboard.press('Escape');
    expect(await small.findClipped()).toEqual([]);
    await small.page.keyboard.press('F1');
    const close = small.dialog(/Help/).getByRole('button', { name: 'Close' }).last();
    await close.waitFor();
    const box = await close.boundingBox();
    expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual(300);
    await small.page.context().close();
  });
});
