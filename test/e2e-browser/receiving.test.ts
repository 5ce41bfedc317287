/**
 * The dialogs about receiving on a hostile network, in Chromium on the real service: identities, ways to log in, old
 * TLS, certificates by name, protection, protocol, and mail that waits for a trigger. What is saved is asked of the
 * service, not of the page.
 */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ServerSettings } from '../../src-main/api/contract';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService } from '../support/service';

describeWith(['chromium'], 'the dialogs about receiving', () => {
  let browser: Browser;
  let service: RunningService;
  let console: ConsolePage;
  let installed: ServerSettings;
  let certificates: { readonly main: string; readonly branch: string };

  beforeAll(async () => {
    [browser, service] = await Promise.all([
      launchChromium(),
      startService({
        hasConsole: true,
        server: {
          relayList: ['127.0.0.1'],
          domains: [
            { type: 'default', name: 'corp.test' },
            { type: 'remote', name: 'branch.test' },
          ],
        },
      }),
    ]);
    const make = async (name: string): Promise<string> =>
      (await service.client.certificates.createSelfSigned({ name, names: [`${name}.test`] })).id;
    certificates = { main: await make('main'), branch: await make('branch') };
    await service.client.accounts.create({ name: 'branch', password: 'correct horse' });
    installed = await settings();
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(10_000);
    await console.page.emulateMedia({ reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });
  beforeEach(async () => {
    const { id, domains, ...patch } = installed;
    await service.client.servers.set({ serverId: 1, patch });
  });

  const settings = async () => (await service.client.servers.get({ serverId: 1 })).settings;
  const set = (patch: Partial<ServerSettings>) => service.client.servers.set({ serverId: 1, patch });
  const button = (root: Locator, name: string): Locator => root.getByRole('button', { name, exact: true });
  /** Opens what the button of a dialog opens; the button may carry a mark. */
  const openFrom = async (root: Locator, label: string, title: string): Promise<Locator> => {
    await root.getByRole('button', { name: new RegExp(`^${label}`) }).click();
    const dialog = console.dialog(title);
    await dialog.waitFor();
    return dialog;
  };
  const ok = async (dialog: Locator): Promise<void> => {
    await button(dialog, 'OK').click();
    await dialog.waitFor({ state: 'detached' });
  };
  /** The console as one finds it: what a test has set before is no change made elsewhere. */
  const beginAnew = async (): Promise<void> => {
    await console.page.reload();
    await console.page.getByRole('tree').waitFor();
  };
  const openSheet = async (tab: string): Promise<Locator> => {
    await beginAnew();
    return console.openSheet(/Default SMTP/, tab);
  };
  const openDomain = async (name: string): Promise<Locator> => {
    await beginAnew();
    await console
      .node(/^Domains/)
      .first()
      .click();
    await console.row(new RegExp(name)).dblclick();
    const sheet = console.dialog(`${name}: Properties`);
    await sheet.waitFor();
    return sheet;
  };
  const expectNoViolations = async (what: string): Promise<void> =>
    expect([what, await console.findViolations()]).toEqual([what, []]);

  it('take an identity with implicit TLS on its port, and not without a certificate', async () => {
    const sheet = await openSheet('General');
    const identities = await openFrom(sheet, 'Advanced…', 'Identities');
    const pair = await openFrom(identities, 'Add…', 'Add identity');
    await pair.getByRole('combobox', { name: 'IP address' }).fill('127.0.0.9');
    await pair.getByLabel('Encryption').selectOption({ label: 'Implicit TLS' });
    await pair.getByText('Implicit TLS needs a certificate. Choose one below.').waitFor();
    await button(pair, 'OK').click();
    expect(await pair.isVisible()).toBe(true);
    await button(pair, 'Use port 465').click();
    expect(await pair.getByLabel('TCP port').inputValue()).toBe('465');
    const port = await findFreePort('127.0.0.9');
    await pair.getByLabel('TCP port').fill(String(port));
    await pair.getByLabel('Certificate').selectOption({ label: 'branch' });
    await pair.getByLabel('Lowest TLS version').selectOption({ label: 'TLS 1.3 only' });
    await expectNoViolations('Add identity');
    await ok(pair);
    await identities.getByRole('row', { name: /127\.0\.0\.9.*Implicit TLS.*branch/ }).waitFor();
    await ok(identities);
    await sheet.getByText(new RegExp(`127\\.0\\.0\\.9:${port} \\(implicit TLS\\)`)).waitFor();
    await ok(sheet);
    expect((await settings()).bindings.at(-1)).toEqual({
      address: '127.0.0.9',
      port,
      encryption: 'implicit',
      certificate: certificates.branch,
      minimumTls: 'TLSv1.3',
    });
  });

  it('keep the encryption of an identity whose port is changed on the General tab', async () => {
    const [first] = installed.bindings;
    await set({ bindings: [{ ...first, encryption: 'none' } as (typeof installed.bindings)[number]] });
    const sheet = await openSheet('General');
    const port = await findFreePort();
    await sheet.getByLabel('TCP port').fill(String(port));
    await sheet.getByText(`1 identity: 127.0.0.1:${port} (no encryption)`).waitFor();
    await ok(sheet);
    expect((await settings()).bindings).toMatchObject([{ port, encryption: 'none' }]);
  });

  it('offer the ways to log in side by side, and refuse what is no path of a key file', async () => {
    const sheet = await openSheet('Access');
    const authentication = await openFrom(sheet, 'Authentication…', 'Authentication');
    const keyFile = authentication.getByRole('textbox', { name: 'Kerberos key file' });
    expect(await keyFile.isDisabled()).toBe(true);
    await authentication.getByText('Needs Integrated Windows Authentication.').waitFor();
    await authentication.getByRole('checkbox', { name: 'Integrated Windows Authentication' }).check();
    await authentication.getByRole('checkbox', { name: 'Challenge-response authentication' }).check();
    await authentication.getByText('Holds the key of smtp/relay.corp.test.').waitFor();
    await keyFile.fill('smtp.keytab');
    await button(authentication, 'OK').click();
    await authentication.getByText('Enter the full path of a file.').waitFor();
    const folders = await openFrom(authentication, 'Browse…', 'Choose a folder');
    await folders.getByLabel('Folder on the computer of the engine').fill(service.dataFolder);
    await console.page.keyboard.press('Enter');
    await folders.getByRole('row', { name: /mailroot/ }).waitFor();
    await ok(folders);
    expect(await keyFile.inputValue()).toBe(`${service.dataFolder}/smtp.keytab`);
    await keyFile.fill('');
    await ok(authentication);
    await sheet.getByText('By Integrated Windows and challenge-response authentication.').waitFor();
    await sheet.getByText('Relays for this computer, and for authenticated users.').waitFor();
    await ok(sheet);
    expect(await settings()).toMatchObject({
      allowsBasic: false,
      allowsIntegrated: true,
      allowsChallengeResponse: true,
    });
  });

  it('name the devices that may use old TLS by their addresses alone', async () => {
    await set({ certificate: certificates.main });
    const sheet = await openSheet('Access');
    const dialog = await openFrom(sheet, 'Communication…', 'Communication');
    await dialog.getByLabel('Lowest TLS version').selectOption({ label: 'TLS 1.0 and newer' });
    await dialog.getByText('TLS 1.0 and 1.1 are broken.').waitFor();
    await dialog.getByText('No client may use old TLS').waitFor();
    await expectNoViolations('Communication');
    const computer = await openFrom(dialog, 'Add…', 'Computer');
    expect(await computer.getByRole('radio').count()).toBe(2);
    await computer.getByRole('textbox', { name: 'IP address' }).fill('10.0.9.1');
    await ok(computer);
    const paste = await openFrom(dialog, 'Paste…', 'Paste entries');
    await paste.getByLabel('Entries, one a line').fill('10.0.10.0/24\nprinters.corp.test');
    await paste.getByText('Line 2: "printers.corp.test" is not an IP address or a subnet.').waitFor();
    await button(paste, 'Add the good ones').click();
    await ok(dialog);
    await sheet.getByText(/TLS 1\.0 and newer\. Old TLS for 10\.0\.9\.1 and 10\.0\.10\.0\/24\./).waitFor();
    await sheet.getByText(/broken, and every client may use them/).waitFor();
    await ok(sheet);
    expect(await settings()).toMatchObject({ minimumTls: 'TLSv1', oldTlsList: ['10.0.9.1', '10.0.10.0/24'] });
  });

  it('list further certificates, each once, by keyboard too', async () => {
    await set({ certificate: certificates.main });
    const sheet = await openSheet('Access');
    let dialog = await openFrom(sheet, 'Communication…', 'Communication');
    await dialog.getByRole('tab', { name: 'Further certificates' }).click();
    await dialog
      .getByText('Every other client gets the certificate of the virtual server, "main".')
      .waitFor();
    await dialog.getByRole('grid', { name: 'Further certificates' }).focus();
    await console.page.keyboard.press('Insert');
    const add = console.dialog('Add certificate');
    await add
      .getByRole('radio', { name: /^branch/ })
      .and(console.page.locator(':checked'))
      .waitFor();
    expect(await add.getByRole('radio').count()).toBe(1);
    await console.page.keyboard.press('Enter');
    await add.waitFor({ state: 'detached' });
    await dialog.getByRole('row', { name: /branch.*branch\.test/ }).click();
    expect(await button(dialog, 'Add…').getAttribute('aria-disabled')).toBe('true');
    await expectNoViolations('Further certificates');
    await ok(dialog);
    await button(sheet, 'Apply').click();
    await sheet.getByText('No changes').waitFor();
    expect((await settings()).furtherCertificates).toEqual([certificates.branch]);
    dialog = await openFrom(sheet, 'Communication…', 'Communication');
    await dialog.getByRole('tab', { name: 'Further certificates' }).click();
    await dialog.getByRole('row', { name: /branch/ }).click();
    await console.page.keyboard.press('Delete');
    await dialog.getByText('One certificate for all names').waitFor();
    await ok(dialog);
    await ok(sheet);
    expect((await settings()).furtherCertificates).toEqual([]);
  });

  it('limit one address, warn where passwords may be tried without end, and believe named proxies', async () => {
    const sheet = await openSheet('Access');
    await sheet.getByText('20 failed log-ins lock it out for 30 minutes.').waitFor();
    const protection = await openFrom(sheet, 'Protection…', 'Protection');
    await protection.getByRole('checkbox', { name: 'Lock out an address after' }).uncheck();
    expect(await protection.getByLabel('Lock-out time').isDisabled()).toBe(true);
    const tarPit = protection.getByRole('textbox', { name: 'Tar pit' });
    await tarPit.fill('400');
    await button(protection, 'OK').click();
    await protection.getByText('At most 300 seconds.').waitFor();
    await tarPit.fill('5');
    await protection.getByRole('tab', { name: 'Proxies' }).click();
    await protection.getByText('No proxy is believed').waitFor();
    const computer = await openFrom(protection, 'Add…', 'Computer');
    await computer.getByRole('textbox', { name: 'IP address' }).fill('10.0.0.1');
    await ok(computer);
    await ok(protection);
    const meaning = 'Failed log-ins lock nobody out. Refusals wait 5 seconds. Proxies: 10.0.0.1.';
    await sheet.getByText(meaning).waitFor();
    const authentication = await openFrom(sheet, 'Authentication…', 'Authentication');
    await authentication.getByRole('checkbox', { name: 'Challenge-response authentication' }).check();
    await ok(authentication);
    await sheet.getByText('Whoever can connect may try passwords without end.').waitFor();
    await ok(sheet);
    const changed = { maxFailedLogOns: null, tarPitSeconds: 5, proxyList: ['10.0.0.1'] };
    expect(await settings()).toMatchObject(changed);
  });

  it('show the greeting as it will be, and switch extensions off and on again', async () => {
    const sheet = await openSheet('General');
    let protocol = await openFrom(sheet, 'Protocol…', 'Protocol');
    const line = protocol.getByRole('status', { name: 'Clients are greeted with' });
    await line.getByText(/^220 relay\.corp\.test Mailroot ESMTP MAIL Service, Version: /).waitFor();
    const greeting = protocol.getByRole('textbox', { name: 'Text behind the name' });
    await greeting.fill('Grüße');
    await button(protocol, 'OK').click();
    await protocol.getByText('Only ASCII characters can stand in the greeting.').waitFor();
    await greeting.fill('ESMTP at your service');
    await line.getByText('220 relay.corp.test ESMTP at your service', { exact: true }).waitFor();
    for (const verb of ['VRFY', 'DSN'])
      await protocol.getByRole('checkbox', { name: new RegExp(`^${verb} `) }).uncheck();
    await ok(protocol);
    await button(sheet, 'Apply').click();
    await sheet.getByText('No changes').waitFor();
    expect(await settings()).toMatchObject({ greeting: 'ESMTP at your service', verbsOff: ['DSN', 'VRFY'] });
    protocol = await openFrom(sheet, 'Protocol…', 'Protocol');
    await protocol.getByRole('checkbox', { name: /^DSN / }).check();
    await protocol.getByRole('tab', { name: 'Line ends' }).click();
    expect(await protocol.getByLabel('Such lines of the clients in the list').isDisabled()).toBe(true);
    await ok(protocol);
    await ok(sheet);
    expect((await settings()).verbsOff).toEqual(['VRFY']);
  });

  it('tell which limits of a connection hold, and take their absence', async () => {
    const sheet = await openSheet('General');
    const limits = await openFrom(sheet, 'Limits…', 'Limits');
    await limits.getByRole('checkbox', { name: 'Limit length of a connection to' }).uncheck();
    await limits.getByLabel('Limit number of errors per connection to, value').fill('-1');
    await button(limits, 'OK').click();
    await limits.getByText('At least 1.').waitFor();
    await limits.getByLabel('Limit number of errors per connection to, value').fill('5');
    await ok(limits);
    await ok(sheet);
    expect(await settings()).toMatchObject({ maxSessionMinutes: null, maxErrors: 5 });
  });

  it('have accounts fetch the mail of a remote domain, chosen or typed', async () => {
    const sheet = await openDomain('branch.test');
    await sheet.getByRole('tab', { name: 'Advanced' }).click();
    await sheet.getByText('Nobody may fetch this mail').waitFor();
    await sheet.getByRole('checkbox', { name: 'Queue messages for remote triggered delivery' }).check();
    const add = await openFrom(sheet, 'Add…', 'Add account');
    await button(add, 'OK').click();
    await add.getByText('Enter the name of an account.').waitFor();
    await add.getByRole('combobox').click();
    await console.page.getByRole('option', { name: 'branch' }).click();
    await ok(add);
    await openFrom(sheet, 'Add…', 'Add account');
    await add.getByRole('combobox').fill('BRANCH');
    await button(add, 'OK').click();
    await add.getByText('BRANCH is in the list already.').waitFor();
    await add.getByRole('combobox').fill('later');
    await expectNoViolations('Add account');
    await ok(add);
    await sheet.getByRole('row', { name: /later.*No such account/ }).waitFor();
    await expectNoViolations('Advanced');
    await ok(sheet);
    const { settings: domain } = await service.client.domains.get({ serverId: 1, name: 'branch.test' });
    expect(domain).toMatchObject({ holdsForTrigger: true, turnAccounts: ['branch', 'later'] });
  });

  it('are found from Explain, on whatever tab the setting stands', async () => {
    await service.client.domains.set({
      serverId: 1,
      name: 'branch.test',
      patch: { holdsForTrigger: true },
    });
    await beginAnew();
    await console
      .node(/Default SMTP/)
      .first()
      .click();
    await console.page.getByRole('menuitem', { name: 'Action', exact: true }).click();
    await console.page
      .getByRole('menu')
      .getByRole('menuitem', { name: /^Explain/ })
      .click();
    const explain = console.dialog(/^Explain/);
    await explain.getByRole('textbox', { name: 'To', exact: true }).fill('ann@branch.test');
    await button(explain, 'Explain').click();
    const held = explain.getByRole('listitem').filter({ hasText: 'It is not tried before' });
    await held.getByRole('button', { name: 'Open the setting' }).click();
    const sheet = console.dialog('branch.test: Properties');
    await sheet
      .getByRole('checkbox', { name: 'Queue messages for remote triggered delivery' })
      .and(console.page.locator(':focus'))
      .waitFor();
  });
});
