/** Nothing that axe finds wrong on any screen of the browser console in light and dark, and on every second in high contrast. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { fillConsole, lookAtScreens } from '../support/console/every-screen';
import { Witness } from '../support/console/witness';
import { openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';

describeWith(['chromium'], 'every screen of the browser console', () => {
  let browser: Browser;
  let service: RunningService;

  beforeAll(async () => {
    [browser, service] = await Promise.all([launchChromium(), startService({ hasConsole: true })]);
    await fillConsole(service.client, { port: service.port, folder: join(service.dataFolder, 'scanners') });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });

  it.each([
    { theme: 'system', schemes: ['light', 'dark'] as const, stride: 1 },
    { theme: 'high-contrast', schemes: ['light'] as const, stride: 2 },
  ])(
    'has nothing that axe finds wrong, theme $theme, $schemes',
    async ({ theme, schemes, stride }) => {
      const console = await openConsole(browser, service, { width: 1024, height: 700 });
      await console.page.evaluate(
        (name) => localStorage.setItem('mailroot.ui.theme', JSON.stringify(name)),
        theme,
      );
      await console.page.reload();
      console.page.setDefaultTimeout(20_000);
      const witness = new Witness(console, { run: `browser-screens-${theme}`, judges: true, schemes });
      await lookAtScreens(console, witness, stride);
      expect(witness.violations).toEqual([]);
      // What the engine refuses, Chromium calls a failed load.
      expect(console.complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
      await console.page.context().close();
    },
    480_000,
  );
});
