/** OAuth2 sign-ins and the set-up of a smart host in a real Chromium, against the real service and a provider on loopback. */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole, openConsoleAs } from '../support/console-page';
import { describeUnless } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { startTokenServer, type TokenServer } from '../support/token-server';

const password = 'quiet-harbour-7';

describeUnless(chromiumSkipReason(), 'OAuth2 sign-ins and smart hosts', () => {
  let provider: TokenServer;
  let service: RunningService;
  let browser: Browser;
  let view: ConsolePage;
  let list: Locator;

  beforeAll(async () => {
    provider = await startTokenServer({ clientSecret: 'shared' });
    service = await startService({ hasConsole: true });
    await service.client.operators.create({ name: 'vera', password, role: 'viewer' });
    browser = await launchChromium();
    view = await openConsole(browser, service);
    list = view.dialog('OAuth2 Sign-ins');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await provider?.close();
  });

  const press = (root: Locator, name: string): Promise<void> =>
    root.getByRole('button', { name, exact: true }).click();
  const chooseVerb = async (on: ConsolePage, node: RegExp, verb: string): Promise<void> => {
    await on.node(node).first().click({ button: 'right' });
    await on.page.getByRole('menuitem', { name: verb }).click();
  };
  const openList = async (): Promise<void> => {
    await view.node(/./).first().click({ button: 'right' });
    await view.page.getByRole('menuitem', { name: 'OAuth2 Sign-ins…' }).click();
    await list.waitFor();
  };
  const rows = () => service.client.oauth.list();
  const settings = async () => (await service.client.servers.get({ serverId: 1 })).settings;
  const isClean = async (): Promise<void> => {
    await view.settle();
    expect(await view.findViolations()).toEqual([]);
  };

  it('begins with what a sign-in is for, and adds the first one', async () => {
    await openList();
    await list.getByText('No sign-ins yet').waitFor();
    await isClean();
    await press(list, 'Add…');
    const form = view.dialog('New OAuth2 sign-in');
    await form.waitFor();
    await isClean();
    await press(form, 'OK');
    await form.getByText('Enter a name.').waitFor();
    await form.getByLabel('Name').fill('Office');
    await form.getByLabel('Provider').selectOption('Google');
    await form.getByText('Google allows neither a code nor an application').waitFor();
    expect(await form.getByRole('radio').count()).toBe(1);
    await form.getByLabel('Provider').selectOption('Other provider');
    await form.getByRole('radio', { name: /With a code/ }).check();
    await form.getByLabel('Application (client) ID').fill(provider.clientId);
    await form.getByLabel('Client secret').fill(provider.clientSecret);
    await form.getByLabel('Scope').fill('smtp openid offline_access');
    await form.getByLabel('Token endpoint').fill('http://elsewhere.test/token');
    await form.getByLabel('Device authorization endpoint').fill(provider.endpoints.deviceEndpoint);
    await press(form, 'OK');
    await form.getByText('Enter an address that begins with https://.').waitFor();
    await form.getByLabel('Token endpoint').fill(provider.endpoints.tokenEndpoint);
    await isClean();
    await press(form, 'OK');
  });

  it('shows the code large, waits, and tells that it is done', async () => {
    const dialog = view.dialog('Sign in: Office');
    const code = dialog.getByText(/^[0-9A-F]{8}$/);
    await code.waitFor();
    await isClean();
    provider.enterCode((await code.textContent()) ?? '');
    await dialog.getByText('Signed in. Mail that waited for it is sent now.').waitFor();
    await isClean();
    await view.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await list.getByRole('row', { name: /Office.*Signed in/ }).waitFor();
    expect(await rows()).toMatchObject([{ state: 'signed-in', mailbox: 'printer@corp.test' }]);
  });

  it('is edited without its tokens being lost, and the secret never comes back', async () => {
    await list.getByRole('row', { name: /Office/ }).click();
    await press(list, 'Edit…');
    const form = view.dialog('Edit OAuth2 sign-in: Office');
    expect(await form.getByLabel('Client secret').inputValue()).toBe('');
    await form.getByLabel('The secret expires on').fill('31.3.2027');
    await press(form, 'OK');
    await form.getByText('Enter a date such as 2027-03-31.').waitFor();
    await form.getByLabel('The secret expires on').fill(new Date().toISOString().slice(0, 10));
    await press(form, 'OK');
    await form.waitFor({ state: 'detached' });
    await list.getByText(/The client secret expire.* Make a new one/).waitFor();
    expect(await rows()).toMatchObject([{ state: 'expires-soon', hasClientSecret: true }]);
    await isClean();
  });

  it('signs in again with a browser elsewhere, by the address that it ended at', async () => {
    const [office] = await rows();
    await service.client.oauth.set({
      id: office?.id ?? '',
      grant: 'authorization-code',
      authorizationEndpoint: provider.endpoints.authorizationEndpoint,
      clientSecretExpiresAt: null,
    });
    await list.getByRole('row', { name: /Office.*Needs sign-in/ }).click();
    await press(list, 'Sign In…');
    const dialog = view.dialog('Sign in: Office');
    const link = dialog.getByRole('link', { name: 'Open the browser' });
    await link.waitFor();
    await isClean();
    const pasted = dialog.getByLabel('The browser is on another computer');
    await pasted.fill('http://127.0.0.1/?code=x&state=y');
    await press(dialog, 'Use this address');
    await dialog.getByText('This address is not of this sign-in.').waitFor();
    await pasted.fill(provider.consent((await link.getAttribute('href')) ?? ''));
    await press(dialog, 'Use this address');
    await dialog.getByText('Signed in.').waitFor();
    await view.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it("tells the provider's words when it says no, and tries again", async () => {
    await list.getByRole('row', { name: /Office/ }).click();
    await press(list, 'Sign In Again…');
    const dialog = view.dialog('Sign in: Office');
    const link = dialog.getByRole('link', { name: 'Open the browser' });
    const refusal = { error: 'access_denied', description: 'AADSTS65001: nobody agreed' };
    await provider.visit((await link.getAttribute('href')) ?? '', refusal);
    await dialog.getByText('grant consent for SMTP.Send').waitFor();
    await isClean();
    await press(dialog, 'Try Again');
    await provider.visit((await link.getAttribute('href')) ?? '');
    await dialog.getByText('Signed in.').waitFor();
    await view.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await view.page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
  });

  it('is chosen where a smart host is set up, which shows what it changes before it does', async () => {
    await chooseVerb(view, /^Default SMTP/, 'Set Up Smart Host…');
    const dialog = view.dialog(/^Set Up Smart Host/);
    await dialog.waitFor();
    await isClean();
    await dialog.getByRole('radio', { name: /client submission/ }).check();
    await press(dialog, 'Next');
    await press(dialog, 'Next');
    await dialog.getByText('Choose the OAuth2 sign-in.').waitFor();
    await dialog.getByLabel('OAuth2 sign-in').selectOption({ label: 'Office: printer@corp.test' });
    await dialog.getByLabel('Send as').fill('printer@corp.test');
    await isClean();
    await press(dialog, 'Next');
    await dialog.getByRole('row', { name: 'Smart host none smtp.office365.com' }).waitFor();
    await dialog.getByRole('row', { name: 'OAuth2 sign-in none Office' }).waitFor();
    await isClean();
    expect((await settings()).smartHost).toBe('');
    await press(dialog, 'Set It');
    await dialog.getByText('goes to smtp.office365.com now').waitFor();
    const [office] = await rows();
    expect(await settings()).toMatchObject({
      smartHost: 'smtp.office365.com',
      outboundPort: 587,
      outboundAuthentication: 'oauth2',
      outboundSignIn: office?.id,
      outboundTls: 'verified',
      outboundSender: 'printer@corp.test',
      maxMessagesPerMinute: 30,
    });
    await press(dialog, 'Send Test Message…');
    const test = view.dialog(/^Test message/);
    await test.waitFor();
    await view.page.keyboard.press('Escape');
    await test.waitFor({ state: 'detached' });
  });

  it('fills the draft of the Delivery tab, and nothing is set before it is applied', async () => {
    const sheet = await view.openSheet(/^Default SMTP/, 'Delivery');
    await press(sheet, 'Set Up Smart Host…');
    const dialog = view.dialog(/^Set Up Smart Host/);
    await dialog.getByRole('radio', { name: /SendGrid/ }).check();
    await press(dialog, 'Next');
    await dialog.getByLabel('API key').fill('SG.key');
    await press(dialog, 'Next');
    await dialog.getByText('It comes into force when the properties are applied.').waitFor();
    await press(dialog, 'OK');
    await dialog.waitFor({ state: 'detached' });
    expect((await settings()).smartHost).toBe('smtp.office365.com');
    await press(sheet, 'Apply');
    await waitFor('the change', async () => (await settings()).smartHost === 'smtp.sendgrid.net');
    expect(await settings()).toMatchObject({ outboundUserName: 'apikey', outboundSignIn: '' });
    await sheet.getByText('No changes').waitFor();
    await view.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('asks for attention where it is in use and needs somebody', async () => {
    const [office] = await rows();
    await service.client.servers.set({
      serverId: 1,
      patch: { outboundAuthentication: 'oauth2', outboundSignIn: office?.id },
    });
    provider.revoke();
    await service.client.oauth.renew({ id: office?.id ?? '' }).catch(() => undefined);
    await view
      .node(/^Default SMTP/)
      .first()
      .click();
    const attention = view.page.getByRole('region', { name: 'Needs attention' });
    await attention.getByText('Sign in again.').waitFor();
    await press(attention, 'OAuth2 Sign-ins');
    await list.getByRole('row', { name: /Office.*Needs sign-in/ }).waitFor();
    await view.page.keyboard.press('Escape');
  });

  it('is seen by a viewer, who can change nothing', async () => {
    const other = await openConsoleAs(browser, service, { name: 'vera', password });
    await other.node(/./).first().click({ button: 'right' });
    await other.page.getByRole('menuitem', { name: 'OAuth2 Sign-ins…' }).click();
    const dialog = other.dialog('OAuth2 Sign-ins');
    await dialog.getByRole('row', { name: /Office/ }).click();
    await dialog.getByText('Only an administrator can change this list.').waitFor();
    for (const name of ['Add…', 'Sign In…', 'Edit…', 'Remove'])
      expect(await dialog.getByRole('button', { name, exact: true }).getAttribute('aria-disabled')).toBe(
        'true',
      );
    expect(other.complaints).toEqual([]);
  });

  it('leaves no complaint behind', () => {
    // What the engine refused was meant to be.
    expect(view.complaints.filter((text) => !/status of (?:400|422)/.test(text))).toEqual([]);
  });
});
