/** The queue and Badmail in a real browser, over folders in the page's memory. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import type { Mailbox } from '../support/inspector-page/mailbox';
import { type InspectorSite, startInspectorSite } from '../support/inspector-site';
import { describeWith } from '../support/packages';
import { makeBadRow, makeSpreadRow } from '../support/sample-mail';

const waitMs = 15_000;

describeWith(['chromium'], 'the console of queue and Badmail', () => {
  let browser: Browser;
  let site: InspectorSite;
  let page: Page;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), startInspectorSite('queue-page')]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close()]);
  });

  async function open(view: 'queue' | 'badmail', count: number, given: Partial<Mailbox> = {}, more = '') {
    page = await browser.newPage({ viewport: { width: 1040, height: 700 }, reducedMotion: 'reduce' });
    const now = Date.now();
    const all = Array.from({ length: count }, (_, index) => index);
    const mailbox: Mailbox = {
      drop: [],
      badmail: view === 'badmail' ? all.map((at) => ({ row: makeBadRow(at, now), source: '' })) : [],
      queue: view === 'queue' ? all.map((at) => ({ row: makeSpreadRow(at, now, 12), source: '' })) : [],
      calls: [],
      ...given,
    };
    await page.addInitScript((whole) => {
      window.mailbox = whole;
    }, mailbox);
    await page.goto(`${site.origin}/?view=${view}${more}`);
    page.setDefaultTimeout(waitMs);
  }
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const row = (list: string, index: number) =>
    page.getByRole('grid', { name: list, exact: true }).locator(`[aria-rowindex="${index + 1}"]`);
  const rows = (list: string, count: number) =>
    page.locator(`[role=grid][aria-label="${list}"][aria-rowcount="${count + 1}"]`).waitFor();
  const calls = () => page.evaluate(() => window.mailbox?.calls ?? []);
  const act = (action: string) => page.evaluate((name) => window.act?.(name as 'hold'), action);

  it('a click on a bar filters by age, a destination by destination, and the verbs act on all that match', async () => {
    await open('queue', 300);
    await rows('Queue', 300);
    await button(/^Over 1 day: /).click();
    await page.getByText('Age is over 1 day').waitFor();
    await row('Destinations', 1).click();
    await page.getByText('Destination is customer-0.example').waitFor();
    const count = await page.getByText(/^\d+ of 300$/).textContent();
    await page.getByRole('radio', { name: /^all \d+ that match the filter/ }).click();
    await act('hold');
    await page
      .getByText(`${count?.split(' ')[0]} messages are held until released.`)
      .first()
      .waitFor();
    expect(await calls()).toEqual([
      {
        name: 'queue.hold',
        input: {
          serverId: 1,
          chosen: {
            filter: { destination: 'customer-0.example', isWholeDestination: true, minAgeMs: 86_400_000 },
          },
        },
      },
    ]);
    await button('Clear all').click();
    await rows('Queue', 300);
    await page.close();
  });

  it('the bars go by keyboard: one tab stop, arrows along them, Enter filters', async () => {
    await open('queue', 300);
    await button(/^Under 5 min: /).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const name = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(name).toMatch(/, 5 min to 1 h: \d+$/);
    await page.keyboard.press('Enter');
    await page.getByText('Age is 5 min to 1 h').waitFor();
    expect(await page.getByRole('group', { name: 'Waiting by age' }).locator('[tabindex="0"]').count()).toBe(
      1,
    );
    await page.close();
  });

  it('a frozen destination is shown where nothing waits for it, and can be thawed', async () => {
    await open('queue', 3, { frozen: ['idle.example'] });
    await page.getByText('idle.example').click();
    await button('Thaw').click();
    await page.getByText('idle.example is thawed.').first().waitFor();
    expect(await calls()).toEqual([
      { name: 'queue.thaw', input: { serverId: 1, destination: 'idle.example' } },
    ]);
    await page.close();
  });

  it('Delete asks who is told; the list keeps its place and selects the next', async () => {
    await open('queue', 40);
    await row('Queue', 3).click();
    await page.keyboard.press('Delete');
    await page.getByText('Delete 1 message from the queue?').waitFor();
    await page.getByRole('radio', { name: /^The senders/ }).click();
    await button('Delete').last().click();
    await page.getByText('1 message deleted; the senders are told.').first().waitFor();
    await rows('Queue', 39);
    await page.locator('[role=grid][aria-label="Queue"] [aria-selected=true]').waitFor();
    expect(await calls()).toMatchObject([{ name: 'queue.delete', input: { isReturned: true } }]);
    await page.close();
  });

  it('another way and another recipient are chosen in dialogs that say what they are about', async () => {
    await open('queue', 40);
    await row('Queue', 2).click();
    await act('change-route');
    await page.getByText('Change the route of 1 message').waitFor();
    await page.getByRole('radio', { name: 'To a host' }).click();
    await button('Change Route').click();
    await page.getByText('Enter the name or address of a host.').waitFor();
    await page.getByRole('textbox', { name: 'Host' }).fill('relay.test');
    await button('Change Route').click();
    await page.getByText('1 message now goes to relay.test:25.').first().waitFor();
    await act('change-recipient');
    await page.getByRole('textbox', { name: 'Becomes' }).fill('new@corp.test');
    await page.getByRole('radio', { name: /^In all waiting messages that have it \(\d+\)/ }).click();
    await button('Change Recipient').click();
    await page
      .getByText(/^new@corp.test takes the place of /)
      .first()
      .waitFor();
    expect((await calls()).map(({ name }) => name)).toEqual(['queue.setWay', 'queue.setRecipient']);
    await page.close();
  });

  it('hosts are asked for mail, and the answer is shown', async () => {
    await open('queue', 3, { collections: [{ name: 'mail.isp.example', isAsking: false }] });
    await rows('Queue', 3);
    await page.waitForFunction(() => window.whyNot?.('ask-now') === undefined);
    await act('ask-now');
    await button('Ask now').click();
    await page.getByText('250 2.0.0 Queuing for mail.isp.example started').first().waitFor();
    await page.close();
  });

  it('a viewer sees everything and can do nothing, and is told why', async () => {
    await open('queue', 3, {}, '&viewer');
    await row('Queue', 1).click();
    for (const action of ['retry', 'hold', 'delete', 'change-route', 'freeze'] as const)
      expect(await page.evaluate((name) => window.whyNot?.(name), action)).toMatch(/you are a viewer/);
    await page.close();
  });

  it('shows how far the engine has counted', async () => {
    await open('queue', 20, { counted: 5 });
    await page.getByText('5 of 20 messages read').waitFor();
    await page.close();
  });

  it('Badmail: a cause shows its messages alone; they are sent again with one address replaced', async () => {
    await open('badmail', 60);
    await rows('Badmail', 60);
    await row('Causes', 2).click();
    await rows('Badmail', 10);
    await row('Badmail', 1).click();
    await page.keyboard.press('Control+a');
    await button('Edit and Resend…').click();
    await page.getByRole('textbox', { name: 'Replace this recipient' }).fill('ann@corp.test');
    await page.getByRole('textbox', { name: 'by', exact: true }).fill('new@corp.test');
    await page.getByText('new@corp.test gets what was for ann@corp.test.').waitFor();
    await button('Resend').last().click();
    await page.getByText('10 messages will be sent in 8 seconds.').first().waitFor({ state: 'attached' });
    expect(await calls()).toMatchObject([
      {
        name: 'messages.resend',
        input: { replaced: [{ from: 'ann@corp.test', to: 'new@corp.test' }], delayMs: 8000 },
      },
    ]);
    await page.close();
  });

  it('Badmail: one message is sent again with the envelope that it had, as edited', async () => {
    await open('badmail', 3);
    await row('Badmail', 2).click();
    await button('Edit and Resend…').click();
    await expect
      .poll(() => page.getByRole('textbox', { name: /^Sender/ }).inputValue())
      .toBe('app@line.test');
    await page.getByRole('textbox', { name: /^Sender/ }).fill('');
    await page.getByRole('textbox', { name: /^Recipients/ }).fill('ben@corp.test\nkim@corp.test');
    await button('Resend').last().click();
    await expect
      .poll(async () => (await calls())[0])
      .toMatchObject({ input: { sender: '', recipients: ['ben@corp.test', 'kim@corp.test'] } });
    await page.close();
  });

  it('Badmail: Delete needs no question and is taken back', async () => {
    await open('badmail', 20);
    await row('Badmail', 1).click();
    await page.keyboard.press('Delete');
    await rows('Badmail', 19);
    expect(await page.evaluate(() => window.undo?.())).toBe('1 message restored.');
    await page.evaluate(() => window.folderChanged?.());
    await rows('Badmail', 20);
    await page.close();
  });

  it.each([
    ['queue', 'Nothing waits.'],
    ['badmail', 'Nothing failed.'],
  ] as const)('an empty %s says "%s"', async (view, text) => {
    await open(view, 0);
    await page.getByText(text).waitFor();
    await page.close();
  });

  it.each([
    ['queue', 'light', undefined],
    ['queue', 'dark', 'delete'],
    ['queue', 'contrast', 'change-route'],
    ['queue', 'light', 'change-recipient'],
    ['badmail', 'light', undefined],
    ['badmail', 'dark', 'resend-edited'],
  ] as const)(
    '%s in the %s theme with %s has no accessibility fault that axe finds',
    async (view, theme, dialog) => {
      await open(view, 60, { frozen: ['idle.example'] }, `&theme=${theme}`);
      await row(view === 'queue' ? 'Queue' : 'Badmail', 2).click();
      if (view === 'queue') await page.getByRole('tab').first().waitFor();
      if (dialog !== undefined) {
        await act(dialog);
        await page.locator('[role=dialog], [role=alertdialog]').waitFor();
      }
      await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished)));
      await page.evaluate(
        await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
      );
      const faults = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: {
            run: (
              context: object,
              options: object,
            ) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
          };
        };
        const { violations } = await axe.run(
          { exclude: ['[data-tabster-dummy]'] },
          { rules: { 'page-has-heading-one': { enabled: false } } },
        );
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      expect(faults).toEqual([]);
      await page.close();
    },
  );
});
