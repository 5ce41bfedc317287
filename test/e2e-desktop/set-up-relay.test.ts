/** A whole relay set up in the packaged desktop application: by mouse alone, and again by keyboard alone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectControl } from '../../src-main/api/http/control-client';
import type { Hand } from '../support/console/hand';
import { KeyboardHand } from '../support/console/keyboard-hand';
import { MouseHand } from '../support/console/mouse-hand';
import { expectDelivered, expectRelay, planRelay, startSmartHost } from '../support/console/relay-outcome';
import { setUpRelay } from '../support/console/set-up-relay';
import { Witness } from '../support/console/witness';
import { ConsolePage } from '../support/console-page';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { describeUnless } from '../support/packages';
import { findFreePort } from '../support/service';
import type { SmtpPeer } from '../support/smtp-peer';

describeUnless(desktopSkipReason(), 'a relay set up in the desktop', () => {
  let dataDir: string;
  let desktop: Desktop | undefined;
  let peer: SmtpPeer;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    const first = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
    };
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers: [first] }));
    peer = await startSmartHost();
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    await peer?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each<[string, (console: ConsolePage) => Hand]>([
    ['mouse', ({ page }) => new MouseHand(page)],
    ['keyboard', ({ page }) => new KeyboardHand(page)],
  ])(
    'by %s alone',
    async (name, takeHand) => {
      desktop = await launchDesktop({ dataDir });
      const console = new ConsolePage(desktop.window);
      console.page.setDefaultTimeout(20_000);
      const plan = await planRelay(peer, join(dataDir, 'office'));
      // What axe is shown does not depend on the hand.
      const witness = new Witness(console, {
        run: `desktop-${name}`,
        judges: name === 'mouse',
        schemes: ['light'],
      });
      await setUpRelay({ console, hand: takeHand(console), witness, plan });
      expect(witness.violations).toEqual([]);
      expect(console.complaints).toEqual([]);
      await expectDelivered(peer, plan);
      await closeDesktop(desktop);
      desktop = await launchDesktop({ dataDir });
      await desktop.window.getByRole('treeitem', { name: new RegExp(`^${plan.name}.*Running`) }).waitFor();
      await expectRelay(await connectControl(dataDir), plan);
    },
    480_000,
  );
});
