/**
 * The console as a person sees it: one page model for both hosts. Chromium opens the service's browser console,
 * Playwright's Electron hands over the desktop's window; what a test then does with the page is the same.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Locator, Page } from 'playwright-core';
import type { RunningService } from './service';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeWindow {
  readonly axe: {
    configure(spec: unknown): void;
    run(
      context: unknown,
      options: unknown,
    ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}

export class ConsolePage {
  readonly page: Page;
  /** Script errors and refused loads so far. A test that ends with one has found a defect. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** A node of the tree. */
  node(name: RegExp | string): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  dialog(name: RegExp | string): Locator {
    return this.page.getByRole('dialog', { name });
  }

  row(name: RegExp | string): Locator {
    return this.page.getByRole('row', { name });
  }

  /** Opens the property sheet of a virtual server; with `tab`, on that page. */
  async openSheet(server: RegExp, tab?: string): Promise<Locator> {
    await this.node(server).first().click();
    await this.page.keyboard.press('Alt+Enter');
    const sheet = this.dialog(/Properties/);
    await sheet.waitFor();
    if (tab !== undefined) await sheet.getByRole('tab', { name: tab }).click();
    return sheet;
  }

  /** Buttons of the frame that lie outside the window, whole or in part, and panes that are wider than it. */
  async findClipped(): Promise<string[]> {
    return this.page.evaluate(() => {
      const { innerWidth, innerHeight } = globalThis;
      const controls = [...document.querySelectorAll('header button, footer, [role=tree], h1')];
      const outside = controls.filter((element) => {
        const box = element.getBoundingClientRect();
        const isShown = box.width > 1 && getComputedStyle(element).visibility !== 'hidden';
        return (
          isShown &&
          (box.left < 0 || box.right > innerWidth + 1 || box.top < 0 || box.bottom > innerHeight + 1)
        );
      });
      const names = outside.map((element) => element.textContent || element.tagName);
      return document.documentElement.scrollWidth > innerWidth ? [...names, 'the page is wider'] : names;
    });
  }

  /** Waits until nothing moves: a dialog that is still fading in is neither what one sees nor what axe judges. */
  async settle(): Promise<void> {
    await this.page.evaluate(async () => {
      // What was just changed begins to move with the next frame.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const moving = document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
      await Promise.allSettled(moving.map((each) => each.finished));
    });
  }

  /** What axe finds wrong. Fluent's own focus markers are empty and never stay focused: not ours to judge. */
  async findViolations(rules?: readonly string[]): Promise<string[]> {
    await this.page.evaluate(axeSource);
    let found = await this.#runAxe(rules);
    // Colours that are on their way are no colours: what is wrong stays wrong when the screen stands still.
    for (let tries = 0; found.length > 0 && tries < 3; tries++) {
      await this.page.evaluate(() =>
        Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
      );
      found = await this.#runAxe(rules);
    }
    return found;
  }

  #runAxe(rules: readonly string[] | undefined): Promise<string[]> {
    return this.page.evaluate(async (runOnly) => {
      const { axe } = globalThis as unknown as AxeWindow;
      // A tooltip or menu belongs to the control that it came from, wherever in the page it is drawn.
      const elsewhere =
        'body *:not([role="tooltip"], [role="tooltip"] *, :has(> [role="menu"]), [role="menu"], [role="menu"] *)';
      axe.configure({ rules: [{ id: 'region', selector: elsewhere }] });
      const { violations } = await axe.run(
        { exclude: [['[data-tabster-dummy]']] },
        runOnly === undefined ? {} : { runOnly },
      );
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    }, rules);
  }
}

/** Signs a new browser page in to the console of a service that was started with `hasConsole`. */
export async function openConsole(
  browser: Browser,
  service: RunningService,
  viewport = { width: 1280, height: 800 },
  deviceScaleFactor = 1,
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport, deviceScaleFactor });
  const console = new ConsolePage(await context.newPage());
  await console.page.goto(await service.createSignInAddress());
  await console.page.getByRole('tree').waitFor();
  return console;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Fills the sign-in form that the page shows, and sends it. */
export async function fillSignIn(page: Page, { name, password }: Credentials): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign In' }).click();
}

/** Signs a new browser page in as an operator. */
export async function openConsoleAs(
  browser: Browser,
  service: RunningService,
  credentials: Credentials,
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const console = new ConsolePage(await context.newPage());
  await console.page.goto(new URL('/sign-in', await service.createSignInAddress()).href);
  await fillSignIn(console.page, credentials);
  await console.page.getByRole('tree').waitFor();
  return console;
}
