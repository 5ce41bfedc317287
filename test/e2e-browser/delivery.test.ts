/** The ways out at the real service: routes by sender, further smart hosts, hosts asked for mail. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole, openConsoleAs } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService } from '../support/service';

const route = (name: string, sender: string) => ({ name, senders: [sender], smartHost: 'one.test' });

describeWith(['chromium'], 'the ways out', () => {
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({
        hasConsole: true,
        server: { domains: [{ type: 'default', name: 'corp.test' }] },
      }),
      launchChromium(),
    ]);
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });
  beforeEach(async () => {
    await console.page.reload();
    await console.page.getByRole('tree').waitFor();
  });
  afterEach(async () => {
    expect(console.complaints.filter((text) => !/status of (?:404|422)/.test(text))).toEqual([]);
    console.complaints.length = 0;
  });

  const button = (root: Locator, name: string): Locator => root.getByRole('button', { name, exact: true });
  const settings = async () => (await service.client.servers.get({ serverId: 1 })).settings;
  const set = (patch: Record<string, unknown>) => service.client.servers.set({ serverId: 1, patch });
  const closed = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });
  const open = async (label: RegExp, title: string): Promise<{ sheet: Locator; dialog: Locator }> => {
    const sheet = await console.openSheet(/Default SMTP/, 'Delivery');
    await sheet.getByRole('button', { name: label }).click();
    const dialog = console.dialog(title);
    await dialog.waitFor();
    return { sheet, dialog };
  };
  const isFocused = (field: Locator): Promise<boolean> =>
    field.evaluate((element) => element === document.activeElement);
  const save = async (sheet: Locator, ...dialogs: Locator[]): Promise<void> => {
    for (const dialog of [...dialogs, sheet]) {
      await button(dialog, 'OK').click();
      await closed(dialog);
    }
  };

  it('take a route for some senders, with a log-in of its own, and only when it is right', async () => {
    const { sheet, dialog } = await open(/^Routes…/, 'Routes by Sender');
    await dialog.getByText('All senders go one way').waitFor();
    await button(dialog, 'Add…').click();
    const form = console.dialog('Add route');
    await form.waitFor();
    await button(form, 'OK').click();
    await form.getByText('Enter a name.').waitFor();
    await expect.poll(() => isFocused(form.getByLabel('Name'))).toBe(true);
    await form.getByLabel('Name').fill('Invoices');
    await form.getByLabel('Senders').fill('billing@corp.test\nnot an address');
    await button(form, 'OK').click();
    await form.getByText(/^Line 2: Enter an address such as app@example\.com/).waitFor();
    await form.getByLabel('Senders').fill('billing@corp.test\n*.shop.test');
    await form.getByLabel('Smart host').fill('smtp.provider.test');
    await button(form, 'Outbound Security…').click();
    const security = console.dialog('Outbound Security');
    await security.getByRole('radio', { name: 'Basic authentication' }).check();
    await button(security, 'OK').click();
    await security.getByText('Enter the user name for the log-in.').waitFor();
    await security.getByLabel('User name').fill('apikey');
    await security.getByRole('textbox', { name: 'Password' }).fill('s3cret');
    await security.getByRole('tab', { name: 'Encryption' }).click();
    await security.getByRole('radio', { name: 'TLS encryption required' }).check();
    await save(sheet, security, form, dialog);
    expect((await settings()).senderRoutes).toEqual([
      expect.objectContaining({
        name: 'Invoices',
        senders: ['billing@corp.test', '*.shop.test'],
        smartHost: 'smtp.provider.test',
        outboundUserName: 'apikey',
        outboundPassword: 'sealed:kept',
        outboundTls: 'required',
      }),
    ]);
  });

  it('keep the stored password of a route that is changed, and never show it', async () => {
    const { sheet, dialog } = await open(/^Routes…/, 'Routes by Sender');
    await dialog.getByRole('row', { name: /Invoices/ }).dblclick();
    const form = console.dialog('Edit route');
    await form.getByLabel('Name').fill('Bills');
    await button(form, 'Outbound Security…').click();
    const security = console.dialog('Outbound Security');
    await security.getByText('A password is stored.').waitFor();
    await save(sheet, security, form, dialog);
    expect((await settings()).senderRoutes[0]).toMatchObject({
      name: 'Bills',
      outboundPassword: 'sealed:kept',
    });
  });

  it('have routes in an order that keys and buttons change', async () => {
    await set({
      senderRoutes: [
        route('First', 'a@corp.test'),
        route('Second', 'b@corp.test'),
        route('Third', 'c@corp.test'),
      ],
    });
    const { sheet, dialog } = await open(/^Routes…/, 'Routes by Sender');
    await dialog.getByRole('row', { name: /^First/ }).click();
    await button(dialog, 'Down').click();
    await dialog.getByRole('row', { name: /^Third/ }).click();
    await console.page.keyboard.press('Alt+ArrowUp');
    await console.page.keyboard.press('Alt+ArrowUp');
    await dialog.getByRole('row', { name: /^Second/ }).click();
    await console.page.keyboard.press('Delete');
    await save(sheet, dialog);
    expect((await settings()).senderRoutes.map(({ name }) => name)).toEqual(['Third', 'First']);
  });

  it('ask before an entry is lost, and keep it selected when it is not', async () => {
    await set({ senderRoutes: [route('First', 'a@corp.test'), route('Second', 'b@corp.test')] });
    const { sheet, dialog } = await open(/^Routes…/, 'Routes by Sender');
    await dialog.getByRole('row', { name: /^Second/ }).dblclick();
    const form = console.dialog('Edit route');
    await form.getByLabel('Name').fill('Last');
    const question = console.page.getByRole('alertdialog');
    for (const leave of [() => button(form, 'Cancel').click(), () => console.page.keyboard.press('Escape')]) {
      await leave();
      await button(question, 'Cancel').click();
      await closed(question);
    }
    await button(form, 'OK').click();
    await closed(form);
    // The keys work on, on the same entry.
    await expect.poll(() => isFocused(dialog.getByRole('grid'))).toBe(true);
    await console.page.keyboard.press('Alt+ArrowUp');
    await expect
      .poll(() => dialog.getByRole('row').allTextContents())
      .toEqual([expect.anything(), expect.stringMatching(/^Last/), expect.stringMatching(/^First/)]);
    await console.page.keyboard.press('Insert');
    const added = console.dialog('Add route');
    await added.getByLabel('Name').fill('New');
    await added.getByLabel('Senders').fill('n@corp.test');
    await button(added, 'OK').click();
    await closed(added);
    expect(await dialog.getByRole('row', { selected: true }).textContent()).toMatch(/^New/);
    await save(sheet, dialog);
    expect((await settings()).senderRoutes.map(({ name }) => name)).toEqual(['Last', 'First', 'New']);
  });

  it('tell a viewer why nothing can be changed, and show it all the same', async () => {
    const password = 'quiet-harbour-7';
    await service.client.operators.create({ name: 'vera', password, role: 'viewer' });
    await set({
      collections: [
        { name: 'Provider', isEnabled: false, host: '[127.0.0.1]', port: 1, domains: ['corp.test'] },
      ],
    });
    const viewer = await openConsoleAs(browser, service, { name: 'vera', password });
    const sheet = await viewer.openSheet(/Default SMTP/, 'Delivery');
    await sheet.getByRole('button', { name: /^Fetch mail…/ }).click();
    const dialog = viewer.dialog('Fetch Mail from Other Hosts');
    await dialog.getByRole('row', { name: /^Provider/ }).click();
    for (const [name, reason] of [
      ['Remove', 'Only an administrator can change this list.'],
      ['Ask now', 'Operators and administrators may ask; you are a viewer.'],
    ] as const) {
      await button(dialog, name).hover();
      await viewer.page.getByRole('tooltip').getByText(reason).waitFor();
    }
    await button(dialog, 'Show…').click();
    const form = viewer.dialog('Show host');
    expect(await form.getByLabel('Name').isDisabled()).toBe(true);
    await viewer.page.context().close();
  });

  it('take further smart hosts once there is one', async () => {
    const { sheet, dialog } = await open(/^Advanced…/, 'Advanced Delivery');
    await expect
      .poll(() => button(dialog, 'Add…').getAttribute('aria-disabled'), { timeout: 5000 })
      .toBe('true');
    await dialog.getByRole('textbox', { name: 'Smart host' }).fill('one.test');
    await button(dialog, 'Add…').click();
    const form = console.dialog('Add smart host');
    await form.getByRole('textbox', { name: 'Smart host' }).fill('two.test');
    await save(sheet, form, dialog);
    const { smartHost, furtherSmartHosts } = await settings();
    expect([smartHost, ...furtherSmartHosts.map(({ host }) => host)]).toEqual(['one.test', 'two.test']);
    await set({ furtherSmartHosts: [], smartHost: '' });
  });

  it('ask a host for mail now, and say what it said', async () => {
    const port = await findFreePort();
    await set({
      collections: [
        { name: 'Provider', isEnabled: false, host: '[127.0.0.1]', port, domains: ['corp.test'] },
      ],
    });
    const { dialog } = await open(/^Fetch mail…/, 'Fetch Mail from Other Hosts');
    await dialog.getByText('Not asked yet.').waitFor();
    await button(dialog, 'Ask now').click();
    await dialog.getByText(/failed: .*connection refused/).waitFor();
  });

  it('have nothing that axe finds wrong', async () => {
    await set({ senderRoutes: [route('First', 'a@corp.test')], smartHost: 'one.test' });
    for (const [opener, title, add] of [
      [/^Routes…/, 'Routes by Sender', 'Add route'],
      [/^Fetch mail…/, 'Fetch Mail from Other Hosts', 'Add host'],
      [/^Advanced…/, 'Advanced Delivery', 'Add smart host'],
    ] as const) {
      const { sheet, dialog } = await open(opener, title);
      expect(await console.findViolations(), title).toEqual([]);
      await button(dialog, 'Add…').click();
      const form = console.dialog(add);
      await form.waitFor();
      for (const tab of [undefined, ...(await form.getByRole('tab').all())]) {
        await tab?.click();
        expect(await console.findViolations(), add).toEqual([]);
      }
      for (const each of [form, dialog, sheet]) {
        await button(each, 'Cancel').click();
        await closed(each);
      }
    }
  }, 60_000);
});
