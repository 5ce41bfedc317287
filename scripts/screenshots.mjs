#!/usr/bin/env node
/**
 * `npm run screenshots`: makes the pictures of the README from the real application with real mail.
 *
 * Packages the desktop, starts it on a throw-away data folder, sends it a day's worth of mail over SMTP, lets
 * some of it fail, and takes the pictures into docs/pictures. Needs a display (`xvfb-run npm run screenshots`).
 * Ends what it started.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import { _electron } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { packageForTests } from './package-test.mjs';
import { root } from './process.mjs';

const pictures = join(root, 'docs/pictures');
const sizes = { width: 1280, height: 800 };

const dataFolder = mkdtempSync(join(tmpdir(), 'mailroot-pictures-'));
const port = 2525;
const nextHop = await startNextHop();
writeSettings();
mkdirSync(pictures, { recursive: true });

const executable = await packageForTests();
const isRoot = process.getuid?.() === 0;
const app = await _electron.launch({
  executablePath: typeof executable === 'string' ? executable : executable.executable,
  args: [...(isRoot ? ['--no-sandbox'] : []), `--data=${dataFolder}`],
});
try {
  const page = await app.firstWindow();
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    sizes,
  );
  await sendMail();
  await takePictures(page);
} finally {
  await app.close();
  nextHop.close();
  rmSync(dataFolder, { recursive: true, force: true });
}

function writeSettings() {
  const domains = [
    { type: 'default', name: 'corp.example' },
    { type: 'alias', name: 'corp.test' },
    { type: 'remote', name: '*.partner.example', smartHost: '[127.0.0.1]', port: 2527 },
  ];
  const server = {
    id: 1,
    name: 'Default SMTP Virtual Server',
    bindings: [{ address: '127.0.0.1', port }],
    homeDirectory: join(dataFolder, 'mailroot'),
    fullyQualifiedDomainName: 'relay.corp.example',
    relayList: ['127.0.0.1', '10.0.4.0/24'],
    smartHost: '[127.0.0.1]',
    outboundPort: nextHop.port,
    domains,
  };
  const scanners = {
    ...server,
    id: 2,
    name: 'Scanners',
    bindings: [{ address: '127.0.0.1', port: 2526 }],
    homeDirectory: join(dataFolder, 'scanners'),
    startsAutomatically: false,
  };
  writeFileSync(
    join(dataFolder, 'settings.json'),
    JSON.stringify({ version: 1, servers: [server, scanners] }),
  );
}

/** A next hop that knows some people and not others. */
async function startNextHop() {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo(address, _session, answer) {
      if (address.address.startsWith('gone'))
        return answer(
          Object.assign(new Error('User unknown; account closed in 2024'), { responseCode: 550 }),
        );
      if (address.address.startsWith('busy'))
        return answer(
          Object.assign(new Error('Greylisted, come back in five minutes'), { responseCode: 451 }),
        );
      answer();
    },
    onData(stream, _session, answer) {
      stream.resume().on('end', () => answer());
    },
  });
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const chosen = free.address().port;
  await new Promise((resolve) => free.close(resolve));
  await new Promise((resolve) => server.listen(chosen, '127.0.0.1', resolve));
  return { port: chosen, close: () => server.close(() => undefined) };
}

async function sendMail() {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  const html = `<div style="font-family:Segoe UI,sans-serif"><h2 style="color:#0f5aa8">Daily report</h2><p>All four lines ran without a stop.</p>
<table cellpadding="6" style="border-collapse:collapse"><tr style="background:#eef3f8"><th align="left">Line</th><th align="right">Units</th><th align="right">Rejects</th></tr>
<tr><td>Press 1</td><td align="right">4,812</td><td align="right">11</td></tr><tr><td>Press 2</td><td align="right">4,655</td><td align="right">9</td></tr>
<tr><td>Paint</td><td align="right">9,420</td><td align="right">27</td></tr><tr><td>Packing</td><td align="right">9,377</td><td align="right">0</td></tr></table>
<img src="http://tracker.invalid/pixel.gif" alt=""></div>`;
  const scan = {
    filename: 'Scan_0042.pdf',
    content: Buffer.alloc(184_000, 37),
    contentType: 'application/pdf',
  };
  const mails = [
    {
      from: 'HP LaserJet 4250 <hp-4250@print.corp.example>',
      to: 'scan@corp.example',
      subject: 'Scan_0042',
      text: 'Please find the scan attached.',
      attachments: [scan],
    },
    {
      from: 'Backup <backup@nas.corp.example>',
      to: 'it@corp.example',
      subject: 'Backup finished: 412 GB in 3 h 12 min',
      text: 'No errors.',
    },
    {
      from: 'Web shop <shop@corp.example>',
      to: 'orders@corp.example',
      subject: 'Order 20931',
      text: 'Two items, paid.',
    },
    {
      from: 'Door 3 <door3@access.corp.example>',
      to: 'security@corp.example',
      subject: 'Door held open for 60 s',
      text: 'Door 3, west entrance.',
    },
    { from: 'ann@corp.example', to: 'gone@elsewhere.example', subject: 'Invoice 118', text: 'As agreed.' },
    { from: 'gone@nowhere.example', to: 'gone@elsewhere.example', subject: 'Newsletter', text: 'Hello.' },
    {
      from: 'ann@corp.example',
      to: 'busy@elsewhere.example',
      subject: 'Offer for the new press',
      text: 'See attachment.',
    },
    {
      from: 'crm@corp.example',
      to: 'sales@eu.partner.example',
      subject: 'New lead: Example Ltd',
      text: 'Call back today.',
    },
    {
      from: 'crm@corp.example',
      to: 'support@us.partner.example',
      subject: 'Ticket 4711 reopened',
      text: 'Customer replied.',
    },
    {
      from: 'Line control <app@line.corp.example>',
      to: 'ann@corp.example, ben@corp.example',
      bcc: 'archive@corp.example',
      subject: 'Daily report',
      text: 'All four lines ran without a stop.',
      html,
    },
  ];
  for (const mail of mails) await transport.sendMail(mail);
  transport.close();
  await refuseOne();
}

/** Somebody who may not relay, so that there is something to ask about. */
async function refuseOne() {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    name: 'printer-7.corp.example',
    localAddress: '127.0.0.2',
  });
  const mail = { from: 'printer-7@corp.example', to: 'ann@elsewhere.example', subject: 'Scan', text: 'Scan' };
  await transport.sendMail(mail).catch(() => undefined);
  transport.close();
}

async function takePictures(page) {
  const treeItem = (name) => page.getByRole('treeitem', { name });
  /** From 1, below the titles. */
  const row = (list, number) =>
    page.getByRole('grid', { name: list, exact: true }).locator(`[aria-rowindex="${number + 1}"]`);
  const shoot = async (name) => {
    // The pointer away, so that nothing looks hovered; animations have ended by themselves.
    await page.mouse.move(640, 790);
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    console.log(`docs/pictures/${name}.png`);
  };
  // Two messages have to fail first, one after the other.
  await treeItem(/^Badmail 1/).waitFor({ timeout: 90_000 });
  await treeItem(/^Drop/).click();
  await page.getByRole('row', { name: /Daily report/ }).click();
  await page.frameLocator('iframe').getByText('Packing').waitFor();
  await shoot('console');
  await page.getByRole('tab', { name: 'Checks', exact: true }).click();
  await page
    .getByText(/1 remote picture/)
    .first()
    .waitFor();
  await shoot('checks');
  await treeItem(/^Queue/).click();
  await row('Queue', 1).click();
  await page.getByRole('tab', { name: 'Delivery', exact: true }).waitFor();
  // What waits is counted when somebody looks.
  await page.getByText(/messages read$/).waitFor({ state: 'hidden' });
  await shoot('queue');
  await treeItem(/^Badmail/).click();
  await row('Causes', 2).click();
  await row('Badmail', 1).click();
  await page.getByRole('tab', { name: 'Why', exact: true }).click();
  await shoot('badmail');
  await treeItem('Trace').first().click();
  await page.getByLabel('Sender, recipient or client').fill('ann@corp');
  await page.getByRole('row', { name: /Invoice 118/ }).click();
  await page
    .getByRole('button', { name: /^Dialogue/ })
    .last()
    .click();
  await shoot('trace');
  await page.keyboard.press('Control+e');
  await page.keyboard.type('from:corp.example after:7d');
  await page.keyboard.press('Enter');
  await page
    .getByRole('grid', { name: 'Found mail' })
    .getByRole('row', { name: /Daily report/ })
    .click();
  await page.getByRole('tab', { name: 'HTML', exact: true }).click();
  await page.frameLocator('iframe').getByText('Packing').waitFor();
  await shoot('search');
  await treeItem(/^Current Sessions/).click();
  await page.getByRole('tab', { name: 'Ended' }).click();
  await page.getByRole('row').nth(1).click();
  await page.getByRole('list', { name: 'What was said' }).waitFor();
  await shoot('sessions');
  await treeItem(/^Default SMTP/).click();
  await shoot('overview');
  await page.getByRole('button', { name: 'Properties', exact: true }).first().click();
  const sheet = page.getByRole('dialog', { name: /Properties/ });
  await sheet.getByRole('tab', { name: /Delivery/ }).click();
  await shoot('properties');
  await sheet.getByRole('tab', { name: /Access/ }).click();
  await shoot('access');
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /Send a test message/ }).click();
  await page.getByRole('textbox', { name: 'To' }).fill('bob@elsewhere.example');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('The message was delivered').waitFor();
  await shoot('test-message');
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  const explain = page.getByRole('dialog', { name: /Explain/ });
  await explain.getByLabel('Sent by computer').fill('10.0.5.17');
  await explain.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByRole('list', { name: 'Decisions' }).waitFor();
  await shoot('explain');
}
