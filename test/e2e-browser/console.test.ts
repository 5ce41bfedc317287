/** The browser console in a real Chromium: sign in by the printed address, see the tree, see mail arrive. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromiumSkipReason, launchChromium } from '../support/chromium';
import { runCommand } from '../support/command';
import { describeUnless, missingReason, toolPath } from '../support/packages';
import { commandLine, findFreePort, waitFor } from '../support/service';

const run = promisify(execFile);

const sendWithPython = `
import smtplib, sys
from email.message import EmailMessage
mail = EmailMessage()
mail['From'] = 'app@line.test'
mail['To'] = 'ann@corp.test'
mail['Subject'] = sys.argv[2]
mail.set_content('Sent by smtplib.')
with smtplib.SMTP('127.0.0.1', int(sys.argv[1]), timeout=20) as smtp:
    smtp.send_message(mail)
`;

describeUnless(chromiumSkipReason() ?? missingReason('python3'), 'the browser console', () => {
  let folder: string;
  let port: number;
  let child: ChildProcess;
  let out = '';
  let browser: Browser;
  let page: Page;
  /** What the page complained of: script errors, refused loads, policy violations. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-browser-'));
    port = await findFreePort();
    const config = join(folder, 'settings.json');
    const server = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: join(folder, 'mailroot'),
      domains: [{ type: 'default', name: 'corp.test' }],
    };
    writeFileSync(config, JSON.stringify({ version: 1, servers: [server] }));
    const words = ['serve', '--data', join(folder, 'data'), '--config', config, '--console', '127.0.0.1:0'];
    child = spawn(process.execPath, [commandLine, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout?.on('data', (piece: Buffer) => {
      out += piece.toString();
    });
    await waitFor('mailroot ready', () => out.includes('mailroot ready'));
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    if (child && child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (subject: string) =>
    run(toolPath('python3') as string, ['-c', sendWithPython, String(port), subject]);

  it('shows how to sign in to whoever has not', async () => {
    const origin = new URL(/http:\S+/.exec(out)?.[0] ?? '').origin;
    const answer = await page.goto(origin);
    expect(answer?.status()).toBe(401);
    expect(await page.getByRole('heading').textContent()).toBe('Sign in to Mailroot');
    complaints.length = 0;
  });

  it('opens with the printed address and shows the tree', async () => {
    await page.goto(/http:\S+/.exec(out)?.[0] ?? '');
    const tree = page.getByRole('tree', { name: 'Console tree' });
    await tree.getByRole('treeitem', { name: 'Default SMTP Virtual Server' }).waitFor();
    expect(page.url()).not.toContain('token');
    expect(complaints).toEqual([]);
  });

  it('shows a message that arrives in Drop, without a refresh', async () => {
    const drop = page.getByRole('treeitem', { name: /^Drop/ });
    if (!(await drop.isVisible())) {
      await page.getByRole('treeitem', { name: 'Default SMTP Virtual Server' }).dblclick();
    }
    await drop.click();
    const list = page.getByRole('grid', { name: 'Drop' });
    await list.waitFor();
    await send('First by smtplib');
    await list.getByRole('row', { name: /First by smtplib/ }).waitFor();
    await send('Second by smtplib');
    await list.getByRole('row', { name: /Second by smtplib/ }).waitFor();
    await list.getByRole('row', { name: /First by smtplib/ }).click();
    await page.getByText('Sent by smtplib.').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('lets nobody in a second time by the same address', async () => {
    const address = /http:\S+/.exec(out)?.[0] ?? '';
    const other = await browser.newContext();
    const second = await other.newPage();
    expect((await second.goto(address))?.status()).toBe(401);
    expect(await second.getByRole('heading').textContent()).toBe('This address cannot be used');
    const printed = await runCommand(['console', '--data', join(folder, 'data')]);
    await second.goto(printed.out.trim());
    await second.getByRole('tree', { name: 'Console tree' }).waitFor();
    await other.close();
  });
});
