/**
 * Current Sessions with what was said, addresses that are locked out, and the record of changes, in Chromium on the real
 * service.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole, openConsoleAs } from '../support/console-page';
import { describeUnless } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';

const password = 'correct horse';
const stranger = '203.0.113.9';

describeUnless(chromiumSkipReason(), 'sessions in the console', () => {
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    service = await startService({
      hasConsole: true,
      server: { allowsBasic: true, maxFailedLogOns: 2, proxyList: ['127.0.0.1/32'] },
    });
    await service.client.accounts.create({ name: 'scanner', password });
    browser = await launchChromium();
    console = await openConsole(browser, service, { width: 1280, height: 800 });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await browser?.close();
    await service?.remove();
  });

  /** A client that comes through the proxy, so that it has an address of its own. */
  const connectFrom = async (address: string) => {
    const socket = connect(service.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'connect');
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', () => undefined);
    socket.write(`PROXY TCP4 ${address} 192.0.2.1 40000 25\r\n`);
    const hears = (pattern: RegExp): Promise<unknown> =>
      waitFor(`${pattern}`, async () => pattern.test(heard) || undefined);
    return { socket, hears, say: (line: string) => void socket.write(`${line}\r\n`) };
  };
  const open = async (tab: string) => {
    await console.node(/^Current Sessions/).click();
    await console.page.getByRole('tab', { name: tab, exact: true }).click();
  };
  const dialogue = () => console.page.getByRole('list', { name: 'What was said' });

  it('show what is said in an open session, and how it ends', async () => {
    const { say, hears } = await connectFrom('198.51.100.7');
    await hears(/^220 /);
    say('EHLO red.test');
    await hears(/250 OK/);
    await open('Open');
    await console.row(/198\.51\.100\.7/).click();
    await dialogue().getByText('EHLO red.test').waitFor();
    say('MAIL FROM:<ann@red.test>');
    say('RCPT TO:<bob@elsewhere.test>');
    await dialogue().getByText('550 5.7.1 Unable to relay for bob@elsewhere.test').waitFor();
    expect(await console.findViolations()).toEqual([]);
    say('QUIT');
    await dialogue()
      .getByText(/^221 2\.0\.0/)
      .waitFor();
    await console.page.getByText(/198\.51\.100\.7, to port \d+ .* ended after/).waitFor();
  });

  it('are found again when they are over, without the password that was said', async () => {
    const { say, hears } = await connectFrom('198.51.100.8');
    await hears(/^220 /);
    say('EHLO blue.test');
    say(`AUTH PLAIN ${Buffer.from(`\0scanner\0${password}`).toString('base64')}`);
    await hears(/235 /);
    say('QUIT');
    await hears(/221 /);
    await open('Ended');
    await console.row(/198\.51\.100\.8/).click();
    await dialogue().getByText('AUTH PLAIN (not shown)').waitFor();
    expect(await dialogue().textContent()).not.toContain(
      Buffer.from(`\0scanner`).toString('base64').slice(0, 8),
    );
    await console.page.getByText(/logged in as scanner/).waitFor();
    expect(await console.findViolations()).toEqual([]);
  });

  it('an address that is locked out is let in again', async () => {
    await open('Locked Out');
    await console.page.getByText('No address is locked out.').waitFor();
    const { say, hears } = await connectFrom(stranger);
    await hears(/^220 /);
    say('EHLO guess.test');
    const wrong = Buffer.from('\0scanner\0wrong horse').toString('base64');
    say(`AUTH PLAIN ${wrong}`);
    await hears(/535 /);
    say(`AUTH PLAIN ${wrong}`);
    await hears(/535 [\s\S]*(?:535|421) /);
    const refused = await connectFrom(stranger);
    await refused.hears(/^421 4\.7\.0 /);
    await console.node(/^Default SMTP/).click();
    const attention = console.page.getByRole('region', { name: 'Needs attention' });
    await attention.getByRole('button', { name: 'Current Sessions' }).click();
    const row = console.row(new RegExp(stranger.replaceAll('.', '\\.')));
    await row.click();
    await row.getByText('scanner').waitFor();
    expect(await console.findViolations()).toEqual([]);
    await console.button('Let In Again').click();
    await console.page.getByText('No address is locked out.').waitFor();
    const again = await connectFrom(stranger);
    await again.hears(/^220 /);
    await console.node(/^Default SMTP/).click();
    await attention.waitFor({ state: 'detached' });
  });

  it('the record tells who changed what, from which value to which', async () => {
    await service.client.operators.create({ name: 'olga', password, role: 'operator' });
    await service.client.servers.set({ serverId: 1, patch: { maxErrors: 7 } });
    await console.node('Changes').click();
    await console.row(/Let in again/).waitFor();
    await console
      .row(/Settings changed.*Default SMTP/)
      .first()
      .click();
    const detail = console.page.getByRole('region', { name: 'Change', exact: true });
    await detail.getByRole('row', { name: /Limit number of errors per connection to.*50.*7/ }).waitFor();
    expect(await console.findViolations()).toEqual([]);
    await console.page.getByRole('searchbox').fill('olga');
    await console
      .row(/Settings changed/)
      .first()
      .waitFor({ state: 'detached' });
    await console.row(/Operator added.*olga/).waitFor();
    await console.page.getByRole('searchbox').fill('nothing like this');
    await console.page.getByText('No change matches.').waitFor();
    expect(await console.page.content()).not.toContain(password);
  });

  it('an operator reads the record, a viewer is told why not', async () => {
    await service.client.operators.create({ name: 'victor', password, role: 'viewer' });
    const viewer = await openConsoleAs(browser, service, { name: 'victor', password });
    await viewer.node('Changes').click();
    await viewer.page.getByText('The record of changes is for operators.').waitFor();
    await viewer.page.context().close();
  });

  it('a client that comes from the proxy without its header gets no word', async () => {
    const socket = connect(service.port, '127.0.0.1');
    sockets.push(socket);
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', () => undefined);
    socket.write('EHLO red.test\r\n');
    await once(socket, 'close');
    expect(heard).toBe('');
  });
});
