/** The LDAP Routing tab in a real Chromium, against the real service and slapd. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';
import { group, person, personName, type RunningSlapd, startSlapd } from '../support/slapd';

describeWith(['chromium', 'slapd'], 'LDAP Routing tab', () => {
  let directory: RunningSlapd;
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;
  let sheet: Locator;

  beforeAll(async () => {
    [directory, service, browser] = await Promise.all([
      startSlapd({
        needsLogIn: true,
        entries: [
          person('Ann', { proxyAddresses: ['SMTP:ann@corp.test', 'smtp:a.smith@corp.test'] }),
          person('Bo', { mail: 'bo@corp.test' }),
          person('Twin 1', { mail: 'twin@corp.test' }),
          person('Twin 2', { mail: 'twin@corp.test' }),
          group('All', { mail: 'all@corp.test', member: ['Ann', 'Bo'].map(personName) }),
        ],
      }),
      startService({ hasConsole: true }),
      launchChromium(),
    ]);
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await directory?.remove();
  });

  const field = (name: string): Locator => sheet.getByLabel(name, { exact: true });
  const answer = (): Locator => sheet.locator('[role=status]').filter({ hasText: ':' }).last();
  const test = async (address: string): Promise<void> => {
    await field('Mail address').fill(address);
    await sheet.getByRole('button', { name: 'Test', exact: true }).click();
  };
  const violations = async (): Promise<string[]> => {
    await console.settle();
    return console.findViolations();
  };

  it('stands between Delivery and Security, and can do nothing while it is off', async () => {
    sheet = await console.openSheet(/Default SMTP/);
    const tabs = await sheet.getByRole('tab').allTextContents();
    // A second time, unseen, in bold: so that tabs keep their width.
    expect(tabs.map((tab) => tab.replace(/^(.+)\1$/, '$1'))).toEqual([
      'General',
      'Access',
      'Messages',
      'Delivery',
      'LDAP Routing',
      'Security',
      'Housekeeping',
    ]);
    await sheet.getByRole('tab', { name: 'LDAP Routing' }).click();
    for (const name of ['Schema', 'Server', 'Binding', 'Base', 'User name', 'Filter', 'Mail address'])
      expect(await field(name).isDisabled(), name).toBe(true);
    expect(await violations()).toEqual([]);
  });

  it('enables names and passwords where the binding needs them, and the filter where it counts', async () => {
    await sheet.getByRole('checkbox', { name: 'Enable LDAP routing' }).check();
    expect(await field('Server').isEnabled()).toBe(true);
    expect(await field('User name').isDisabled()).toBe(true);
    expect(await field('Filter').isDisabled()).toBe(true);
    await field('Schema').selectOption('custom');
    expect(await field('Filter').isEnabled()).toBe(true);
    await field('Schema').selectOption('active-directory');
    await field('Binding').selectOption('plain');
    expect(await field('User name').isEnabled()).toBe(true);
    await sheet.getByText('go over the network in clear text').waitFor();
    expect(await violations()).toEqual([]);
  });

  it('tests what stands in the sheet, and says in words what is wrong', async () => {
    await field('Server').fill('127.0.0.1');
    await sheet.getByRole('checkbox', { name: 'Port', exact: true }).check();
    await field('Port, value').fill(String(directory.port));
    await field('User name').fill(directory.administrator.name);
    await field('Password').fill('not this one');
    await test('ann@corp.test');
    await sheet.getByText(/refuses the log-in: user name or password is wrong/).waitFor();
    expect(await violations()).toEqual([]);
    await field('Password').fill(directory.administrator.password);
    await test('a.smith@corp.test');
    await sheet.getByText(/It is cn=Ann,.* Mail goes to ann@corp\.test\./).waitFor();
    await test('all@corp.test');
    await sheet.getByRole('listitem').filter({ hasText: 'bo@corp.test' }).waitFor();
    await field('Mail address').fill('twin@corp.test');
    await field('Mail address').press('Enter');
    await sheet.getByText(/stands in more than one entry/).waitFor();
    expect(await answer().textContent()).toContain('550 5.1.4');
    expect(await violations()).toEqual([]);
    expect((await service.client.ldap.status({ serverId: 1 })).isEnabled).toBe(false);
  });

  it('applies, and keeps the password to itself', async () => {
    await sheet.getByRole('button', { name: 'Apply' }).click();
    await sheet.getByText('No changes').waitFor();
    const { settings } = await service.client.servers.get({ serverId: 1 });
    expect(settings).toMatchObject({
      usesLdapRouting: true,
      ldapBinding: 'plain',
      ldapPassword: 'sealed:kept',
    });
    await test('bo@corp.test');
    await sheet.getByText(/It is cn=Bo,.* Its address stays as it is\./).waitFor();
  });

  it('does not hand the stored password to another server', async () => {
    await field('Server').fill('localhost');
    await test('bo@corp.test');
    await sheet.getByText(/Enter the password again/).waitFor();
  });
});
