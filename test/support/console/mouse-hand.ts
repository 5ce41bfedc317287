/**
 * The mouse alone: real clicks in the middle of what is seen, and keys only to type into a field that was clicked.
 *
 * One thing a script cannot do with a pointer: the entries of a `<select>` are drawn by the system, outside the
 * page. There the entry is set as the system would.
 */
import type { Locator, Page } from 'playwright-core';
import { beginsWith, type Hand } from './hand';

export class MouseHand implements Hand {
  readonly kind = 'mouse';
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(control: Locator): Promise<void> {
    await control.click();
  }

  async tick(box: Locator, isTicked = true): Promise<void> {
    if ((await box.isChecked()) === isTicked) return;
    await box.click();
    if ((await box.isChecked()) !== isTicked) throw new Error(`a click did not change ${box}`);
  }

  async fill(field: Locator, text: string): Promise<void> {
    await field.click({ clickCount: 3 });
    if (text === '') await this.page.keyboard.press('Delete');
    else await this.page.keyboard.type(text);
  }

  async choose(list: Locator, entry: string): Promise<void> {
    await list.selectOption({ label: entry });
  }

  async openTab(tab: Locator): Promise<void> {
    await tab.click();
  }

  async select(row: Locator): Promise<void> {
    await row.click();
  }

  async fold(node: Locator): Promise<void> {
    await node.dblclick();
  }

  async open(row: Locator): Promise<void> {
    await row.dblclick();
  }

  async fromContextMenu(row: Locator, ...path: string[]): Promise<void> {
    await row.click({ button: 'right' });
    await this.follow(path);
  }

  async fromMenuBar(menu: string, ...path: string[]): Promise<void> {
    await this.page.getByRole('menuitem', { name: menu, exact: true }).click();
    await this.follow(path);
  }

  async fromMenuButton(button: Locator, entry: string): Promise<void> {
    await button.click();
    await this.follow([entry]);
  }

  async rename(row: Locator): Promise<void> {
    await this.fromContextMenu(row, 'Rename');
  }

  /** A click beside the field takes what was typed; here on the page's own title. */
  async confirmTyping(): Promise<void> {
    await this.page.getByRole('heading', { level: 1 }).click();
  }

  async accept(dialog: Locator, button: string, { stays = false } = {}): Promise<void> {
    await dialog.getByRole('button', { name: button, exact: true }).last().click();
    if (!stays) await dialog.waitFor({ state: 'detached' });
  }

  async leave(dialog: Locator): Promise<void> {
    await dialog
      .getByRole('button', { name: /^(Cancel|Close)$/ })
      .last()
      .click();
    await dialog.waitFor({ state: 'detached' });
  }

  private async follow(path: readonly string[]): Promise<void> {
    for (const words of path) {
      await this.page
        .getByRole('menu')
        .last()
        .getByRole('menuitem', { name: beginsWith(words) })
        .click();
    }
  }
}
