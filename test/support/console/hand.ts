/**
 * What a person does with a control, whatever the hand: a scenario is written once for a `Hand` and then goes by
 * mouse alone (mouse-hand.ts) and by keyboard alone (keyboard-hand.ts).
 */
import type { Locator } from 'playwright-core';

export interface Hand {
  readonly kind: 'mouse' | 'keyboard';
  /** A button, a link: what one click or Enter does. */
  press(control: Locator): Promise<void>;
  /** Makes a check box or a radio button as wanted. */
  tick(box: Locator, isTicked?: boolean): Promise<void>;
  /** Replaces what stands in a field. */
  fill(field: Locator, text: string): Promise<void>;
  /** Chooses from a drop-down list by the words of the entry. */
  choose(list: Locator, entry: string): Promise<void>;
  /** Goes to a page of a sheet. */
  openTab(tab: Locator): Promise<void>;
  /** A row of the tree or of a list. */
  select(row: Locator): Promise<void>;
  /** Folds a node of the tree. */
  fold(node: Locator): Promise<void>;
  /** Opens the selected or named row. */
  open(row: Locator): Promise<void>;
  /** An entry of the context menu of a row; the row is selected by it. */
  fromContextMenu(row: Locator, ...path: string[]): Promise<void>;
  /** An entry of the menu bar. */
  fromMenuBar(menu: string, ...path: string[]): Promise<void>;
  /** An entry of a menu that a button opens. */
  fromMenuButton(button: Locator, entry: string): Promise<void>;
  /** Begins to rename a row in place. */
  rename(row: Locator): Promise<void>;
  /** Ends typing into a field that has no button. */
  confirmTyping(): Promise<void>;
  /** The default button of a dialog, whose name is given; waits until the dialog is gone or, with `stays`, not. */
  accept(dialog: Locator, button: string, options?: { readonly stays?: boolean }): Promise<void>;
  /** Leaves a dialog in which nothing was entered. */
  leave(dialog: Locator): Promise<void>;
}

/** Name of a menu entry or the like, to its start: entries may end in "…" or in a shortcut. */
export const beginsWith = (words: string): RegExp =>
  new RegExp(`^${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
