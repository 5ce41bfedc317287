/** Domains of the new virtual server: sheet, rename in place, Set as Default, Delete. */
import type { Locator } from 'playwright-core';
import { openFrom, type Scene } from './scene';

const rowOf = ({ console }: Scene, name: string): Locator =>
  console.page.getByRole('grid', { name: 'Domains' }).getByRole('row', { name: new RegExp(`^${name}`) });

/** Looks through the sheet of the remote domain, and makes its log-in its own. */
export async function changeRemoteDomain(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await hand.open(rowOf(scene, plan.remoteDomain));
  const sheet = console.dialog(`${plan.remoteDomain}: Properties`);
  await sheet.waitFor();
  await witness.look('Remote domain Properties');
  await hand.tick(sheet.getByRole('checkbox', { name: /HELO/ }));
  const security = await openFrom(scene, sheet, 'Outbound Security…', 'Outbound Security');
  await hand.leave(security);
  await hand.press(sheet.getByRole('button', { name: 'Apply' }));
  await sheet.getByText('1 change').waitFor({ state: 'detached' });
  await hand.press(sheet.getByRole('button', { name: 'OK', exact: true }));
  await sheet.waitFor({ state: 'detached' });
}

export async function renameAlias(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await hand.rename(rowOf(scene, plan.alias));
  await hand.fill(console.page.getByRole('textbox', { name: 'New name' }), plan.renamedAlias);
  await witness.look('Domains, renaming');
  await hand.confirmTyping();
  await rowOf(scene, plan.renamedAlias).waitFor();
  await console.page.getByRole('textbox', { name: 'New name' }).waitFor({ state: 'detached' });
}

/** Makes the alias the default domain, and the former one again. */
export async function swapDefault(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await hand.select(rowOf(scene, plan.renamedAlias));
  await hand.press(console.button('Set as Default'));
  await rowOf(scene, `${plan.renamedAlias}.*Local \\(Default\\)`).waitFor();
  await witness.look('Domains, another default');
  await hand.fromContextMenu(rowOf(scene, plan.domain), 'Set as Default');
  await rowOf(scene, `${plan.domain}.*Local \\(Default\\)`).waitFor();
}

export async function lookAtLocalDomains(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  for (const name of [plan.domain, plan.renamedAlias]) {
    await hand.open(rowOf(scene, name));
    const sheet = console.dialog(`${name}: Properties`);
    await sheet.waitFor();
    await witness.look(name === plan.domain ? 'Default domain Properties' : 'Alias Properties');
    await hand.press(sheet.getByRole('button', { name: 'OK', exact: true }));
    await sheet.waitFor({ state: 'detached' });
  }
}

export async function deleteAlias(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await hand.fromContextMenu(rowOf(scene, plan.renamedAlias), 'Delete');
  const question = console.page.getByRole('alertdialog', { name: new RegExp(plan.renamedAlias) });
  await question.waitFor();
  await witness.look('Delete the alias');
  await hand.press(question.getByRole('button', { name: 'Delete', exact: true }));
  await rowOf(scene, plan.renamedAlias).waitFor({ state: 'detached' });
}
