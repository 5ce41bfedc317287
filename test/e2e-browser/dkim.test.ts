/** DKIM keys behind the Delivery tab in a real Chromium, against the real service and a DNS server on loopback. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dkimKey } from '../../src-main/api/contract';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { makeDkimKey } from '../support/dkim-keys';
import { type LoopbackDnsServer, startDnsServer } from '../support/dns-server';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';

describeWith(['chromium'], 'DKIM keys of the Delivery tab', () => {
  let service: RunningService;
  let browser: Browser;
  let dns: LoopbackDnsServer;
  let console: ConsolePage;
  let list: Locator;

  beforeAll(async () => {
    dns = await startDnsServer({});
    [service, browser] = await Promise.all([
      startService({ hasConsole: true, server: { dnsServers: [dns.server] } }),
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

  const keys = () => service.client.dkim.list({ serverId: 1 });
  const verb = (name: string): Locator => list.getByRole('button', { name, exact: true });
  const submit = (dialog: Locator, name: string): Promise<void> =>
    // The last: the first "Close" is the cross in the corner.
    dialog.getByRole('button', { name, exact: true }).last().click();
  const gone = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });
  const violations = async (): Promise<string[]> => {
    await console.settle();
    return console.findViolations();
  };

  it('begin with what they are for', async () => {
    const sheet = await console.openSheet(/Default SMTP/, 'Delivery');
    await sheet.getByRole('button', { name: 'DKIM…' }).click();
    list = console.dialog(/^DKIM:/);
    await list.getByText('No DKIM keys yet').waitFor();
    expect(await verb('Check now').getAttribute('aria-disabled')).toBe('true');
    expect(await violations()).toEqual([]);
  });

  it('are made by keyboard, and show the record that DNS needs', async () => {
    await verb('New key…').press('Enter');
    const dialog = console.dialog('New DKIM key');
    expect(await dialog.getByLabel('Domain').inputValue()).toBe('corp.test');
    expect(await dialog.getByLabel('Selector').inputValue()).toBe('mailroot');
    await dialog.getByLabel('Selector').fill('no good');
    await submit(dialog, 'Make key');
    await dialog.getByText('Enter a short name such as mailroot').waitFor();
    expect(await violations()).toEqual([]);
    await dialog.getByLabel('Selector').fill('s1');
    await console.page.keyboard.press('Enter');
    const record = console.dialog('DNS record: s1._domainkey.corp.test');
    await record.waitFor();
    const [row] = await keys();
    expect(row).toMatchObject({ domain: 'corp.test', selector: 's1', bits: 2048, isSigning: false });
    const { value, zoneLine } = await service.client.dkim.record({
      serverId: 1,
      domain: 'corp.test',
      selector: 's1',
    });
    expect(await record.getByLabel('Name', { exact: true }).inputValue()).toBe('s1._domainkey.corp.test');
    expect(await record.getByLabel('Value', { exact: true }).inputValue()).toBe(value);
    await record.getByRole('button', { name: /zone file/ }).click();
    expect(await record.getByLabel('Line for a zone file', { exact: true }).inputValue()).toBe(zoneLine);
    expect(await violations()).toEqual([]);
    await console.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await record.getByRole('button', { name: 'Copy: Value' }).click();
    await record.getByText('Copied').waitFor();
    expect(await console.page.evaluate(() => navigator.clipboard.readText())).toBe(value);
    await submit(record, 'Close');
    await gone(record);
    await list.getByRole('gridcell', { name: 'Waiting for DNS' }).waitFor();
  });

  it('are asked for in DNS, and sign before their record is there only for whoever insists', async () => {
    await verb('Check now').click();
    await list.getByRole('gridcell', { name: 'No record' }).waitFor();
    await list.getByText('DNS has no TXT record at s1._domainkey.corp.test yet.').first().waitFor();
    await list.getByText('corp.test has no SPF record').waitFor();
    await list.getByText('corp.test has no DMARC record').waitFor();
    expect(await violations()).toEqual([]);
    await verb('Sign mail').click();
    const question = console.page.getByRole('alertdialog', { name: /^Sign without the right record/ });
    expect(await violations()).toEqual([]);
    await submit(question, 'Cancel');
    await gone(question);
    expect((await keys())[0]?.isSigning).toBe(false);

    await verb('Sign mail').click();
    await submit(question, 'Sign anyway');
    await list.getByRole('gridcell', { name: 'Signing' }).waitFor();
    expect((await keys())[0]?.isSigning).toBe(true);
    await verb('Stop signing').click();
    await list.getByRole('gridcell', { name: 'Waiting for DNS' }).waitFor();

    const { value } = await service.client.dkim.record({ serverId: 1, domain: 'corp.test', selector: 's1' });
    dns.zones['s1._domainkey.corp.test'] = { txt: [value] };
    dns.zones['corp.test'] = { txt: ['v=spf1 -all'] };
    await verb('Check now').click();
    await list.getByRole('gridcell', { name: 'Ready to sign' }).waitFor();
    await list.getByText('corp.test has an SPF record').waitFor();
    await verb('Sign mail').click();
    await list.getByRole('gridcell', { name: 'Signing' }).waitFor();
    expect(await violations()).toEqual([]);
  });

  it('are imported as PEM, which is refused with a reason when it is none', async () => {
    const key = makeDkimKey('corp.test', 'old', 'ed25519');
    await verb('Import…').click();
    const dialog = console.dialog('Import DKIM key');
    await dialog.getByLabel('Selector').fill('old');
    await dialog.getByLabel('Private key').fill('-----BEGIN PUBLIC KEY-----');
    await submit(dialog, 'Import');
    await dialog.getByText('This is the public key.').waitFor();
    expect(await violations()).toEqual([]);
    await dialog.getByLabel('Private key').fill(key.pkcs8Pem);
    await submit(dialog, 'Import');
    const record = console.dialog('DNS record: old._domainkey.corp.test');
    expect(await record.getByLabel('Value', { exact: true }).inputValue()).toBe(key.record);
    await submit(record, 'Close');
    await gone(record);
    // Every setting of a key has been entered by now; the private key is never shown again.
    const { settings } = await service.client.servers.get({ serverId: 1 });
    const imported = settings.dkimKeys.find(({ selector }) => selector === 'old');
    expect(imported).toEqual({
      domain: 'corp.test',
      selector: 'old',
      algorithm: 'ed25519-sha256',
      privateKey: 'sealed:kept',
      isSigning: false,
    });
    expect(Object.keys(dkimKey.shape).toSorted()).toEqual(Object.keys(imported ?? {}).toSorted());
  });

  it('are deleted after a question that says what is lost', async () => {
    await list.getByRole('row', { name: /\bold\b/ }).click();
    await console.page.keyboard.press('Delete');
    const question = console.page.getByRole('alertdialog', {
      name: 'Delete the key old._domainkey.corp.test?',
    });
    await question.getByText('cannot be brought back').waitFor();
    await submit(question, 'Delete');
    await gone(question);
    await list.getByRole('row', { name: /\bold\b/ }).waitFor({ state: 'detached' });
    expect((await keys()).map(({ selector }) => selector)).toEqual(['s1']);
    await submit(list, 'Close');
    await gone(list);
    expect(console.complaints.filter((text) => !/status of (?:400|409|422)/.test(text))).toEqual([]);
  });
});
