/** Lists of mail in a real browser, over folders in the page's memory. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import type { Mailbox } from '../support/inspector-page/mailbox';
import { type InspectorSite, startInspectorSite } from '../support/inspector-site';
import { describeWith } from '../support/packages';
import { hexId, makeRow, sampleSource } from '../support/sample-mail';

const waitMs = 15_000;

describeWith(['chromium'], 'the lists of mail', () => {
  let browser: Browser;
  let site: InspectorSite;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), startInspectorSite()]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close()]);
  });

  async function open(view: 'drop', count: number, theme = 'light'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1040, height: 700 } });
    const now = Date.now();
    const source = sampleSource('Daily report');
    const few = Array.from({ length: Math.min(count, 1000) }, (_, index) => index);
    await page.addInitScript(
      (given) => {
        // A hundred thousand rows are made in the page: they do not fit through the browser's control channel.
        const drop = Array.from({ length: given.dropCount }, (_, index) => {
          const row = given.drop[index % given.drop.length];
          if (row === undefined || index < given.drop.length) return { row, source: given.source };
          return { row: { ...row, id: `f${String(index).padStart(23, '0')}` }, source: given.source };
        });
        window.mailbox = {
          ...given.mailbox,
          drop: drop.filter((entry) => entry.row !== undefined),
        } as Mailbox;
      },
      {
        source,
        dropCount: count,
        drop: few.map((index) => makeRow(index, now)),
        mailbox: {
          drop: [],
          badmail: [],
          queue: [],
          calls: [],
        },
      },
    );
    await page.goto(`${site.origin}/?view=${view}&theme=${theme}`);
    return page;
  }

  const selectedRow = (page: Page) => page.locator('[role=row][aria-selected=true]');
  const calls = (page: Page) => page.evaluate(() => window.mailbox?.calls ?? []);

  it('new mail appears on top without a refresh, and selection and place stay', async () => {
    const page = await open('drop', 1000);
    const grid = page.getByRole('grid', { name: 'Drop' });
    await page.locator('[aria-rowindex="2"]').waitFor({ timeout: waitMs });
    await grid.evaluate((element) => element.scrollTo(0, 28 * 300));
    await page.locator('[aria-rowindex="304"]').click({ timeout: waitMs });
    const before = await selectedRow(page).evaluate((row) => [
      row.textContent,
      row.getBoundingClientRect().top,
    ]);
    const row = makeRow(-1, Date.now());
    await page.evaluate(
      (given) => {
        window.mailbox?.drop.unshift(...given);
        window.folderChanged?.();
      },
      [1, 2, 3].map((number) => ({ row: { ...row, id: hexId(number) }, source: 'Subject: new\r\n\r\n' })),
    );
    await page.waitForFunction(
      () => document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '1004',
      undefined,
      { timeout: waitMs },
    );
    await page.locator('[aria-rowindex="307"][aria-selected=true]').waitFor({ timeout: waitMs });
    const after = await selectedRow(page).evaluate((row) => [
      row.textContent,
      row.getBoundingClientRect().top,
    ]);
    expect(after).toEqual(before);
    await page.close();
  });

  it('a hundred thousand rows: few in the page, and the last is one key away', async () => {
    const page = await open('drop', 100_000);
    await page.locator('[aria-rowindex="2"]').click({ timeout: waitMs });
    await page.keyboard.press('End');
    await page.locator('[aria-rowindex="100001"][aria-selected=true]').waitFor({ timeout: waitMs });
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    await page.keyboard.press('Home');
    await page.locator('[aria-rowindex="2"][aria-selected=true]').waitFor({ timeout: waitMs });
    await page.close();
  });

  it('Delete can be taken back, and the next message is selected after', async () => {
    const page = await open('drop', 20);
    await page.locator('[aria-rowindex="3"]').click({ timeout: waitMs });
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete');
    await page.waitForFunction(() => (window.mailbox?.calls.length ?? 0) > 0, undefined, { timeout: waitMs });
    expect(await calls(page)).toEqual([
      {
        name: 'messages.delete',
        input: { serverId: 1, folder: 'drop', ids: [makeRow(1, 0).id, makeRow(2, 0).id] },
      },
    ]);
    await page.evaluate(() => window.folderChanged?.());
    await page.locator('[role=grid][aria-rowcount="19"]').waitFor({ timeout: waitMs });
    await page.locator('[aria-rowindex="3"][aria-selected=true]').waitFor({ timeout: waitMs });
    expect(await page.evaluate(() => window.undo?.())).toBe('2 messages restored.');
    await page.evaluate(() => window.folderChanged?.());
    await page.locator('[role=grid][aria-rowcount="21"]').waitFor({ timeout: waitMs });
    await page.close();
  });

  it('words narrow the list, and taking them away shows all again', async () => {
    const page = await open('drop', 40);
    const field = page.getByRole('textbox', { name: 'Search in Drop' });
    const total = await page.evaluate(
      () => window.mailbox?.drop.filter(({ row }) => row.subject.includes('Scan')).length ?? 0,
    );
    await field.fill('scan');
    await page.locator(`[role=grid][aria-rowcount="${total + 1}"]`).waitFor({ timeout: waitMs });
    await field.fill('no such words anywhere');
    await page.getByText('Nothing found.').waitFor({ timeout: waitMs });
    await field.press('Escape');
    await page.locator('[role=grid][aria-rowcount="41"]').waitFor({ timeout: waitMs });
    await page.close();
  });

  it('a star and a tag stay on their message, and find it', async () => {
    const page = await open('drop', 20);
    await page.evaluate(() => {
      for (const entry of window.mailbox?.drop ?? [])
        Object.assign(entry.row, { marks: { isRead: false, isStarred: false, tags: [] } });
    });
    await page.evaluate(() => window.folderChanged?.());
    await page.locator('[aria-rowindex="3"]').click({ timeout: waitMs });
    await page.locator('[aria-rowindex="3"][aria-selected=true]').waitFor({ timeout: waitMs });
    // Opening a message marks it as read.
    await page.waitForFunction(() => window.mailbox?.calls.some(({ name }) => name === 'search.mark'));
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Tags' }).click({ timeout: waitMs });
    await page.getByRole('textbox', { name: 'New tag' }).fill('invoice');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => window.mailbox?.drop[1]?.row.marks?.tags.includes('invoice'));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Starred' }).click({ timeout: waitMs });
    await page.locator('[role=grid][aria-rowcount="2"]').waitFor({ timeout: waitMs });
    expect(await page.evaluate(() => window.mailbox?.drop[1]?.row.marks)).toEqual({
      isRead: true,
      isStarred: true,
      tags: ['invoice'],
    });
    await page.close();
  });

  it('days part the list, and selecting all leaves their lines out', async () => {
    const page = await open('drop', 30);
    await page.getByRole('combobox', { name: 'Groups' }).click({ timeout: waitMs });
    await page.getByRole('option', { name: 'By day' }).click({ timeout: waitMs });
    await page
      .getByRole('row', { name: /^(Today|Yesterday)/ })
      .first()
      .waitFor({ timeout: waitMs });
    await page.getByRole('grid', { name: 'Drop' }).focus();
    await page.keyboard.press('Control+a');
    await page.getByText('30 selected').waitFor({ timeout: waitMs });
    await page.close();
  });

  it('two messages are compared side by side', async () => {
    const page = await open('drop', 10);
    await page.locator('[aria-rowindex="2"]').click({ timeout: waitMs });
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('button', { name: 'Compare' }).click({ timeout: waitMs });
    await page.getByText('There is no difference here.').waitFor({ timeout: waitMs });
    await page.close();
  });

  it('Save gives the message as it lies on disk', async () => {
    const page = await open('drop', 3);
    await page.locator('[aria-rowindex="2"]').click({ timeout: waitMs });
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: waitMs }),
      page.getByRole('button', { name: 'Save…' }).click({ timeout: waitMs }),
    ]);
    expect(download.suggestedFilename()).toBe('Daily report.eml');
    expect(await readFile(await download.path(), 'utf8')).toBe(sampleSource('Daily report'));
    await page.close();
  });

  it.each([['drop', 'No mail yet.']] as const)('an empty %s says "%s"', async (view, text) => {
    const page = await open(view, 0);
    await page.getByText(text).waitFor({ timeout: waitMs });
    await page.close();
  });

  it.each([
    ['drop', 'light'],
    ['drop', 'dark'],
  ] as const)('%s in the %s theme has no accessibility fault that axe finds', async (view, theme) => {
    const page = await open(view, 30, theme);
    await page.locator('[aria-rowindex="3"]').click({ timeout: waitMs });
    await page.getByRole('tab').first().waitFor({ timeout: waitMs });
    await page.evaluate(
      await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    );
    const faults = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: (context: object, options: object) => Promise<{ violations: { id: string }[] }> };
      };
      // The focus guards that Fluent puts into the page are not ours to change; the frame is a stranger's document.
      const { violations } = await axe.run(
        { exclude: ['[data-tabster-dummy]'] },
        { iframes: false, rules: { 'page-has-heading-one': { enabled: false } } },
      );
      return violations.map((violation) => violation.id);
    });
    expect(faults).toEqual([]);
    await page.close();
  });
});
