/** What the parts of a scenario share: the console, the hand that works it, who looks on, and the plan. */
import type { Locator } from 'playwright-core';
import type { ConsolePage } from '../console-page';
import type { Hand } from './hand';
import type { Witness } from './witness';

/** The relay that is set up. */
export interface RelayPlan {
  readonly name: string;
  readonly port: number;
  /** Of the second identity. */
  readonly secondPort: number;
  readonly home: string;
  readonly domain: string;
  /** Where all other mail goes. */
  readonly smartHost: { readonly port: number; readonly user: string; readonly password: string };
  /** Log-in of a device at this relay. */
  readonly account: { readonly name: string; readonly password: string };
  readonly alias: string;
  /** Its name after it was renamed. */
  readonly renamedAlias: string;
  readonly remoteDomain: string;
  /** Somebody elsewhere. */
  readonly recipient: string;
}

export interface Scene {
  readonly console: ConsolePage;
  readonly hand: Hand;
  readonly witness: Witness;
  readonly plan: RelayPlan;
}

export const buttonIn = (root: Locator, name: string): Locator =>
  root.getByRole('button', { name, exact: true });

/** Tabs and openers carry a mark when something behind them was changed. */
const markedButtonIn = (root: Locator, name: string): Locator =>
  root.getByRole('button', { name: new RegExp(`^${name}`) });

export const fieldIn = (root: Locator, name: string): Locator =>
  root.getByRole('textbox', { name, exact: true });

/** A password field has no role; the star of a field that must be filled stands in its label. */
export const passwordIn = (root: Locator, label: string): Locator =>
  root.getByLabel(new RegExp(`^${label}\\*?$`));

/** Opens what a button of a dialog opens, and waits for it. */
export async function openFrom(
  { console, hand, witness }: Scene,
  dialog: Locator,
  button: string,
  title: string,
): Promise<Locator> {
  await hand.press(markedButtonIn(dialog, button).first());
  const opened = console.dialog(title);
  await opened.waitFor();
  await witness.look(title);
  return opened;
}

/** Goes to a page of a sheet, and looks at it. */
export async function goToTab({ hand, witness }: Scene, sheet: Locator, name: string): Promise<void> {
  const tab = sheet.getByRole('tab', { name: new RegExp(`^${name}`) });
  await hand.openTab(tab);
  await tab.and(sheet.page().locator('[aria-selected=true]')).waitFor();
  await witness.look(`${(await sheet.getByRole('heading').first().textContent()) ?? ''} ${name}`);
}
