/** Property sheets at the real service: one draft, all or nothing, and nothing lost or overwritten unseen. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { keptSecret } from '../../src-main/api/contract';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole, openConsoleAs } from '../support/console-page';
import { type LoopbackDnsServer, startDnsServer } from '../support/dns-server';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

describeWith(['chromium'], 'property sheets', () => {
  let service: RunningService;
  let dns: LoopbackDnsServer;
  let browser: Browser;
  let console: ConsolePage;

  beforeAll(async () => {
    dns = await startDnsServer({ 'mx.corp.test': { a: ['127.0.0.1'] } });
    [service, browser] = await Promise.all([
      startService({
        hasConsole: true,
        server: {
          dnsServers: [dns.server],
          domains: [
            { type: 'default', name: 'corp.test' },
            { type: 'alias', name: 'alias.test' },
            { type: 'remote', name: 'partner.test' },
          ],
        },
        moreServers: [
          {
            id: 2,
            name: 'Scanners',
            bindings: [{ address: '127.0.0.3', port: 2525 }],
            startsAutomatically: false,
          },
        ],
      }),
      launchChromium(),
    ]);
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await dns?.close();
  });
  beforeEach(async () => {
    await console.page.reload();
    await console.page.getByRole('tree').waitFor();
  });
  afterEach(async () => {
    // What the engine refuses, Chromium calls a failed load.
    expect(console.complaints.filter((text) => !/status of (?:404|422)/.test(text))).toEqual([]);
    console.complaints.length = 0;
  });

  const button = (root: Locator, name: string): Locator => root.getByRole('button', { name, exact: true });
  const settings = async () => (await service.client.servers.get({ serverId: 1 })).settings;
  const set = (patch: Record<string, unknown>) => service.client.servers.set({ serverId: 1, patch });
  const openDefault = (tab?: string): Promise<Locator> => console.openSheet(/Default SMTP/, tab);
  const closed = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });
  const openDomain = async (name: string): Promise<Locator> => {
    await console
      .node(/^Domains/)
      .first()
      .click();
    await console.row(new RegExp(name)).dblclick();
    const sheet = console.dialog(`${name}: Properties`);
    await sheet.waitFor();
    return sheet;
  };
  /** Opens a dialog of the sheet by its button. */
  const openInner = async (sheet: Locator, label: string, title: string): Promise<Locator> => {
    await button(sheet, label).click();
    const dialog = console.dialog(title);
    await dialog.waitFor();
    return dialog;
  };

  it('ask before what was entered is lost, and not otherwise', async () => {
    const sheet = await openDefault();
    await sheet.getByLabel('Name').press('Escape');
    await closed(sheet);
    await openDefault();
    await sheet.getByLabel('Name').fill('Other');
    await sheet.getByLabel('Name').press('Escape');
    await console.button('Discard').click();
    await closed(sheet);
    expect((await settings()).name).toBe('Default SMTP Virtual Server');
  });

  it('mark the tab that is wrong and apply all or nothing', async () => {
    const sheet = await openDefault('Messages');
    await sheet.getByLabel('Limit message size to, value').fill('20000');
    await sheet.getByRole('tab', { name: 'Delivery' }).click();
    await sheet.getByLabel('First retry interval').fill('7');
    await sheet.getByText('2 changes, applied without restart').waitFor();
    await button(sheet, 'Apply').click();
    await sheet.getByText('The session size must not be smaller than the message size (20000 KB).').waitFor();
    await sheet.getByRole('tab', { name: /^Messages.*!/ }).waitFor();
    await sheet.getByRole('tab', { name: /^Delivery.*●/ }).waitFor();
    expect((await settings()).firstRetryMinutes).toBe(15);
    await sheet.getByLabel('Limit session size to, value').fill('30000');
    await button(sheet, 'OK').click();
    await closed(sheet);
    expect(await settings()).toMatchObject({
      maxMessageKb: 20_000,
      maxSessionKb: 30_000,
      firstRetryMinutes: 7,
    });
  });

  it('show what only the engine can refuse at its field, and keep the rest of the draft', async () => {
    const sheet = await openDefault('Messages');
    await sheet.getByLabel('Limit number of recipients per message to, value').fill('77');
    await sheet.getByRole('tab', { name: 'General' }).click();
    await sheet.getByLabel('Name').fill('Scanners');
    await button(sheet, 'Apply').click();
    await sheet.getByText('There is already a virtual server named "Scanners".').waitFor();
    expect((await settings()).maxRecipients).toBe(100);
    await sheet.getByText('2 changes').waitFor();
    await sheet.getByLabel('Name').fill('Main');
    await button(sheet, 'Apply').click();
    await console.dialog('Main: Properties').waitFor();
    expect(await settings()).toMatchObject({ name: 'Main', maxRecipients: 77 });
    await service.client.servers.rename({ serverId: 1, name: 'Default SMTP Virtual Server' });
    await button(console.dialog(/Properties/), 'Cancel').click();
  });

  it('have dialogs that edit the same draft: nothing is saved before Apply', async () => {
    const sheet = await openDefault('Delivery');
    await sheet.getByText('directly to the hosts that DNS names for them on port 25').waitFor();
    const advanced = await openInner(sheet, 'Advanced…', 'Advanced Delivery');
    await advanced.getByLabel('Smart host', { exact: true }).fill('smart host');
    await button(advanced, 'OK').click();
    await advanced.getByText(/^Enter a host name such as/).waitFor();
    await advanced.getByLabel('Smart host', { exact: true }).fill('smtp.test');
    await button(advanced, 'OK').click();
    await closed(advanced);
    await sheet.getByText('to the smart host smtp.test on port 25').waitFor();
    await sheet.getByRole('tab', { name: /^Delivery.*●/ }).waitFor();
    expect((await settings()).smartHost).toBe('');
    const connections = await openInner(sheet, 'Outbound connections…', 'Outbound Connections');
    await connections.getByLabel('TCP port').fill('587');
    await button(connections, 'Cancel').click();
    await closed(connections);
    await sheet.getByText('1 change, applied without restart').waitFor();
    await button(sheet, 'OK').click();
    await closed(sheet);
    expect(await settings()).toMatchObject({ smartHost: 'smtp.test', outboundPort: 25 });
    await set({ smartHost: '' });
  });

  it('take a password, and never show it again', async () => {
    const password = 'correct horse battery';
    let sheet = await openDefault('Delivery');
    let dialog = await openInner(sheet, 'Outbound Security…', 'Outbound Security');
    await dialog.getByRole('radio', { name: 'Basic authentication' }).check();
    await dialog.getByLabel('Password').fill(password);
    await button(dialog, 'OK').click();
    await dialog.getByText('Enter the user name for the log-in.').waitFor();
    await dialog.getByLabel('User name').fill('ann');
    await button(dialog, 'OK').click();
    await button(sheet, 'OK').click();
    await closed(sheet);
    expect(await settings()).toMatchObject({ outboundUserName: 'ann', outboundPassword: keptSecret });
    await console.page.reload();
    sheet = await openDefault('Delivery');
    dialog = await openInner(sheet, 'Outbound Security…', 'Outbound Security');
    await dialog.getByText('A password is stored.').waitFor();
    expect(await console.page.content()).not.toContain(password);
    await button(dialog, 'Replace or remove').click();
    await button(dialog, 'OK').click();
    await button(sheet, 'OK').click();
    // A log-in without its password would keep all mail waiting.
    await sheet.getByText('Outbound Security: Enter the password for the log-in.').waitFor();
    await sheet.getByRole('button', { name: /^Outbound Security…/ }).click();
    await dialog.getByRole('radio', { name: 'Anonymous access' }).check();
    await button(dialog, 'OK').click();
    await button(sheet, 'OK').click();
    await closed(sheet);
    expect(await settings()).toMatchObject({ outboundAuthentication: 'anonymous', outboundPassword: '' });
    await set({ outboundUserName: '' });
  });

  it('tell by Check DNS whether the name leads to this computer', async () => {
    const sheet = await openDefault('Delivery');
    const dialog = await openInner(sheet, 'Advanced…', 'Advanced Delivery');
    await dialog.getByRole('tab', { name: 'Names' }).click();
    await dialog.getByLabel('Fully-qualified domain name').fill('mx.corp.test');
    await button(dialog, 'Check DNS').click();
    await dialog
      .getByText('mx.corp.test is known to DNS as 127.0.0.1, an address of this computer.')
      .waitFor();
    await dialog.getByLabel('Fully-qualified domain name').fill('nowhere.corp.test');
    await button(dialog, 'Check DNS').click();
    await dialog.getByRole('status').filter({ hasText: 'nowhere.corp.test' }).waitFor();
    expect(await dialog.getByRole('status').textContent()).not.toContain('127.0.0.1');
  });

  it('show what was changed at another console, and overwrite only what is theirs', async () => {
    const sheet = await openDefault('Messages');
    await sheet.getByLabel('Limit number of messages per connection to, value').fill('33');
    const other = await openConsole(browser, service);
    const otherSheet = await other.openSheet(/Default SMTP/, 'Messages');
    await otherSheet.getByLabel('Limit number of messages per connection to, value').fill('44');
    await otherSheet.getByLabel('Send copy of Non-Delivery Report to').fill('boss@corp.test');
    await button(otherSheet, 'OK').click();
    await sheet.getByText(/^Changed elsewhere meanwhile: .*Send copy of Non-Delivery Report to/).waitFor();
    await sheet.getByText(/yours will replace it/).waitFor();
    expect(await sheet.getByLabel('Send copy of Non-Delivery Report to').inputValue()).toBe('boss@corp.test');
    const mine = sheet.getByLabel('Limit number of messages per connection to, value');
    expect(await mine.inputValue()).toBe('33');
    await button(sheet, 'Keep theirs').click();
    expect(await mine.inputValue()).toBe('44');
    await mine.fill('55');
    await button(sheet, 'OK').click();
    await closed(sheet);
    expect(await settings()).toMatchObject({ maxMessagesPerConnection: 55, sendNdrTo: 'boss@corp.test' });
    await other.page.context().close();
  });

  it('offer the restart that a change waits for', async () => {
    const waits = async () => (await service.client.servers.get({ serverId: 1 })).isRestartNeeded;
    const sheet = await openDefault('Messages');
    const bad = `${service.dataFolder}/bad`;
    await sheet.getByLabel(/^Badmail directory.*after a restart/).fill(bad);
    await sheet.getByText('1 change, in force after a restart').waitFor();
    await button(sheet, 'Apply').click();
    await button(sheet, 'Restart now').click();
    await waitFor('the restart', async () => !(await waits()));
    await button(sheet, 'Restart now').waitFor({ state: 'detached' });
    await button(sheet, 'Cancel').click();
    await closed(sheet);
    // Elsewhere than on the page of the virtual server a notice offers it.
    const domain = await openDomain('corp.test');
    await domain.getByLabel(/^Drop directory/).fill(`${service.dataFolder}/dropped`);
    await button(domain, 'OK').click();
    await closed(domain);
    expect(await waits()).toBe(true);
    await console.button('Restart now').click();
    await waitFor('the restart', async () => !(await waits()));
    await console.button('Restart now').waitFor({ state: 'detached' });
    await waitFor('the virtual server to run again', async () => {
      const [server] = await service.client.servers.list();
      return server?.state === 'started';
    });
  });

  it('close in order when their subject is gone', async () => {
    const { id } = await service.client.servers.create({
      name: 'Short-lived',
      bindings: [{ address: '127.0.0.4', port: 2525 }],
      homeDirectory: `${service.dataFolder}/short-lived`,
      defaultDomain: 'short.test',
      isStarted: false,
    });
    const sheet = await console.openSheet(/Short-lived/);
    await sheet.getByLabel('Name').fill('Long-lived');
    await service.client.servers.rename({ serverId: id, name: 'Renamed' });
    await console.dialog('Renamed: Properties').waitFor();
    await service.client.servers.delete({ serverId: id });
    await sheet.getByText(/^This virtual server was deleted or renamed elsewhere/).waitFor();
    await button(sheet, 'Close').last().click();
    await closed(sheet);
    const domain = await openDomain('partner.test');
    await service.client.domains.rename({ serverId: 1, name: 'partner.test', newName: 'other.test' });
    await domain.getByText(/^The domain partner.test was deleted or renamed elsewhere/).waitFor();
    await button(domain, 'Close').last().click();
    await closed(domain);
    await service.client.domains.rename({ serverId: 1, name: 'other.test', newName: 'partner.test' });
  });

  it('are read-only, and say why, for whoever may not change settings', async () => {
    const credentials = { name: 'vera', password: 'look at it all' };
    await service.client.operators.create({ ...credentials, role: 'viewer' });
    const viewer = await openConsoleAs(browser, service, credentials);
    const sheet = await viewer.openSheet(/Default SMTP/, 'Delivery');
    await sheet.getByText(/^You are signed in as a viewer/).waitFor();
    for (const tab of await sheet.getByRole('tab').all()) {
      await tab.click();
      const usable = sheet
        .locator('[data-setting]')
        .locator('input:enabled, select:enabled, textarea:enabled');
      expect(await usable.count(), `usable controls on ${await tab.textContent()}`).toBe(0);
      const openers = await sheet.locator('[data-opens]:not([aria-disabled=true])').all();
      for (const opener of openers) {
        const label = await opener.textContent();
        await opener.click();
        const dialog = viewer.page.getByRole('dialog').last();
        await dialog.waitFor();
        const inner = dialog
          .locator('[data-setting]')
          .locator('input:enabled, select:enabled, textarea:enabled');
        expect(await inner.count(), `usable controls behind ${label}`).toBe(0);
        await viewer.page.keyboard.press('Escape');
        await opener.and(viewer.page.locator(':focus')).waitFor();
      }
    }
    expect(await button(sheet, 'Apply').getAttribute('aria-disabled')).toBe('true');
    await viewer.page.context().close();
  });

  it('of an alias says that it has no settings of its own', async () => {
    const sheet = await openDomain('alias.test');
    await sheet.getByText(/alias.test is an alias of the default domain, corp.test/).waitFor();
    await button(sheet, 'OK').click();
    await closed(sheet);
  });

  it('have nothing that axe finds wrong on any tab and in any dialog', async () => {
    // A dialog that is half faded in is not judged.
    await console.page.emulateMedia({ reducedMotion: 'reduce' });
    const sheet = await openDefault();
    for (const tab of await sheet.getByRole('tab').all()) {
      await tab.click();
      expect(await console.findViolations(), (await tab.textContent()) ?? '').toEqual([]);
      for (const opener of await sheet.locator('[data-opens]:not([aria-disabled=true])').all()) {
        const label = (await opener.textContent()) ?? '';
        await opener.click();
        const dialog = console.page.getByRole('dialog').last();
        const pages = await dialog.getByRole('tab').all();
        expect(await console.findViolations(), label).toEqual([]);
        for (const page of pages.slice(1)) {
          await page.click();
          expect(await console.findViolations(), (await page.textContent()) ?? '').toEqual([]);
        }
        await console.page.keyboard.press('Escape');
        // The focus comes back to where the person was.
        await opener.and(console.page.locator(':focus')).waitFor();
      }
    }
    await console.page.keyboard.press('Escape');
    await closed(sheet);
    for (const name of ['corp.test', 'partner.test', 'alias.test']) {
      const domain = await openDomain(name);
      expect(await console.findViolations(), name).toEqual([]);
      await console.page.keyboard.press('Escape');
      await closed(domain);
    }
  }, 120_000);
});
