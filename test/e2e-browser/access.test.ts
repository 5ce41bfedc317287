/**
 * The Access and Security tabs in Chromium on the real service: lists of computers, log-in, encryption, accounts
 * and operators. What is saved is asked of the service, not of the page.
 */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { type LoopbackDnsServer, startDnsServer } from '../support/dns-server';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

describeWith(['chromium'], 'the Access tab', () => {
  let browser: Browser;
  let service: RunningService;
  let dns: LoopbackDnsServer;
  let console: ConsolePage;
  let sheet: Locator;

  beforeAll(async () => {
    dns = await startDnsServer({ 'printer.corp.test': { a: ['10.0.9.40'], aaaa: ['2001:db8:9::40'] } });
    [browser, service] = await Promise.all([
      launchChromium(),
      startService({ hasConsole: true, server: { dnsServers: [dns.server] } }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await dns?.close();
  });

  beforeEach(async () => {
    await service.client.servers.set({
      serverId: 1,
      patch: {
        allowsAnonymous: true,
        allowsBasic: false,
        basicRequiresTls: false,
        certificate: '',
        requiresTls: false,
        requires128Bit: false,
        connectionMode: 'except',
        connectionList: [],
        relayMode: 'only',
        relayList: ['127.0.0.1'],
      },
    });
    await console?.page.context().close();
    console = await openConsole(browser, service);
    sheet = await console.openSheet(/Default SMTP/, 'Access');
  });

  const settings = async () => (await service.client.servers.get({ serverId: 1 })).settings;
  const openDialog = async (button: string, name: string | RegExp): Promise<Locator> => {
    await sheet.getByRole('button', { name: button }).click();
    const dialog = console.dialog(name);
    await dialog.waitFor();
    return dialog;
  };
  const openRelay = (): Promise<Locator> => openDialog('Relay…', 'Relay restrictions');
  const ok = async (dialog: Locator): Promise<void> => {
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  const passwords = (dialog: Locator): Locator => dialog.locator('input[type=password]');
  /** Fills the dialog "Computer"; the fields are those of its kind. */
  const add = async (kind: string, fields: Readonly<Record<string, string>>): Promise<Locator> => {
    await console.button('Add…').click();
    const computer = console.dialog('Computer');
    await computer.getByRole('radio', { name: kind }).check();
    for (const [label, text] of Object.entries(fields))
      await computer.getByRole('textbox', { name: label }).fill(text);
    await computer.getByRole('button', { name: 'OK', exact: true }).click();
    return computer;
  };

  it('takes a computer, a subnet by mask, one by prefix, IPv6 and a domain, and saves them in one form', async () => {
    const relay = await openRelay();
    await add('Single computer', { 'IP address': '2001:0DB8::5' });
    await add('Group of computers', { 'Subnet address': '10.0.4.9', 'Subnet mask': '255.255.255.0' });
    await add('Group of computers', { 'Subnet address': '10.0.5.0/25' });
    await add('Group of computers', { 'Subnet address': '2001:db8:4::', 'Subnet mask': '48' });
    await add('Domain', { Domain: '*.Printers.Corp.Test' });
    expect(await relay.getByRole('row').allTextContents()).toEqual([
      expect.stringContaining('Kind'),
      'Single computer127.0.0.1',
      'Single computer2001:db8::5',
      'Group of computers10.0.4.0/24',
      'Group of computers10.0.5.0/25',
      'Group of computers2001:db8:4::/48',
      'Domainprinters.corp.test',
    ]);
    await ok(relay);
    // The draft alone was changed so far.
    expect((await settings()).relayList).toEqual(['127.0.0.1']);
    await sheet.getByText('Relays for this computer, 2001:db8::5, 10.0.4.0/24 and 3 more.').waitFor();
    await ok(sheet);
    expect((await settings()).relayList).toEqual([
      '127.0.0.1',
      '2001:db8::5',
      '10.0.4.0/24',
      '10.0.5.0/25',
      '2001:db8:4::/48',
      'printers.corp.test',
    ]);
  });

  it('refuses what is no address or is listed already, at the field', async () => {
    await openRelay();
    let computer = await add('Single computer', { 'IP address': '10.0.4.300' });
    await computer.getByText('Enter an IP address such as 192.0.2.10').waitFor();
    await computer.getByRole('textbox', { name: 'IP address' }).fill('127.0.0.1');
    await computer.getByText('127.0.0.1 is in the list already.').waitFor();
    await computer.getByRole('button', { name: 'OK', exact: true }).click();
    expect(await computer.isVisible()).toBe(true);
    await computer.getByRole('textbox', { name: 'IP address' }).fill('10.0.4.3');
    await ok(computer);
    computer = await add('Group of computers', {
      'Subnet address': '10.0.4.0',
      'Subnet mask': '255.0.255.0',
    });
    await computer.getByText('Enter a mask such as 255.255.255.0').waitFor();
  });

  it('finds a computer by its name in DNS', async () => {
    const relay = await openRelay();
    await console.button('Add…').click();
    await console.button('DNS Lookup…').click();
    const lookUp = console.dialog('DNS Lookup');
    await lookUp.getByLabel('DNS name').fill('nobody.corp.test');
    await console.page.keyboard.press('Enter');
    await lookUp.getByRole('alert').waitFor();
    await lookUp.getByLabel('DNS name').fill('printer.corp.test');
    await console.page.keyboard.press('Enter');
    await lookUp.getByRole('radio', { name: '2001:db8:9::40' }).waitFor();
    await lookUp.getByRole('radio', { name: '10.0.9.40' }).check();
    await ok(lookUp);
    const address = console.dialog('Computer').getByRole('textbox', { name: 'IP address' });
    expect(await address.inputValue()).toBe('10.0.9.40');
    await ok(console.dialog('Computer'));
    await relay.getByRole('row', { name: /10\.0\.9\.40/ }).waitFor();
  });

  it('adds pasted lines, and nothing while one of them is wrong', async () => {
    const relay = await openRelay();
    await console.button('Paste…').click();
    const paste = console.dialog('Paste entries');
    const lines = '# printers\n10.0.9.1\n10.0.9.300\n\n10.0.10.0 255.255.255.0\n127.0.0.1';
    await paste.getByLabel('Entries, one a line').fill(lines);
    await paste.getByText('Line 3: "10.0.9.300" is not an IP address').waitFor();
    await paste.getByText('2 entries to add. 1 entry in the list already. 1 line is wrong.').waitFor();
    expect(await paste.getByRole('button', { name: 'Add', exact: true }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await paste.getByRole('button', { name: 'Add the good ones' }).click();
    await relay.getByText('3 entries. 2 entries added.').waitFor();
    await ok(relay);
    await ok(sheet);
    expect((await settings()).relayList).toEqual(['127.0.0.1', '10.0.9.1', '10.0.10.0/24']);
  });

  it('takes the clipboard on the list, and asks about what it cannot read', async () => {
    const { page } = console;
    const relay = await openRelay();
    const copy = async (text: string): Promise<void> => {
      await console.button('Paste…').click();
      await page.getByLabel('Entries, one a line').fill(text);
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Control+X');
      await page.keyboard.press('Escape');
      await console.dialog('Paste entries').waitFor({ state: 'detached' });
    };
    await copy('10.0.9.1\n10.0.9.2');
    await relay.getByRole('grid', { name: 'Relay list' }).focus();
    await page.keyboard.press('Control+V');
    await relay.getByRole('row', { name: /10\.0\.9\.2/ }).waitFor();
    await copy('10.0.9.3\nwhat is this');
    await relay.getByRole('grid', { name: 'Relay list' }).focus();
    await page.keyboard.press('Control+V');
    await console.dialog('Paste entries').getByText('Line 2: "what is this"').waitFor();
    expect(await relay.getByRole('row', { name: /10\.0\.9\.3/ }).count()).toBe(0);
  });

  it('points out an entry that another covers, and removes it by one click', async () => {
    const relay = await openRelay();
    await add('Single computer', { 'IP address': '10.0.4.7' });
    await add('Group of computers', { 'Subnet address': '10.0.4.0/24' });
    await relay.getByText('10.0.4.7 is already covered by 10.0.4.0/24.').waitFor();
    await relay.getByRole('row', { name: /10\.0\.4\.7.*Covered by 10\.0\.4\.0\/24/ }).waitFor();
    await relay.getByRole('button', { name: 'Remove it' }).click();
    expect(await relay.getByRole('row', { name: /10\.0\.4\.7/ }).count()).toBe(0);
    await ok(relay);
    await ok(sheet);
    expect((await settings()).relayList).toEqual(['127.0.0.1', '10.0.4.0/24']);
  });

  it('adds this computer by a click', async () => {
    const relay = await openRelay();
    await relay.getByRole('button', { name: 'This computer' }).click();
    await relay.getByRole('row', { name: /::1/ }).waitFor();
    expect(await relay.getByRole('row', { name: /127\.0\.0\.1/ }).count()).toBe(1);
  });

  it('names an open relay and asks before it makes one', async () => {
    const relay = await openRelay();
    await relay.getByRole('radio', { name: 'All except the list below' }).check();
    await relay.getByText('This is an open relay').waitFor();
    await ok(relay);
    await sheet.getByText('This is an open relay').waitFor();
    await sheet.getByRole('button', { name: 'Apply' }).click();
    const question = console.page.getByRole('alertdialog', { name: /an open relay\?/ });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect((await settings()).relayMode).toBe('only');
    await sheet.getByRole('button', { name: 'Apply' }).click();
    await question.getByRole('button', { name: 'Make it an open relay' }).click();
    await waitFor('the open relay', async () => (await settings()).relayMode === 'except');
  });

  it('asks as well when a subnet or a domain holds the Internet', async () => {
    for (const [kind, fields] of [
      ['Group of computers', { 'Subnet address': '0.0.0.0/0' }],
      ['Domain', { Domain: 'com' }],
    ] as const) {
      const relay = await openRelay();
      await add(kind, fields);
      await relay.getByText('This is an open relay').waitFor();
      await ok(relay);
      await sheet.getByRole('button', { name: 'Apply' }).click();
      const question = console.page.getByRole('alertdialog', { name: /an open relay\?/ });
      await question.getByRole('button', { name: 'Cancel' }).click();
      const again = await openRelay();
      await again.getByRole('row', { name: /^(?:Group of computers|Domain)/ }).click();
      await again.getByRole('button', { name: 'Remove', exact: true }).click();
      await ok(again);
    }
    expect((await settings()).relayList).toEqual(['127.0.0.1']);
  });

  it('keeps computers from connecting', async () => {
    const connection = await openDialog('Connection…', 'Connection');
    await connection.getByRole('radio', { name: 'Only the list below' }).check();
    await connection.getByText('The list is empty: nobody may connect.').waitFor();
    await add('Single computer', { 'IP address': '127.0.0.1' });
    await ok(connection);
    await sheet.getByText('Only this computer may connect.').waitFor();
    await ok(sheet);
    expect(await settings()).toMatchObject({ connectionMode: 'only', connectionList: ['127.0.0.1'] });
  });

  it('lets the list be worked by keyboard alone', async () => {
    const { page } = console;
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await sheet.getByRole('button', { name: 'Relay…' }).focus();
    await press('Enter');
    const relay = console.dialog('Relay restrictions');
    await relay.getByRole('radio', { name: 'Only the list below' }).and(page.locator(':focus')).waitFor();
    await press('Tab', 'Insert');
    const field = console
      .dialog('Computer')
      .getByRole('textbox', { name: 'IP address' })
      .and(page.locator(':focus'));
    await field.waitFor();
    await page.keyboard.type('10.0.4.7');
    await press('Enter');
    await console.dialog('Computer').waitFor({ state: 'detached' });
    // The keys go on where they were.
    const list = relay.getByRole('grid', { name: 'Relay list' });
    await list.and(page.locator(':focus')).waitFor();
    await press('End', 'F2');
    await field.waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('10.0.4.8');
    await press('Enter');
    await console.dialog('Computer').waitFor({ state: 'detached' });
    await list.and(page.locator(':focus')).waitFor();
    await press('Home', 'Enter');
    await console.dialog('Computer').waitFor();
    await press('Escape');
    await console.dialog('Computer').waitFor({ state: 'detached' });
    await list.and(page.locator(':focus')).waitFor();
    await press('Delete');
    await relay.getByText('1 entry. 1 entry removed.').waitFor();
    while (
      !(await relay.getByRole('button', { name: 'OK', exact: true }).and(page.locator(':focus')).count())
    )
      await press('Tab');
    await press('Enter');
    await relay.waitFor({ state: 'detached' });
    // Whoever goes on before the focus is back goes on from nowhere.
    await sheet
      .getByRole('button', { name: /^Relay…/ })
      .and(page.locator(':focus'))
      .waitFor();
    while (
      !(await sheet.getByRole('button', { name: 'OK', exact: true }).and(page.locator(':focus')).count())
    )
      await press('Tab');
    await press('Enter');
    await sheet.waitFor({ state: 'detached' });
    expect((await settings()).relayList).toEqual(['10.0.4.8']);
  });

  it('holds ten thousand entries', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `10.${at >> 8}.${at & 255}.1`);
    await service.client.servers.set({ serverId: 1, patch: { relayList: many } });
    const relay = await openRelay();
    await relay.getByText('10,000 entries.').waitFor();
    const list = relay.getByRole('grid', { name: 'Relay list' });
    await list.focus();
    await console.page.keyboard.press('End');
    await relay.getByRole('row', { name: /10\.39\.15\.1/ }).waitFor();
    // Never more rows in the page than can be seen, and a few around them.
    expect(await relay.getByRole('row').count()).toBeLessThan(60);
    await console.page.keyboard.press('Delete');
    await relay.getByText('9,999 entries. 1 entry removed.').waitFor();
    await ok(relay);
    await ok(sheet);
    expect((await settings()).relayList).toEqual(many.slice(0, -1));
  });

  it('lets nobody switch off both ways to authenticate, and warns of passwords in clear text', async () => {
    const authentication = await openDialog('Authentication…', 'Authentication');
    await authentication.getByRole('checkbox', { name: 'Anonymous access' }).uncheck();
    await authentication.getByRole('button', { name: 'OK', exact: true }).click();
    await authentication.getByText('At least one way to authenticate must be allowed.').waitFor();
    await authentication.getByRole('checkbox', { name: 'Basic authentication' }).check();
    await authentication.getByText('Passwords may cross the network in clear text.').waitFor();
    await authentication.getByRole('textbox', { name: 'Default domain' }).fill('corp.test');
    await ok(authentication);
    await sheet.getByText('Clients must log in as one of the accounts.').waitFor();
    await ok(sheet);
    expect(await settings()).toMatchObject({
      allowsAnonymous: false,
      allowsBasic: true,
      defaultLogonDomain: 'corp.test',
    });
  });

  it('requires encryption only after a certificate is chosen', async () => {
    await service.client.certificates.createSelfSigned({ name: 'Relay', names: ['relay.corp.test'] });
    const communication = sheet.getByRole('button', { name: 'Communication…' });
    expect(await communication.getAttribute('aria-disabled')).toBe('true');
    expect(await communication.getAttribute('title')).toBe('Choose a certificate first.');
    const certificates = await openDialog('Certificate…', /^Certificate/);
    await certificates.getByRole('row', { name: /Relay/ }).click();
    await certificates.getByRole('button', { name: 'Use this certificate' }).click();
    await sheet.getByText(/STARTTLS is offered.*"Relay", valid until/).waitFor();
    const dialog = await openDialog('Communication…', 'Communication');
    const strong = dialog.getByRole('checkbox', { name: 'Require 128-bit encryption' });
    expect(await strong.isDisabled()).toBe(true);
    await dialog.getByRole('checkbox', { name: 'Require secure channel' }).check();
    await strong.check();
    await ok(dialog);
    await ok(sheet);
    expect(await settings()).toMatchObject({
      certificate: expect.stringMatching(/^[0-9a-f]{16}$/),
      requiresTls: true,
      requires128Bit: true,
    });
  });

  it('makes, disables and deletes accounts at once', async () => {
    const accounts = await openDialog('Accounts…', 'Accounts');
    await accounts.getByText('No accounts yet').waitFor();
    await accounts.getByRole('button', { name: 'Add…' }).click();
    const form = console.dialog('New account');
    await form.getByRole('textbox', { name: 'Name' }).fill('scanner');
    await passwords(form).first().fill('correct horse');
    await passwords(form).last().fill('correct house');
    await form.getByRole('button', { name: 'OK' }).click();
    await form.getByText('This is not the same password.').waitFor();
    await passwords(form).last().fill('correct horse');
    await ok(form);
    const row = accounts.getByRole('row', { name: /scanner/ });
    await row.click();
    expect(await service.client.accounts.list()).toMatchObject([{ name: 'scanner', isEnabled: true }]);
    await accounts.getByRole('button', { name: 'Disable' }).click();
    await accounts.getByRole('button', { name: 'Enable', exact: true }).waitFor();
    expect(await service.client.accounts.list()).toMatchObject([{ isEnabled: false }]);
    await accounts.getByRole('button', { name: 'Add…' }).click();
    await form.getByRole('textbox', { name: 'Name' }).fill('Scanner');
    await passwords(form).first().fill('correct horse');
    await passwords(form).last().fill('correct horse');
    await form.getByRole('button', { name: 'OK' }).click();
    // Refused by the service: names are compared without case.
    await form.getByRole('alert').first().waitFor();
    await form.getByRole('button', { name: 'Cancel' }).click();
    await row.click();
    await accounts.getByRole('button', { name: 'Edit…' }).click();
    const change = console.dialog('Edit account: scanner');
    await passwords(change).first().fill('battery staple');
    await passwords(change).last().fill('battery staple');
    await ok(change);
    await row.click();
    await accounts.getByRole('button', { name: 'Delete' }).click();
    const question = console.page.getByRole('alertdialog', { name: 'Delete the account "scanner"?' });
    await question.getByText('Programs and devices that log in as scanner can no longer').waitFor();
    await question.getByRole('button', { name: 'Delete' }).click();
    await accounts.getByText('No accounts yet').waitFor();
    expect(await service.client.accounts.list()).toEqual([]);
  });

  it('adds, changes and removes operators on the Security tab, at once', async () => {
    await sheet.getByRole('tab', { name: 'Security' }).click();
    await sheet.getByText('Changes here are in force at once.').waitFor();
    const group = sheet.getByRole('group', { name: 'Operators', exact: true });
    await group.getByRole('button', { name: 'Add…' }).click();
    const form = console.dialog('Add operator');
    await form.getByRole('textbox', { name: 'Name' }).fill('ann');
    await form.getByRole('radio', { name: /^Viewer/ }).check();
    await passwords(form).first().fill('correct horse');
    await passwords(form).last().fill('correct horse');
    await ok(form);
    const row = group.getByRole('row', { name: /ann/ });
    await row.click();
    expect(await service.client.operators.list()).toMatchObject([{ name: 'ann', role: 'viewer' }]);
    await group.getByRole('button', { name: 'Edit…' }).click();
    const edit = console.dialog('Edit operator: ann');
    await edit.getByRole('radio', { name: /^Administrator/ }).check();
    await ok(edit);
    await group.getByRole('row', { name: /ann.*Administrator/ }).waitFor();
    expect(await service.client.operators.list()).toMatchObject([{ name: 'ann', role: 'administrator' }]);
    await row.click();
    await group.getByRole('button', { name: 'Remove' }).click();
    const question = console.page.getByRole('alertdialog', { name: 'Remove the operator "ann"?' });
    await question.getByRole('button', { name: 'Remove' }).click();
    await group.getByText('No operators yet').waitFor();
    expect(await service.client.operators.list()).toEqual([]);
    // None of it was a change of the sheet.
    await sheet.getByText('No changes').waitFor();
  });

  it('has no fault that axe finds, on either tab and in every dialog', async () => {
    const check = async (what: string): Promise<void> =>
      expect([what, await console.findViolations()]).toEqual([what, []]);
    const close = (dialog: Locator): Promise<void> =>
      dialog
        .getByRole('button', { name: /^(?:Cancel|Close)$/ })
        .last()
        .click();
    await check('Access');
    for (const [button, name] of [
      ['Authentication…', 'Authentication'],
      ['Accounts…', 'Accounts'],
      ['Connection…', 'Connection'],
    ] as const) {
      const dialog = await openDialog(button, name);
      await check(name);
      await close(dialog);
      await dialog.waitFor({ state: 'detached' });
    }
    const relay = await openRelay();
    await relay.getByRole('radio', { name: 'All except the list below' }).check();
    await check('Relay');
    await relay.getByRole('button', { name: 'Add…' }).click();
    for (const kind of ['Single computer', 'Group of computers', 'Domain']) {
      await console.dialog('Computer').getByRole('radio', { name: kind }).check();
      await check(kind);
    }
    await close(console.dialog('Computer'));
    await relay.getByRole('button', { name: 'Paste…' }).click();
    await console.page.getByLabel('Entries, one a line').fill('what is this\n10.0.4.7');
    await check('Paste');
    await console.button('Add the good ones').click();
    await ok(relay);
    await sheet.getByRole('tab', { name: 'Security' }).click();
    await check('Security');
    await sheet.getByRole('button', { name: 'Add…' }).first().click();
    await check('Add operator');
    expect(console.complaints).toEqual([]);
  });
});
