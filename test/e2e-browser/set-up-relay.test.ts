/** The browser console sets up a whole relay by keyboard alone, and nothing on the way is inaccessible. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { KeyboardHand } from '../support/console/keyboard-hand';
import { expectDelivered, expectRelay, planRelay, startSmartHost } from '../support/console/relay-outcome';
import { setUpRelay } from '../support/console/set-up-relay';
import { Witness } from '../support/console/witness';
import { openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';
import type { SmtpPeer } from '../support/smtp-peer';

describeWith(['chromium'], 'a relay set up in the browser console', () => {
  let browser: Browser;
  let service: RunningService;
  let peer: SmtpPeer;

  beforeEach(async () => {
    [browser, service, peer] = await Promise.all([
      launchChromium(),
      startService({ hasConsole: true }),
      startSmartHost(),
    ]);
  });
  afterEach(async () => {
    await browser?.close();
    await service?.remove();
    await peer?.close();
  });

  it('by keyboard alone', async () => {
    const console = await openConsole(browser, service, { width: 1024, height: 700 });
    console.page.setDefaultTimeout(10_000);
    const plan = await planRelay(peer, join(service.dataFolder, 'office'));
    const witness = new Witness(console, { run: 'browser-keyboard', judges: true, schemes: ['light'] });
    await setUpRelay({ console, hand: new KeyboardHand(console.page), witness, plan });
    expect(witness.violations).toEqual([]);
    expect(console.complaints).toEqual([]);
    await expectDelivered(peer, plan);
    await service.stop();
    await service.restart();
    await expectRelay(service.client, plan);
  }, 480_000);
});
