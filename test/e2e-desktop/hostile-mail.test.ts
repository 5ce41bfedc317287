/** Every hostile mail of the corpus, opened in the packaged desktop application: nothing leaves, nothing runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { layHostileMail, walkHostileMail, watchRequests } from '../support/hostile-folder';
import { hostileMails } from '../support/hostile-mail';
import { type LeakCounter, startLeakCounter } from '../support/inspector-site';
import { describeUnless } from '../support/packages';
import { findFreePort } from '../support/service';

describeUnless(desktopSkipReason(), 'the hostile mails in the desktop', () => {
  let dataDir: string;
  let leaks: LeakCounter;
  let desktop: Desktop | undefined;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    leaks = await startLeakCounter();
    const server = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
    };
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers: [server] }));
    layHostileMail(join(dataDir, 'mailroot', 'Drop'), hostileMails, leaks);
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    await leaks?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('load nothing, run nothing, and are all shown', async () => {
    desktop = await launchDesktop({ dataDir });
    const { app, window } = desktop;
    const asked = watchRequests(window);
    await window.getByRole('treeitem', { name: /^Drop/ }).first().click();
    expect(await walkHostileMail(window, hostileMails)).toEqual([]);
    expect(asked).toEqual([]);
    expect(leaks.requests).toEqual([]);
    expect(app.windows()).toHaveLength(1);
  }, 180_000);
});
