/**
 * Every hostile mail of the corpus lies in Drop, and the real console opens one after the other, in every view.
 * Nothing may leave, run, or stop the window. A counter on loopback stands for the rest of the world.
 */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { openConsole } from '../support/console-page';
import { layHostileMail, readHeapMb, walkHostileMail, watchRequests } from '../support/hostile-folder';
import { hostileMails } from '../support/hostile-mail';
import { type LeakCounter, startLeakCounter } from '../support/inspector-site';
import { describeWith } from '../support/packages';
import { type RunningService, startService } from '../support/service';

describeWith(['chromium'], 'the hostile mails in the browser console', () => {
  let browser: Browser;
  let service: RunningService;
  let leaks: LeakCounter;

  beforeAll(async () => {
    [browser, service, leaks] = await Promise.all([
      launchChromium(),
      startService({ hasConsole: true }),
      startLeakCounter(),
    ]);
    layHostileMail(join(service.home, 'Drop'), hostileMails, leaks);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([browser?.close(), service?.remove(), leaks?.close()]);
  });

  it('load nothing, run nothing, and are all shown', async () => {
    const { page } = await openConsole(browser, service);
    const asked = watchRequests(page);
    await page.getByRole('treeitem', { name: /^Drop/ }).first().click();
    expect(await walkHostileMail(page, hostileMails)).toEqual([]);
    expect(asked).toEqual([]);
    expect(leaks.requests).toEqual([]);
    expect(await readHeapMb(page)).toBeLessThan(400);
  }, 180_000);
});
