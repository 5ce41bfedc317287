/**
 * Nothing that axe finds wrong in the packaged desktop application, in light and dark: every third screen, because it is
 * the same console that the browser was shown whole.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectControl } from '../../src-main/api/http/control-client';
import { fillConsole, lookAtScreens } from '../support/console/every-screen';
import { Witness } from '../support/console/witness';
import { ConsolePage } from '../support/console-page';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { describeUnless } from '../support/packages';
import { findFreePort } from '../support/service';

describeUnless(desktopSkipReason(), 'screens of the desktop', () => {
  let dataDir: string;
  let port: number;
  let desktop: Desktop | undefined;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    port = await findFreePort();
    const server = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
    };
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers: [server] }));
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('has nothing that axe finds wrong', async () => {
    desktop = await launchDesktop({ dataDir });
    const console = new ConsolePage(desktop.window);
    console.page.setDefaultTimeout(20_000);
    await console.node(/^Default SMTP.*Running/).waitFor();
    await fillConsole(await connectControl(dataDir), { port, folder: join(dataDir, 'scanners') });
    const witness = new Witness(console, { run: 'desktop-screens', judges: true });
    await lookAtScreens(console, witness, 3);
    expect(witness.violations).toEqual([]);
    expect(console.complaints).toEqual([]);
  }, 480_000);
});
