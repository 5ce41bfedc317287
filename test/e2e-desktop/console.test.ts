/** The packaged desktop application, driven as a person would: window, keyboard, tray, and mail from outside. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../support/command';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { describeUnless } from '../support/packages';
import { findFreePort, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

const skipReason = desktopSkipReason();

let dataDir: string;
let port: number;
let desktop: Desktop | undefined;

const settings = () => ({
  version: 1,
  servers: [
    {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
    },
  ],
});

async function sendMail(change: { to?: string; subject?: string; data?: string } = {}): Promise<string> {
  const client = await connectSmtp(port);
  await client.say('EHLO test');
  const { to = 'ann@corp.test', subject = 'Daily report' } = change;
  const reply = await client.send({
    from: 'app@line.test',
    to: [to],
    data: change.data ?? `From: App <app@line.test>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nAll is well.`,
  });
  client.end();
  return reply;
}

const treeItem = (page: Page, name: RegExp) => page.getByRole('treeitem', { name });

/** What the tray's menu offers, and a way to click in it: Xvfb has no tray to click on. */
async function watchTrayMenu({ app }: Desktop): Promise<void> {
  await app.evaluate(({ Menu }) => {
    const build = Menu.buildFromTemplate.bind(Menu);
    Menu.buildFromTemplate = (template) => {
      // Electron builds each submenu by the same function.
      if (template[0]?.label === 'Open Mailroot')
        (globalThis as { trayTemplate?: unknown }).trayTemplate = template;
      return build(template);
    };
  });
}

const clickInTray = ({ app }: Desktop, path: string[]): Promise<boolean> =>
  app.evaluate((_electron, names) => {
    let items = (globalThis as { trayTemplate?: MenuItemConstructorOptions[] }).trayTemplate ?? [];
    for (const [index, name] of names.entries()) {
      const item = items.find((candidate) => candidate.label?.startsWith(name));
      if (!item) return false;
      if (index === names.length - 1) (item.click as () => void)();
      else items = item.submenu as MenuItemConstructorOptions[];
    }
    return true;
  }, path);

describeUnless(skipReason, 'desktop', () => {
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    port = await findFreePort();
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings()));
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('mail that arrives appears in Drop without refresh, and can be read', async () => {
    desktop = await launchDesktop({ dataDir });
    const { window } = desktop;
    await treeItem(window, /^Drop/).click();
    await window.getByText('No mail yet').waitFor();
    const html =
      'From: App <app@line.test>\r\nTo: ann@corp.test\r\nSubject: Daily report\r\nMIME-Version: 1.0\r\n' +
      'Content-Type: text/html; charset=utf-8\r\n\r\n<h1>Turnover</h1><script>document.title="x"</script>';
    expect(await sendMail({ data: html })).toMatch(/^250 2\.6\.0 /);
    const row = window.getByRole('row', { name: /Daily report/ });
    await row.waitFor();
    await row.click();
    const frame = window.frameLocator('iframe');
    await frame.getByText('Turnover').waitFor();
    expect(await frame.locator('script').count()).toBe(0);
    await window.getByRole('tab', { name: 'Source' }).click();
    await window.getByText('Subject: Daily report').first().waitFor();
    await treeItem(window, /^Drop 1$/).waitFor();
    // The index works out of app.asar, with its machine code beside it.
    await waitFor('the index to find it', async () => {
      const { out } = await runCommand(['message', 'search', 'turnover', '--json', '--data', dataDir]);
      return out.includes('Daily report');
    });
  });

  it('start, stop and pause from the toolbar, the context menu and the tray', async () => {
    desktop = await launchDesktop({ dataDir });
    const { window } = desktop;
    await watchTrayMenu(desktop);
    const server = treeItem(window, /^Default SMTP Virtual Server/);
    await server.click();
    await window.getByRole('button', { name: 'Pause' }).click();
    await treeItem(window, /^Default SMTP Virtual Server.*Paused/).waitFor();
    await expect(connectSmtp(port)).rejects.toThrow();

    await server.click({ button: 'right' });
    await window.getByRole('menuitem', { name: 'Resume' }).click();
    await treeItem(window, /^Default SMTP Virtual Server.*Running/).waitFor();
    expect(await sendMail()).toMatch(/^250 /);

    await waitFor('Stop in the tray', () =>
      clickInTray(desktop as Desktop, ['Default SMTP Virtual Server', 'Stop']),
    );
    await treeItem(window, /^Default SMTP Virtual Server.*Stopped/).waitFor();
    await expect(connectSmtp(port)).rejects.toThrow();

    await waitFor('Start in the tray', () =>
      clickInTray(desktop as Desktop, ['Default SMTP Virtual Server', 'Start']),
    );
    await treeItem(window, /^Default SMTP Virtual Server.*Running/).waitFor();
    expect(await sendMail()).toMatch(/^250 /);
  });

  it('zooms in its own View menu, and opens as large as it was left', async () => {
    const ratio = (): Promise<number> => (desktop as Desktop).window.evaluate(() => devicePixelRatio);
    desktop = await launchDesktop({ dataDir });
    await treeItem(desktop.window, /^Default SMTP/).waitFor();
    const own = await ratio();
    await desktop.window.getByRole('menuitem', { name: 'View' }).click();
    await desktop.window.getByRole('menuitem', { name: /Zoom In/ }).click();
    await waitFor('larger content', async () => (await ratio()) > own);
    const larger = await ratio();
    await closeDesktop(desktop);
    desktop = await launchDesktop({ dataDir });
    await treeItem(desktop.window, /^Default SMTP/).waitFor();
    await waitFor('as large as before', async () => (await ratio()) === larger);
    await desktop.window.getByRole('menuitem', { name: 'View' }).click();
    await desktop.window.getByRole('menuitem', { name: /Actual Size/ }).click();
    await waitFor('its own size', async () => (await ratio()) === own);
  });

  it('closing the window keeps the relay running and says so once', async () => {
    desktop = await launchDesktop({ dataDir });
    const { app, window } = desktop;
    await treeItem(window, /^Drop/).waitFor();
    await app.evaluate(({ dialog }) => {
      const asked: string[] = [];
      (globalThis as { asked?: string[] }).asked = asked;
      dialog.showMessageBox = (async (options: { message: string }) => {
        asked.push(options.message);
        return { response: 0, checkboxChecked: false };
      }) as never;
    });
    const closeWindow = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    const isShown = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
    await closeWindow();
    await waitFor('the window to be hidden', async () => (await isShown()) === false);
    expect(await sendMail()).toMatch(/^250 /);
    await app.evaluate(
      ({ app: electronApp }) => void electronApp.emit('second-instance', {}, ['mailroot'], '/'),
    );
    await waitFor('the window to be back', isShown);
    await closeWindow();
    await waitFor('the window to be hidden again', async () => (await isShown()) === false);
    expect(await app.evaluate(() => (globalThis as { asked?: string[] }).asked)).toEqual([
      'Mailroot keeps running.',
    ]);
  });

  it('attaches to a service that owns the data folder, and leaves it running', async () => {
    const service = await startService({ dataFolder: dataDir });
    try {
      port = service.port;
      desktop = await launchDesktop({ dataDir });
      await treeItem(desktop.window, /^Drop/).click();
      expect(await sendMail({ subject: 'Through the service' })).toMatch(/^250 /);
      await desktop.window.getByRole('row', { name: /Through the service/ }).waitFor();
      await closeDesktop(desktop);
      desktop = undefined;
      expect(await sendMail()).toMatch(/^250 /);
    } finally {
      await service.stop();
    }
  });
});
