/** The hostile mails as files of a Drop folder, and the walk through all of them that both consoles are put to. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type HostileMail, hostileHtml, type LeakAddress } from './hostile-mail';

const newest = Date.UTC(2026, 10, 23, 12);

/** Writes them so that lists have them in their order. */
export function layHostileMail(dropFolder: string, mails: readonly HostileMail[], leak: LeakAddress): void {
  mkdirSync(dropFolder, { recursive: true });
  for (const [index, mail] of mails.entries()) {
    const time = (newest - index * 60_000).toString(16).padStart(12, '0');
    const envelope = Buffer.from('x-sender: evil@evil.test\r\nx-receiver: ann@corp.test\r\n');
    writeFileSync(join(dropFolder, `${time}${'0'.repeat(12)}.eml`), envelope);
    writeFileSync(join(dropFolder, `${time}${'0'.repeat(12)}.eml`), mail.make(leak), { flag: 'a' });
  }
}

/** Everything that the page, or a frame in it, asks the network for beside the console's own files. */
export function watchRequests(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    const isOwn = /^(?:data|blob|about|mailroot|app|file|devtools):/.test(url) || isConsole(page, url);
    if (!isOwn) asked.push(url);
  });
  page.on('popup', (popup) => asked.push(`popup ${popup.url()}`));
  page.on('download', (download) => asked.push(`download ${download.url()}`));
  return asked;
}

function isConsole(page: Page, url: string): boolean {
  const own = page.url();
  return own.startsWith('http') && new URL(url).origin === new URL(own).origin;
}

const waitMs = 20_000;
const views = ['Source', 'Headers', /^Parts/, 'Text', 'HTML'];

/**
 * Opens each message in the list that is on the screen, looks at every view of it, and returns what went wrong: a page
 * that does not answer rejects with the name of the message.
 */
export async function walkHostileMail(page: Page, mails: readonly HostileMail[]): Promise<string[]> {
  const faults: string[] = [];
  const address = page.url();
  const pane = page.getByRole('region', { name: 'Message', exact: true });
  await page
    .getByRole('row', { name: mails[0]?.name ?? '' })
    .first()
    .click({ timeout: waitMs });
  const list = page
    .getByRole('grid')
    .filter({ has: page.locator('[role=row][aria-selected=true]') })
    .first();
  for (const [index, { name }] of mails.entries()) {
    try {
      if (index > 0) {
        await list.focus({ timeout: waitMs });
        await page.keyboard.press('ArrowDown');
      }
      await pane.getByRole('heading', { name }).first().waitFor({ timeout: waitMs });
      await pane.getByRole('tab', { name: 'Source' }).waitFor({ timeout: waitMs });
      // One attack each has one view; what is hostile as a whole, and all attacks at once, are seen in every one.
      for (const view of name in hostileHtml ? ['HTML'] : views) {
        const tab = pane.getByRole('tab', { name: view });
        if ((await tab.count()) > 0 && (await tab.first().isEnabled()))
          await tab.first().click({ timeout: waitMs });
        await answers(page, `${name}, ${view}`);
      }
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    if (await page.evaluate(() => 'owned' in window)) faults.push(`${name}: something ran`);
    if (page.url() !== address) faults.push(`${name}: the page went to ${page.url()}`);
  }
  return faults;
}

/** Whatever it is asked to draw is drawn, and then it takes the next question. */
async function answers(page: Page, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the window did not answer: ${name}`)), waitMs);
  });
  const drawn = page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
  try {
    await Promise.race([drawn, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Memory of the page's own scripts, in MB. */
export async function readHeapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  await session.detach();
  return usedSize / 1024 / 1024;
}
