/** Send Test Message, Explain and the next steps behind the server wizard, on the real service. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService } from '../support/service';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

describeWith(['chromium'], 'diagnostics', () => {
  let browser: Browser;
  let service: RunningService;
  let peer: SmtpPeer;
  let view: ConsolePage;

  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    peer = await startSmtpPeer();
    service = await startService({
      hasConsole: true,
      server: { smartHost: '[127.0.0.1]', outboundPort: peer.port },
    });
    view = await openConsole(browser, service);
    await view
      .node(/Default SMTP/)
      .first()
      .click();
  });
  afterEach(async () => {
    expect(view.complaints).toEqual([]);
    await view.page.context().close();
    await service.remove();
    await peer.close();
  });

  const sendTo = async (address: string, how?: RegExp): Promise<void> => {
    const { page } = view;
    await page.getByRole('textbox', { name: 'To' }).fill(address);
    if (how) await page.getByRole('radio', { name: how }).click();
    await view.button('Send').click();
  };

  it('shows what a program is told that may not relay, why, and the control that refuses it', async () => {
    const { page } = view;
    await page.getByRole('button', { name: /Send a test message/ }).click();
    await sendTo('bob@far.test');
    await page.getByText('The message was not accepted').waitFor();
    const dialogue = page.getByRole('list', { name: 'Dialogue with this virtual server' });
    await dialogue.getByText('550 5.7.1 Unable to relay for bob@far.test').waitFor();
    expect(await view.findViolations()).toEqual([]);

    await view.button('Explain').click();
    const explain = view.dialog(/^Explain/);
    await explain.waitFor();
    expect(await explain.getByLabel('To').inputValue()).toBe('bob@far.test');
    const steps = explain.getByRole('list', { name: 'Decisions' });
    const refused = steps.getByRole('listitem').filter({ hasText: 'may not relay' });
    await refused.waitFor();
    expect(await view.findViolations()).toEqual([]);

    await refused.getByRole('button', { name: 'Open the setting' }).click();
    await view.dialog('Relay').waitFor();
    await view.button('This computer').click();
    await view.dialog('Relay').getByRole('button', { name: 'OK' }).click();
    await view
      .dialog(/Properties/)
      .getByRole('button', { name: 'OK', exact: true })
      .click();
    // Back where the question was asked, which now has another answer.
    await explain.waitFor();
    await steps
      .getByText(/Smart host/i)
      .first()
      .waitFor();
    expect(await refused.count()).toBe(0);
  });

  it('explains the test as it was: over TLS, from the address that it came from', async () => {
    const { page } = view;
    const { id } = await service.client.certificates.createSelfSigned({
      name: 'Mail',
      names: ['mail.corp.test'],
    });
    await service.client.servers.set({
      serverId: 1,
      patch: { certificate: id, allowsAnonymous: false, allowsBasic: true },
    });
    await page.getByRole('button', { name: /Send a test message/ }).click();
    await sendTo('ann@corp.test');
    await page.getByText('530 5.7.0 Client was not authenticated').first().waitFor();
    await view.button('Explain').click();
    const explain = view.dialog(/^Explain/);
    // It answers without a click, as the test was answered, and the answer has the focus.
    const answer = explain.getByRole('group', { name: 'Answer' });
    await answer.getByText('530 5.7.0 Client was not authenticated').first().waitFor();
    await answer.and(page.locator(':focus')).waitFor();
    expect(await explain.getByRole('checkbox', { name: /encrypted/ }).isChecked()).toBe(true);
    expect(await explain.getByLabel('Sent by computer').inputValue()).toBe('127.0.0.1');
    expect(await view.findViolations()).toEqual([]);
  });

  it('shows both dialogues of a message that is delivered, as they happen', async () => {
    const { page } = view;
    await page.getByRole('button', { name: /Send a test message/ }).click();
    await sendTo('bob@far.test', /Straight into Queue/);
    await page.getByText('The message was delivered').waitFor();
    const delivery = page.getByRole('list', { name: 'Dialogue with the next hop' });
    await delivery.getByText('RCPT TO:<bob@far.test>').waitFor();
    expect(peer.transactions).toHaveLength(1);

    await view.button('Send another').click();
    await sendTo('ann@corp.test', /By SMTP/);
    await page.getByText('The message lies in Drop').waitFor();
    await view.button('Open Drop').click();
    await view.row(/Test message/).waitFor();
  });

  it('says that a message waits, and why, when the next hop is down', async () => {
    const { page } = view;
    await service.client.servers.set({ serverId: 1, patch: { outboundPort: await findFreePort() } });
    await page.getByRole('button', { name: /Send a test message/ }).click();
    await sendTo('bob@far.test', /Straight into Queue/);
    await page.getByText('The message waits in Queue').waitFor();
    await page.getByText(/Waits until .* refused/i).waitFor();
    await view.button('Open Queue').click();
    await view.row(/bob@far\.test/).waitFor();
  });

  it('shows what is wrong with an address at its field', async () => {
    const { page } = view;
    await page.getByRole('button', { name: /Send a test message/ }).click();
    await sendTo('nobody');
    await page.getByText('nobody is not an address such as user@example.com.').waitFor();
    expect(await page.getByRole('textbox', { name: 'To' }).inputValue()).toBe('nobody');
  });

  it('leads from the wizard to what comes next, and back', async () => {
    const { page } = view;
    const port = await findFreePort();
    await view.button('New').click();
    await page.getByRole('menuitem', { name: /Virtual Server/ }).click();
    const wizard = view.dialog('New SMTP Virtual Server');
    await wizard.getByLabel('Name').fill('Printers');
    await view.button('Next').click();
    await wizard.getByLabel('IP address').fill('127.0.0.1');
    await wizard.getByLabel('TCP port').fill(String(port));
    for (let count = 0; count < 3; count++) await view.button('Next').click();
    await wizard.getByText('Printers').waitFor();
    await view.button('Finish').click();

    const steps = view.dialog('Printers: next steps');
    await steps.getByText(`It listens on 127.0.0.1:${port}`).waitFor();
    expect(await view.findViolations()).toEqual([]);
    await steps.getByRole('button', { name: 'Allow', exact: true }).click();
    await steps.getByText('Allowed').waitFor();
    await steps.getByRole('button', { name: 'Set a smart host…' }).click();
    const advanced = view.dialog('Advanced Delivery');
    const field = advanced.getByLabel('Smart host', { exact: true });
    await field.and(page.locator(':focus')).waitFor();
    await field.fill('[127.0.0.1]');
    await advanced.getByRole('button', { name: 'OK' }).click();
    await view
      .dialog(/Properties/)
      .getByRole('button', { name: 'OK', exact: true })
      .click();
    await steps.getByRole('button', { name: 'Change the smart host…' }).waitFor();
    const [, printers] = await service.client.servers.list();
    expect(printers?.relayPolicy).toContain('this computer');
    expect(printers?.routePolicy).toContain('[127.0.0.1]');
  });
});
