/** Waiting and failed mail at the real service: what an operator sees of it, and what is done with it. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService } from '../support/service';

describeWith(['chromium'], 'waiting mail', () => {
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;

  beforeAll(async () => {
    // Nobody listens there: what is sent waits.
    const nobody = await findFreePort();
    [service, browser] = await Promise.all([
      startService({
        hasConsole: true,
        server: {
          domains: [{ type: 'default', name: 'corp.test' }],
          smartHost: '[127.0.0.1]',
          outboundPort: nobody,
        },
      }),
      launchChromium(),
    ]);
    for (const name of ['one', 'two', 'three']) {
      const file = join(service.home, 'Pickup', `${name}.tmp`);
      writeFileSync(
        file,
        `x-sender: app@corp.test\r\nx-receiver: ${name}@far.test\r\nSubject: ${name}\r\n\r\nText\r\n`,
      );
      renameSync(file, file.replace('.tmp', '.eml'));
    }
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(15_000);
    await console.node('Queue').first().click();
    await console.page.locator('[role=grid][aria-label="Queue"][aria-rowcount="4"]').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });
  const verb = (name: string) =>
    console.page.getByRole('toolbar', { name: 'Verbs' }).getByRole('button', { name }).first();
  const groups = async () => (await service.client.queue.groups({ serverId: 1 })).rows;
  const row = (name: string) =>
    console.page.getByRole('grid', { name: 'Queue', exact: true }).getByRole('row', { name });

  it('is held by key and released from the toolbar', async () => {
    await row('one@far.test').click();
    await console.page.keyboard.press('F8');
    await console.page.getByText('1 message is held until released.').first().waitFor();
    await row('one@far.test').getByText('Held').waitFor();
    expect((await groups()).filter(({ isHeld }) => isHeld)).toHaveLength(1);
    await verb('Release').click();
    await console.page.getByText('1 message is released.').first().waitFor();
    expect((await groups()).filter(({ isHeld }) => isHeld)).toHaveLength(0);
  });

  it('is frozen with its destination, and all of it goes another way', async () => {
    await console.page.getByRole('grid', { name: 'Destinations' }).locator('[aria-rowindex="2"]').click();
    await console.button('Freeze').click();
    await console.page
      .getByText(/ is frozen\.$/)
      .first()
      .waitFor();
    await row('two@far.test').getByText('Frozen').waitFor();
    await console.button('Thaw').click();
    await console.page
      .getByText(/ is thawed\.$/)
      .first()
      .waitFor();
    await console.page.getByRole('radio', { name: /^all 3 that match the filter/ }).click();
    await verb('Change Route').click();
    await console.page.getByRole('radio', { name: 'Into Drop' }).click();
    await console.page.getByRole('button', { name: 'Change Route', exact: true }).last().click();
    await console.page.getByText('3 messages now go into Drop.').first().waitFor();
    await expect.poll(() => service.dropped().length, { timeout: 15_000 }).toBe(3);
    expect(console.complaints).toEqual([]);
  });
});
