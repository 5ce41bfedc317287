/**
 * The keyboard alone: Tab, arrows, Enter, Space, letters and the console's shortcuts. It never points: a control
 * that cannot be reached in a fair number of keys fails the test, and so does a focus that is nowhere once a dialog
 * or a menu has gone.
 */
import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../service';
import { describeFocus, findWay, isInField, isLost, type WayToFocus } from './focus';
import { beginsWith, type Hand } from './hand';

/** Nobody presses Tab more often than this to get to a control. */
const mostKeys = 40;

/** What a way stands for; from nowhere Tab begins at the start of the page. */
const keyOf: Record<Exclude<WayToFocus, 'there' | 'outside'>, string> = {
  right: 'ArrowRight',
  left: 'ArrowLeft',
  forward: 'Tab',
  backward: 'Shift+Tab',
  nowhere: 'Tab',
};

export class KeyboardHand implements Hand {
  readonly kind = 'keyboard';
  private readonly page: Page;
  /** Before the first key the focus may be anywhere. */
  private hasBegun = false;

  constructor(page: Page) {
    this.page = page;
  }

  async press(control: Locator): Promise<void> {
    await this.reach(control);
    await this.key('Enter');
  }

  async tick(box: Locator, isTicked = true): Promise<void> {
    if ((await box.isChecked()) === isTicked) return;
    await this.reach(box);
    // Arrows choose a radio button as they go; Space does where it was the first.
    if ((await box.isChecked()) !== isTicked) await this.key('Space');
    if ((await box.isChecked()) !== isTicked) throw new Error(`Space did not change ${box}`);
  }

  async fill(field: Locator, text: string): Promise<void> {
    await this.reach(field);
    await this.key('ControlOrMeta+A');
    if (text === '') await this.key('Delete');
    else await this.page.keyboard.type(text);
  }

  async choose(list: Locator, entry: string): Promise<void> {
    await this.reach(list);
    await this.page.keyboard.type(entry);
    const chosen = await list.evaluate((each) => (each as HTMLSelectElement).selectedOptions[0]?.text);
    if (chosen !== entry) throw new Error(`typing "${entry}" chose "${chosen}"`);
  }

  /** Arrows select as they go, and the focus stays on the tab. */
  async openTab(tab: Locator): Promise<void> {
    await this.reach(tab);
    await tab.and(this.page.locator('[aria-selected=true]:focus')).waitFor();
  }

  async select(row: Locator): Promise<void> {
    const role = await row.getAttribute('role');
    if (role === 'treeitem') await this.selectNode(row);
    else await this.selectRow(row);
  }

  async fold(node: Locator): Promise<void> {
    await this.select(node);
    await this.key('ArrowLeft');
  }

  async open(row: Locator): Promise<void> {
    await this.select(row);
    await this.key('Enter');
  }

  async fromContextMenu(row: Locator, ...path: string[]): Promise<void> {
    await this.select(row);
    await this.key('Shift+F10');
    await this.follow(path);
  }

  async fromMenuBar(menu: string, ...path: string[]): Promise<void> {
    await this.key('F10');
    await this.reach(this.page.getByRole('menuitem', { name: menu, exact: true }));
    await this.key('Enter');
    await this.follow(path);
  }

  async fromMenuButton(button: Locator, entry: string): Promise<void> {
    await this.reach(button);
    await this.key('Enter');
    await this.follow([entry]);
  }

  async rename(row: Locator): Promise<void> {
    await this.select(row);
    await this.key('F2');
  }

  async confirmTyping(): Promise<void> {
    await this.key('Enter');
  }

  /** Enter in a field is the default button; elsewhere the button itself is gone to. */
  async accept(dialog: Locator, button: string, { stays = false } = {}): Promise<void> {
    const control = dialog.getByRole('button', { name: button, exact: true }).last();
    if (!(await this.page.evaluate(isInField))) await this.reach(control);
    await this.key('Enter');
    if (!stays) await this.hasGone(dialog);
  }

  async leave(dialog: Locator): Promise<void> {
    await this.key('Escape');
    await this.hasGone(dialog);
  }

  /** Goes to a control by Tab or arrows, the shorter way round. */
  async reach(control: Locator): Promise<void> {
    await control.waitFor();
    if (this.hasBegun) await this.expectFocus();
    this.hasBegun = true;
    for (let count = 0; count < mostKeys; count++) {
      const way = await control.evaluate(findWay);
      if (way === 'there') return;
      if (way === 'outside') throw new Error(`${control} is out of reach from ${await this.where()}`);
      await this.page.keyboard.press(keyOf[way]);
    }
    throw new Error(`${mostKeys} keys did not lead to ${control}; the focus is on ${await this.where()}`);
  }

  private async key(name: string): Promise<void> {
    await this.expectFocus();
    await this.page.keyboard.press(name);
  }

  /** Tree: one row is in the tab order, arrows go on from it, and the selection goes with them. */
  private async selectNode(node: Locator): Promise<void> {
    await node.waitFor();
    await this.reach(this.page.getByRole('tree').locator('[tabindex="0"]'));
    for (let count = 0; count < mostKeys; count++) {
      const way = await node.evaluate(findWay);
      if (way === 'there') return;
      await this.page.keyboard.press(way === 'forward' ? 'ArrowDown' : 'ArrowUp');
    }
    throw new Error(`${mostKeys} arrows did not lead to ${node}`);
  }

  /** List: it has the focus as a whole, and points to its active row. */
  private async selectRow(row: Locator): Promise<void> {
    await row.waitFor();
    await this.reach(row.locator('xpath=ancestor::*[@role="grid"]'));
    const isSelected = async (): Promise<boolean> => (await row.getAttribute('aria-selected')) === 'true';
    if (!(await isSelected())) await this.page.keyboard.press('Home');
    for (let count = 0; count < mostKeys && !(await isSelected()); count++)
      await this.page.keyboard.press('ArrowDown');
    if (!(await isSelected())) throw new Error(`${mostKeys} arrows did not lead to ${row}`);
  }

  /** The menu that opened last has the focus: arrows lead to the entry, Enter or an arrow goes on. */
  private async follow(path: readonly string[]): Promise<void> {
    for (const words of path) {
      const menu = this.page.getByRole('menu').last();
      const entry = menu.getByRole('menuitem', { name: beginsWith(words) });
      await entry.waitFor();
      await waitFor('the focus in the menu', () =>
        menu.evaluate((each) => each.contains(document.activeElement)),
      );
      for (let count = 0; (await entry.evaluate(findWay)) !== 'there'; count++) {
        if (count === mostKeys) throw new Error(`${mostKeys} arrows did not lead to ${entry}`);
        await this.page.keyboard.press('ArrowDown');
      }
      await this.page.keyboard.press('Enter');
    }
  }

  private async hasGone(dialog: Locator): Promise<void> {
    await dialog.waitFor({ state: 'detached' });
    await this.expectFocus();
  }

  /** It comes back within a moment when something closes; else whoever has no mouse is lost. */
  private async expectFocus(): Promise<void> {
    await waitFor('the focus to be somewhere', async () => !(await this.page.evaluate(isLost)), 2_000);
  }

  private where(): Promise<string> {
    return this.page.evaluate(describeFocus);
  }
}
