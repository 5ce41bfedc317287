/** Frame, tree, wizards and sheets by keyboard and mouse, in Chromium over an engine that only remembers. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium';
import { type FakeConsole, startFakeConsole } from '../support/fake-console';
import { describeWith } from '../support/packages';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeWindow {
  readonly axe: {
    run(context: unknown): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}

/** What axe finds wrong. Fluent's own focus markers are empty and never stay focused: not ours to judge. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as AxeWindow;
    const { violations } = await axe.run({ exclude: [['[data-tabster-dummy]']] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  });
}

describeWith(['chromium'], 'the console', () => {
  let site: FakeConsole;
  let browser: Browser;
  let page: Page;
  const node = (name: RegExp): Locator => page.getByRole('treeitem', { name });
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true });

  beforeAll(async () => {
    [site, browser] = await Promise.all([startFakeConsole(), launchChromium()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(site.origin);
    await node(/Default SMTP/).waitFor();
  });
  afterEach(() => page.close());

  it('has nothing that axe finds wrong on its main pages', async () => {
    for (const name of [/WORKSTATION/, /Default SMTP/, /Domains/, /Current Sessions/]) {
      await node(name).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await findViolations(page)).toEqual([]);
    }
  });

  it('walks the tree by keyboard and remembers the place', async () => {
    await node(/Default SMTP/).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('grid', { name: 'Domains' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await node(/Default SMTP/).getAttribute('aria-expanded')).toBe('false');
    await page.reload();
    await node(/Default SMTP/).waitFor();
    expect(await node(/Default SMTP/).getAttribute('aria-expanded')).toBe('false');
    expect(await node(/Default SMTP/).getAttribute('aria-selected')).toBe('true');
  });

  it('offers the same verbs by menu key, and renames in place', async () => {
    await node(/Scanners/).click();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Start' }).waitFor();
    await menu.getByRole('menuitem', { name: /Rename/ }).click();
    const field = page.getByRole('textbox', { name: 'New name' });
    await field.fill('Test lab');
    await field.press('Enter');
    await page.getByText('There is already a virtual server named "Test lab".').waitFor();
    await field.press('Escape');
    await field.waitFor({ state: 'detached' });
  });

  it('says why a server could not be started', async () => {
    await node(/Scanners/).click();
    await button('Start').click();
    await page.getByText('Port 25 on 10.0.4.7 is used by exim4 (process 812).').first().waitFor();
    await node(/Scanners \(Failed\)/).waitFor();
  });

  it('makes a virtual server by keyboard alone, with Next shut until the page is right', async () => {
    await button('New').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /Virtual Server/ }).press('Enter');
    const wizard = page.getByRole('dialog', { name: 'New SMTP Virtual Server' });
    /** Each page begins in its first field. */
    const focused = (field: Locator): Locator => field.and(page.locator(':focus'));
    const name = wizard.getByLabel('Name');
    await name.waitFor();
    expect(await button('Next').getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.type('Scanners');
    await page.keyboard.press('Enter');
    await wizard.getByText('There is already a virtual server named "Scanners".').waitFor();
    await name.fill('Printers');
    await page.keyboard.press('Enter');
    await wizard.getByLabel('IP address').waitFor();
    await page.keyboard.press('Enter');
    await focused(wizard.getByLabel('Home directory')).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await focused(wizard.getByLabel('Domain')).waitFor();
    await page.keyboard.press('Enter');
    await button('Finish').waitFor();
    await page.keyboard.press('Enter');
    await node(/Printers/).waitFor();
    expect(await node(/Printers/).getAttribute('aria-selected')).toBe('true');
  });

  it('asks before what was entered is lost, and not otherwise', async () => {
    await node(/Default SMTP/).click();
    await page.keyboard.press('Alt+Enter');
    const sheet = page.getByRole('dialog', { name: /Properties/ });
    await sheet.waitFor();
    await sheet.getByLabel('Name').press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.keyboard.press('Alt+Enter');
    await sheet.getByLabel('Name').fill('Other');
    await sheet.getByLabel('Name').press('Escape');
    await button('Discard').click();
    await sheet.waitFor({ state: 'detached' });
  });

  it('marks the tab that is wrong, applies all or nothing, and names an open relay before it opens one', async () => {
    await node(/Default SMTP/).click();
    await button('Properties').click();
    const sheet = page.getByRole('dialog', { name: /Properties/ });
    await sheet.getByRole('tab', { name: 'Messages' }).click();
    await sheet.getByLabel('Limit message size to, value').fill('20000');
    await sheet.getByRole('tab', { name: 'Access' }).click();
    await sheet.getByText('All except the list below').click();
    await sheet.getByText('2 changes, applied without restart').waitFor();
    await button('Apply').click();
    await sheet.getByText('The session size must not be smaller than the message size (20000 KB).').waitFor();
    await sheet.getByRole('tab', { name: 'Messages!' }).waitFor();
    await sheet.getByLabel('Limit session size to, value').fill('30000');
    await button('OK').click();
    await button('Make it an open relay').click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByText(/^Open relay: anybody who can connect may send anywhere/).waitFor();
  });

  it('shows every page of the sheet without anything that axe finds wrong', async () => {
    await node(/Default SMTP/).click();
    await button('Properties').click();
    for (const name of ['General', 'Access', 'Messages', 'Delivery']) {
      await page.getByRole('tab', { name }).click();
      expect(await findViolations(page)).toEqual([]);
    }
  });

  it('adds a remote domain and selects it', async () => {
    await node(/Domains/)
      .first()
      .click();
    await button('New').click();
    await page.getByRole('menuitem', { name: /Domain/ }).click();
    await button('Next').click();
    await page.getByLabel('Name').fill('partner.test');
    await button('Next').click();
    await page.getByRole('radio', { name: /Forward all mail/ }).click();
    await page.getByLabel('Smart host', { exact: true }).fill('relay.test');
    await button('Finish').click();
    const row = page.getByRole('row', { name: /partner\.test/ });
    await row.waitFor();
    expect(await row.getAttribute('aria-selected')).toBe('true');
    expect(await row.textContent()).toContain('Smart host relay.test');
  });
});
