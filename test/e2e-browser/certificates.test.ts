/** The certificates of the Access tab in a real Chromium, against the real service. */
import { readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { OpensslFolder } from '../support/openssl';
import { describeUnless, missingReason } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

const password = 'long enough';

describeUnless(chromiumSkipReason() ?? missingReason('openssl'), 'the certificates of the Access tab', () => {
  const ssl = new OpensslFolder();
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;
  let sheet: Locator;
  let list: Locator;

  beforeAll(async () => {
    ssl.makeAuthority();
    service = await startService({ hasConsole: true });
    browser = await launchChromium();
    console = await openConsole(browser, service);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    ssl.remove();
  });

  const openCertificates = async (): Promise<void> => {
    await sheet.getByRole('button', { name: 'Certificate…' }).click();
    list = console.dialog(/^Certificate:/);
    await list.waitFor();
  };
  const verb = (name: string): Locator => list.getByRole('toolbar').getByRole('button', { name });
  const submit = (dialog: Locator, name: string): Promise<void> =>
    dialog.getByRole('button', { name, exact: true }).click();
  const rows = () => service.client.certificates.list();
  /** Once nothing moves any more: half faded in, every text is too pale. */
  const findViolations = async (): Promise<string[]> => {
    await console.page.evaluate(() =>
      Promise.allSettled(document.getAnimations().map(({ finished }) => finished)),
    );
    return console.findViolations();
  };
  /** The dialog is gone, and what lies behind it can be reached again. */
  const returned = (dialog: Locator): Promise<void> => dialog.waitFor({ state: 'detached' });

  it('begins with what a certificate is for, and makes the first one from there by keyboard', async () => {
    sheet = await console.openSheet(/Default SMTP/, 'Access');
    await openCertificates();
    await list.getByText('No certificates yet').waitFor();
    expect(await findViolations()).toEqual([]);
    await list.getByRole('gridcell').getByRole('button', { name: 'Create Self-Signed…' }).press('Enter');
    const dialog = console.dialog('Create Self-Signed Certificate');
    // The name of the virtual server is proposed.
    expect(await dialog.getByLabel('Host names and IP addresses').inputValue()).toBe('relay.corp.test');
    await console.page.keyboard.type('Mail');
    await console.page.keyboard.press('Tab');
    await console.page.keyboard.press('ControlOrMeta+a');
    await console.page.keyboard.type('mail.example.com, no_host!');
    await submit(dialog, 'Create');
    await dialog.getByText('no_host! is no host name.').waitFor();
    expect(await findViolations()).toEqual([]);
    await dialog.getByLabel('Host names and IP addresses').fill('mail.example.com\n192.0.2.7');
    await dialog.getByLabel('Valid for (days)').fill('a year');
    await submit(dialog, 'Create');
    await dialog.getByText('Enter a number of days from 1 to 3650.').waitFor();
    await dialog.getByLabel('Valid for (days)').fill('12');
    await dialog.getByLabel('Valid for (days)').press('Enter');
    await returned(dialog);
    await console.row(/Mail.*mail\.example\.com, 192\.0\.2\.7.*Self-signed.*(?:11|12) days left/).waitFor();
    // The button that opened the form went with the empty list.
    await waitFor('the focus in the list', () =>
      list.getByRole('grid').evaluate((grid) => grid === document.activeElement),
    );
    expect(await rows()).toMatchObject([{ name: 'Mail', names: ['mail.example.com', '192.0.2.7'] }]);
  });

  it('is chosen for the draft of the sheet, and in force when that is applied', async () => {
    await submit(list, 'Use this certificate');
    await returned(list);
    expect((await rows())[0]?.usedBy).toEqual([]);
    await submit(sheet, 'Apply');
    await waitFor('the certificate in use', async () => (await rows())[0]?.usedBy.length === 1);
    await openCertificates();
    await console.row(/Mail.*Default SMTP/).waitFor();
    expect(await verb('Remove').getAttribute('aria-disabled')).toBe('true');
    expect(await findViolations()).toEqual([]);
  });

  it('is exported with its key in a file that the password opens', async () => {
    await verb('Export…').click();
    const dialog = console.dialog('Export: Mail');
    await dialog.getByLabel('Password for the file').fill(password);
    await dialog.getByLabel('Password again').fill('something else');
    await submit(dialog, 'Export…');
    await dialog.getByText('The two passwords differ.').waitFor();
    await dialog.getByLabel('Password again').fill(password);
    const download = console.page.waitForEvent('download');
    await submit(dialog, 'Export…');
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('Mail.pfx');
    await saved.saveAs(ssl.path('mail.pfx'));
    await returned(dialog);
    ssl.write('pass', password);
    expect(ssl.run('pkcs12 -in mail.pfx -passin file:pass -nodes')).toContain('BEGIN PRIVATE KEY');
  });

  it('is renewed in its place', async () => {
    const [before] = await rows();
    await verb('Renew…').click();
    const dialog = console.dialog('Renew: Mail');
    expect(await findViolations()).toEqual([]);
    await submit(dialog, 'Renew');
    await returned(dialog);
    const [after] = await rows();
    expect(after).toMatchObject({ id: before?.id, names: before?.names, usedBy: [1] });
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
    await list.getByText(after?.fingerprint ?? '').waitFor();
  });

  it('comes back from a PFX file, after its password was right', async () => {
    await verb('Import…').click();
    const dialog = console.dialog('Import Certificate');
    await submit(dialog, 'Import');
    await dialog.getByText('Choose the file first.').waitFor();
    await dialog.locator('input[type=file]').setInputFiles(ssl.path('mail.pfx'));
    // The file is read first.
    const named = async () => (await dialog.getByLabel('Friendly name').inputValue()) === 'mail';
    await waitFor('the name of the file', named);
    await dialog.getByLabel('Friendly name').fill('Copy');
    await dialog.getByLabel('Password').fill('wrong');
    await submit(dialog, 'Import');
    await dialog.getByText('The password does not open this file.').waitFor();
    expect(await findViolations()).toEqual([]);
    await dialog.getByLabel('Password').fill(password);
    await submit(dialog, 'Import');
    await returned(dialog);
    await console.row(/Copy.*mail\.example\.com/).waitFor();
  });

  it('is renamed and removed', async () => {
    await verb('Rename…').click();
    const dialog = console.dialog('Rename Copy');
    await dialog.getByLabel('Friendly name').fill('Second');
    await dialog.getByLabel('Friendly name').press('Enter');
    await returned(dialog);
    await console.row(/Second/).click();
    await console.page.keyboard.press('Delete');
    const question = console.page.getByRole('alertdialog', { name: 'Remove Second?' });
    await question.getByRole('button', { name: 'Remove' }).click();
    await waitFor('one certificate', async () => (await rows()).length === 1);
    await console.row(/Second/).waitFor({ state: 'detached' });
  });

  it('is asked for by a request, whose answer is installed from a file', async () => {
    await verb('Create Request…').click();
    const dialog = console.dialog('Create Certificate Request');
    await dialog.getByLabel('Friendly name').fill('Signed');
    await dialog.getByLabel('Country/Region').fill('Germany');
    await submit(dialog, 'Create');
    await dialog.getByText('Enter the two letters of a country.').waitFor();
    await dialog.getByLabel('Country/Region').fill('de');
    await submit(dialog, 'Create');
    const text = console.dialog('Request: Signed');
    const pem = await text.getByLabel('Certificate request').inputValue();
    expect(await findViolations()).toEqual([]);
    const download = console.page.waitForEvent('download');
    await submit(text, 'Save…');
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('Signed.csr');
    expect(readFileSync(await saved.path(), 'utf8')).toBe(pem);
    await text.getByRole('button', { name: 'Close' }).last().click();
    await returned(text);

    await console.row(/Signed.*Waits for its answer/).waitFor();
    expect(
      await list.getByRole('button', { name: 'Use this certificate' }).getAttribute('aria-disabled'),
    ).toBe('true');
    ssl.write('answer.crt', ssl.sign(pem) + ssl.read('issuing.pem'));
    await verb('Install Answer…').click();
    const answer = console.dialog('Install Answer: Signed');
    await answer.getByLabel('Certificate from the authority').fill(ssl.read('root.pem'));
    await submit(answer, 'Install');
    await answer.getByText('its key is another one').waitFor();
    expect(await findViolations()).toEqual([]);
    await answer.locator('input[type=file]').setInputFiles(ssl.path('answer.crt'));
    await submit(answer, 'Install');
    await returned(answer);
    await console.row(/Signed.*Example-Issuing/).waitFor();
  });

  it('leaves the focus where it was, and the page without complaints of its own', async () => {
    await console.page.keyboard.press('Escape');
    await returned(list);
    await waitFor('the focus on the button', () =>
      sheet
        .getByRole('button', { name: 'Certificate…' })
        .evaluate((button) => button === document.activeElement),
    );
    // A browser notes each refusal of the engine that these tests have asked for.
    expect(console.complaints.filter((line) => !/status of (?:400|409|422)/.test(line))).toEqual([]);
  });
});
