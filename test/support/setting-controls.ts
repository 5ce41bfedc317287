/**
 * The controls of settings as a person finds and uses them, for the test that changes every setting there is. A
 * control names its setting by `data-setting`, a button that opens a dialog names those inside by `data-opens`; how
 * a control is changed follows from what it is made of.
 */
import type { Locator, Page } from 'playwright-core';

/** Changes the control inside `wrapper` and gives the value that is expected then. */
export type ChangeControl = (wrapper: Locator, before: unknown, table: ControlTable) => Promise<unknown>;

export interface ControlTable {
  /** Text for fields of text, by setting. */
  readonly texts: Readonly<Record<string, string>>;
  /** Choice for radio buttons and lists where not any other one will do. */
  readonly choices: Readonly<Record<string, string>>;
  /** Controls of several parts. */
  readonly special: Readonly<Record<string, ChangeControl>>;
  /** Settings, and dialogs by their `data-opens`, that others of the page depend on; the rest comes after them. */
  readonly first: readonly string[];
}

export interface Changed {
  /** Value in force that each changed setting should have. */
  readonly expected: Readonly<Record<string, unknown>>;
}

const minutesOf: Readonly<Record<string, number>> = { Minutes: 1, Hours: 60, Days: 1440 };

/** Changes a setting by what its control is made of. Throws when it does not know such a control. */
async function changeControl(
  name: string,
  wrapper: Locator,
  before: unknown,
  table: ControlTable,
): Promise<unknown> {
  const special = table.special[name];
  if (special) return special(wrapper, before, table);
  const [radios, checks, selects, areas, texts] = [
    wrapper.locator('input[type=radio]'),
    wrapper.locator('input[type=checkbox]'),
    wrapper.locator('select'),
    wrapper.locator('textarea'),
    wrapper.locator('input:not([type=radio]):not([type=checkbox])'),
  ];
  if ((await radios.count()) > 0) {
    const wanted = table.choices[name];
    const radio = wrapper.locator(
      wanted === undefined ? 'input[type=radio]:not(:checked)' : `input[value="${wanted}"]`,
    );
    const value = await radio.first().getAttribute('value');
    await radio.first().check();
    return value;
  }
  if ((await texts.count()) > 0) {
    const field = texts.first();
    if ((await checks.count()) > 0 && !(await checks.first().isChecked())) await checks.first().check();
    if (typeof before === 'number' || before === null) {
      const next = Number(await field.inputValue()) + 1;
      await field.fill(String(next));
      const unit = (await selects.count()) > 0 ? await selects.first().inputValue() : 'Minutes';
      return next * (minutesOf[unit] ?? Number.NaN);
    }
    const text = table.texts[name];
    if (text === undefined) throw new Error(`no sample text for the setting ${name}`);
    await field.fill(text);
    return text;
  }
  if ((await checks.count()) === 1) {
    await checks.first().setChecked(before !== true);
    return before !== true;
  }
  if ((await selects.count()) > 0) {
    const values = await selects
      .locator('option')
      .evaluateAll((all) => all.map((each) => each.getAttribute('value')));
    const value = table.choices[name] ?? values.find((each) => each !== before) ?? '';
    await selects.first().selectOption(value);
    return value;
  }
  if ((await areas.count()) > 0) {
    const text = table.texts[name];
    if (text === undefined) throw new Error(`no sample text for the setting ${name}`);
    await areas.first().fill(text);
    return text.split('\n');
  }
  throw new Error(`the control of ${name} has no part that could be changed`);
}

/** Names of `first` in their order, then the rest as it comes. */
function inOrder(names: readonly string[], { first }: ControlTable): string[] {
  const place = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return names.toSorted((one, other) => place(one) - place(other));
}

async function namesOf(root: Locator, attribute: string): Promise<string[]> {
  // For a moment after a dialog above it has gone it is hidden still.
  await root.waitFor();
  return root
    .locator(`[${attribute}]`)
    .evaluateAll((found, name) => found.map((each) => each.getAttribute(name) ?? ''), attribute);
}

/** Selects one tab after the other; once for a dialog without tabs. */
async function* tabsOf(dialog: Locator): AsyncGenerator<void> {
  const tabs = await dialog.getByRole('tab').all();
  for (const tab of tabs) {
    await tab.click();
    yield;
  }
  if (tabs.length === 0) yield;
}

export interface WalkOptions {
  readonly page: Page;
  /** The sheet that is open. */
  readonly sheet: Locator;
  /** Settings in force before. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly table: ControlTable;
  /** Openers of dialogs that are no part of the sheet: what is done after a click on them, by setting. */
  readonly foreignDialogs?: Readonly<Record<string, (dialog: Locator) => Promise<unknown>>>;
}

/** Walks all tabs, and all dialogs behind their buttons, and changes every setting that has a control there. */
export async function changeEverySetting(options: WalkOptions): Promise<Changed> {
  const expected: Record<string, unknown> = {};
  const { sheet } = options;
  for await (const _ of tabsOf(sheet)) {
    // Dialogs first: what stands on the tab itself may shut out what is in them.
    const openers = inOrder(await namesOf(sheet, 'data-opens'), options.table);
    for (const names of openers) await changeDialog(names, options, expected);
    await changePage(sheet, options, expected);
  }
  return { expected };
}

async function changeDialog(
  names: string,
  options: WalkOptions,
  expected: Record<string, unknown>,
): Promise<void> {
  const { page, sheet, foreignDialogs } = options;
  await sheet.locator(`[data-opens="${names}"]`).click();
  const dialog = page.getByRole('dialog').last();
  const foreign = foreignDialogs?.[names];
  if (foreign) {
    expected[names] = await foreign(dialog);
    return;
  }
  const title = await dialog.getByRole('heading').first().textContent();
  const own = page.getByRole('dialog', { name: title ?? '', exact: true });
  const before = Object.keys(expected).length;
  for await (const _ of tabsOf(own)) await changePage(own, options, expected);
  const promised = names.split(',');
  const missing = promised.filter((name) => !(name in expected));
  if (missing.length > 0 || Object.keys(expected).length !== before + promised.length)
    throw new Error(`the dialog "${title}" does not hold what its button names: ${missing.join(', ')}`);
  await own.getByRole('button', { name: 'OK', exact: true }).click();
  await own.waitFor({ state: 'detached' });
}

async function changePage(
  root: Locator,
  { before, table }: WalkOptions,
  expected: Record<string, unknown>,
): Promise<void> {
  const names = await namesOf(root, 'data-setting');
  for (const name of inOrder(names, table)) {
    if (name in expected) throw new Error(`${name} has two controls`);
    const wrapper = root.locator(`[data-setting="${name}"]`);
    expected[name] = await changeControl(name, wrapper, before[name], table).catch((error: unknown) => {
      throw new Error(`the setting ${name} could not be changed`, { cause: error });
    });
  }
}
