/**
 * What a person feels of a long list in the console: the time from the click to the rows, from the last letter of a
 * search to its rows, and how evenly it scrolls. In Chromium, over the built service, with an index that is made.
 */
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium';
import { openConsole } from '../support/console-page';
import type { RunningService } from '../support/service';

export interface ListFigures {
  /** From the click on Drop to the first rows. */
  readonly openMs: number;
  /** From the last letter to the rows, without the time that the field waits for more letters. */
  readonly searchMs: readonly number[];
  /** Between one frame and the next while scrolling. */
  readonly frameMs: readonly number[];
}

const searches = ['invoice', 'from:app7@line.test', 'subject:order', 'has:attachment', '"annual report"'];
/** What the field waits for the next letter. */
const typingMs = 250;
const scrollMs = 4000;

/** @param service started with a browser console, its Drop filled */
export async function measureLists(service: RunningService): Promise<ListFigures> {
  const browser = await launchChromium();
  try {
    return await measureIn(browser, service);
  } finally {
    await browser.close();
  }
}

async function measureIn(browser: Browser, service: RunningService): Promise<ListFigures> {
  const { page } = await openConsole(browser, service, { width: 1280, height: 800 });
  const drop = page.getByRole('treeitem', { name: /^Drop/ }).first();
  await drop.waitFor();
  const grid = page.getByRole('grid', { name: 'Drop' });
  const firstRow = grid.locator('[aria-rowindex="2"] [role=gridcell]').nth(4);
  const opened = performance.now();
  await drop.click();
  await firstRow.waitFor();
  const openMs = performance.now() - opened;
  const frameMs = await scroll(page);
  const searchMs: number[] = [];
  for (const query of searches) searchMs.push(await search(page, query));
  return { openMs, searchMs, frameMs };
}

async function search(page: Page, query: string): Promise<number> {
  const field = page.getByRole('textbox', { name: 'Search in Drop' });
  const answered = page.waitForResponse((response) => response.url().includes('/search/find'));
  const from = performance.now();
  await field.fill(query);
  await answered;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const ms = performance.now() - from - typingMs;
  await field.fill('');
  await field.press('Enter');
  return ms;
}

/** Scrolls as a hand does that turns the wheel for some seconds, and notes the time of each frame. */
function scroll(page: Page): Promise<number[]> {
  return page.evaluate(async (durationMs) => {
    const grid = document.querySelector('[role=grid]');
    const frames: number[] = [];
    const begin = performance.now();
    let last = begin;
    while (last - begin < durationMs) {
      grid?.scrollBy(0, 90);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      if (now > last) frames.push(now - last);
      last = now;
    }
    return frames;
  }, scrollMs);
}

const sortedAt = (figures: readonly number[], share: number): number =>
  figures.toSorted((one, other) => one - other)[Math.floor((figures.length - 1) * share)] ?? Number.NaN;

/** Rows of the table in docs/performance.md. */
export function renderListRows({ openMs, searchMs, frameMs }: ListFigures): string[] {
  const late = frameMs.filter((ms) => ms > 25).length;
  return [
    `| console: from the click on Drop to its first rows | ${openMs.toFixed(0)} ms |`,
    `| console: from the last letter of a search to its rows, median | ${sortedAt(searchMs, 0.5).toFixed(0)} ms |`,
    `| console: frames a second while scrolling | ${(1000 / (frameMs.reduce((sum, ms) => sum + ms, 0) / frameMs.length)).toFixed(0)} |`,
    `| console: frames that came late (over 25 ms) | ${late} of ${frameMs.length} |`,
  ];
}
