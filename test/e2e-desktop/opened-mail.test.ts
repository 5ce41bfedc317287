/** Message files that the system hands to the packaged application: on its command line, and to one that runs already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { describeUnless } from '../support/packages';
import { findFreePort } from '../support/service';

const mail = (subject: string): string =>
  `From: Ann <ann@corp.test>\r\nTo: bob@corp.test\r\nSubject: ${subject}\r\n\r\nThe text of ${subject}.\r\n`;

describeUnless(desktopSkipReason(), 'message files', () => {
  let dataDir: string;
  let desktop: Desktop | undefined;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    const server = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
    };
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers: [server] }));
    writeFileSync(join(dataDir, 'first.eml'), mail('the first one'));
    writeFileSync(join(dataDir, 'second one.eml'), mail('the second one'));
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('open in the window: one named at the start, and one handed over by a second start', async () => {
    desktop = await launchDesktop({ dataDir, args: [join(dataDir, 'first.eml')] });
    const { app, window } = desktop;
    const first = window.getByRole('dialog', { name: 'first.eml' });
    await first.getByText('The text of the first one.').waitFor();

    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const again = spawn(app.process().spawnfile, [...root, `--data=${dataDir}`, 'second one.eml'], {
      // A name alone is meant from where the second one was started.
      cwd: dataDir,
      env: { ...process.env, XDG_CONFIG_HOME: join(dataDir, 'xdg-config') },
      stdio: 'ignore',
    });
    const ended = once(again, 'exit');
    const second = window.getByRole('dialog', { name: 'second one.eml' });
    await second.getByText('The text of the second one.').waitFor();
    expect((await ended)[0]).toBe(0);
    expect(app.windows()).toHaveLength(1);

    await window.keyboard.press('Escape');
    await first.getByText('The text of the first one.').waitFor();

    // It goes to Queue with the envelope that its header suggests, and comes back for as long as it can be.
    await first.getByRole('button', { name: 'Send…' }).click();
    const send = window.getByRole('dialog', { name: 'Send this message' });
    expect(await send.getByLabel('Sender (envelope)').inputValue()).toBe('ann@corp.test');
    expect(await send.getByLabel('Recipients (envelope)').inputValue()).toBe('bob@corp.test');
    await send.getByRole('button', { name: 'Send', exact: true }).click();
    await first.getByRole('button', { name: 'Undo' }).click();
    await first.getByText('The message was not sent.').waitFor();
  }, 60_000);
});
