/** "Where is my mail?" at the real service, from the trace to Badmail and back into the queue; and mail that is searched. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

describeWith(['chromium'], 'mail that is looked for', () => {
  let service: RunningService;
  let peer: SmtpPeer;
  let browser: Browser;
  let console: ConsolePage;

  beforeAll(async () => {
    peer = await startSmtpPeer({
      onRcpt: (address) => (address.startsWith('gone') ? '550 5.1.1 no such user' : undefined),
    });
    [service, browser] = await Promise.all([
      startService({
        hasConsole: true,
        server: { smartHost: '[127.0.0.1]', outboundPort: peer.port, relayList: ['127.0.0.1'] },
      }),
      launchChromium(),
    ]);
    const mails: [string, string, string][] = [
      ['ann@corp.test', 'ben@corp.test', 'Message-ID: <1@corp.test>\r\nSubject: Budget'],
      ['ben@corp.test', 'ann@corp.test', 'In-Reply-To: <1@corp.test>\r\nSubject: Re: Budget'],
      ['gone@back.test', 'gone@far.test', 'Subject: Invoice'],
    ];
    for (const [sender, recipient, header] of mails) await send(sender, recipient, header);
    await waitFor('Badmail', () => service.files('Badmail').length > 0);
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
    await peer?.close();
  });
  const grid = (name: string) => console.page.getByRole('grid', { name, exact: true });
  const said = (text: string | RegExp) => console.page.getByText(text).first().waitFor();
  const undo = () => console.page.getByRole('button', { name: 'Undo' }).last().click();

  async function send(sender: string, recipient: string, header: string): Promise<void> {
    const client = await connectSmtp(service.port);
    await client.say('EHLO test');
    const reply = await client.send({ from: sender, to: [recipient], data: `${header}\r\n\r\nText` });
    client.end();
    expect(reply).toMatch(/^250/);
  }

  it('is traced from who brought it to what was said, and on to Badmail', async () => {
    const { page } = console;
    await console.node('Trace').first().click();
    await page.getByLabel('Sender, recipient or client').fill('GONE@far');
    await grid('Trace')
      .getByRole('row', { name: /Returned.*gone@far\.test/ })
      .click();
    const detail = page.getByRole('region', { name: 'Trace of the message' });
    await detail.getByText('Returned: gone@far.test').waitFor();
    await detail
      .getByRole('button', { name: /^Dialogue/ })
      .last()
      .click();
    await detail.getByText('550 5.1.1 no such user', { exact: true }).first().waitFor();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      detail.getByRole('button', { name: 'Save as Text…' }).click(),
    ]);
    expect(await readFile(await saved.path(), 'utf8')).toContain('550 5.1.1 no such user');
    expect(await console.findViolations()).toEqual([]);
    await detail.getByText('Show the notification').click();
    await detail.getByText('In Badmail: gone@back.test').waitFor();
    await detail.getByText('Show in Badmail').click();
    await grid('Badmail').locator('[aria-selected=true]').waitFor();
    await grid('Badmail').locator('[aria-selected=true]').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Show Trace' }).click();
    await page.getByText('In Badmail: gone@back.test').waitFor();
    await page.getByText('Show in Badmail').click();
    await grid('Badmail').locator('[aria-selected=true]').waitFor();
  });

  it('is deleted and sent again from Badmail, and both can be taken back', async () => {
    const { page } = console;
    const verbs = page.getByRole('toolbar', { name: 'Selected messages' });
    await verbs.getByRole('button', { name: 'Delete' }).click();
    await said('1 message deleted.');
    await undo();
    await said('1 message restored.');
    await grid('Badmail').locator('[aria-rowindex="2"]').click();
    await verbs.getByRole('button', { name: 'Resend as It Was' }).click();
    await said(/^1 message will be sent in/);
    await undo();
    await said('1 message not sent.');
    expect(peer.transactions).toHaveLength(0);
    await verbs.getByRole('button', { name: 'Edit and Resend…' }).click();
    const dialog = console.dialog(/Edit and resend/);
    await dialog.getByLabel(/^Recipients/).fill('bob@far.test');
    await dialog.getByRole('button', { name: 'Resend', exact: true }).click();
    // The toast of the resend taken back may still be leaving, so what is waited for is the dialog and the queue.
    await dialog.waitFor({ state: 'detached' });
    await said(/^1 message will be sent in/);
    await waitFor('the message to bob@far.test', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1, offset: 0, limit: 10 });
      return (
        rows.flatMap(({ recipients }) => recipients.map(({ address }) => address)).join() === 'bob@far.test'
      );
    });
  });

  it('is found in all folders, and a conversation leads to its messages', async () => {
    const { page } = console;
    await page.keyboard.press('Control+e');
    await page.keyboard.type('budget in:drop');
    await page.keyboard.press('Enter');
    await grid('Found mail').locator('[aria-rowindex="3"]').waitFor();
    await page.getByRole('combobox', { name: 'Groups' }).click();
    await page.getByRole('option', { name: 'By conversation' }).click();
    await page.getByText('1 conversation').waitFor();
    await grid('Found mail').getByRole('button', { name: '2 messages' }).click();
    await page.locator('[role=grid][aria-label="Found mail"][aria-rowcount="3"]').waitFor();
    expect(await page.getByRole('textbox', { name: 'Search mail' }).last().inputValue()).toMatch(
      /^budget in:drop conversation:[0-9a-f]{24}$/,
    );
    expect(await console.findViolations()).toEqual([]);
    expect(console.complaints).toEqual([]);
  });
});
