/** New SMTP Virtual Server, page by page, and the first of what comes next. */
import type { Locator } from 'playwright-core';
import { buttonIn, fieldIn, type Scene } from './scene';

/** Leads to the dialog of next steps, which is left open. */
export async function createServer({ console, hand, witness, plan }: Scene): Promise<Locator> {
  await hand.fromMenuButton(console.button('New'), 'SMTP Virtual Server');
  const wizard = console.dialog('New SMTP Virtual Server');
  const field = (name: string): Locator => fieldIn(wizard, name);
  const next = async (page: string): Promise<void> => {
    await witness.look(`New SMTP Virtual Server ${page}`);
    await hand.accept(wizard, 'Next', { stays: true });
  };
  await hand.fill(field('Name'), plan.name);
  await next('1 Name');
  await hand.fill(wizard.getByRole('combobox', { name: 'IP address' }), '127.0.0.1');
  await hand.fill(field('TCP port'), String(plan.port));
  await next('2 Address');
  await hand.fill(field('Home directory'), plan.home);
  await next('3 Home directory');
  await hand.fill(field('Domain'), plan.domain);
  await next('4 Default domain');
  await wizard.getByText(`127.0.0.1:${plan.port}`).waitFor();
  await wizard.getByText(plan.home).waitFor();
  await witness.look('New SMTP Virtual Server 5 Finish');
  await hand.accept(wizard, 'Finish');
  const steps = console.dialog(`${plan.name}: next steps`);
  await steps.waitFor();
  await witness.look('Next steps');
  return steps;
}

export async function allowThisComputer({ hand, witness }: Scene, steps: Locator): Promise<void> {
  await hand.press(buttonIn(steps, 'Allow'));
  await steps.getByText('Allowed').waitFor();
  await witness.look('Next steps, allowed');
}

/** New SMTP Domain: an alias of the default domain. */
export async function createAlias({ console, hand, witness, plan }: Scene): Promise<void> {
  await hand.fromMenuButton(console.button('New'), 'Domain');
  const wizard = console.dialog('New SMTP Domain');
  await hand.tick(wizard.getByRole('radio', { name: /^Alias/ }));
  await witness.look('New SMTP Domain 1 Type');
  await hand.accept(wizard, 'Next', { stays: true });
  await hand.fill(fieldIn(wizard, 'Name'), plan.alias);
  await witness.look('New SMTP Domain 2 Name');
  await hand.accept(wizard, 'Next', { stays: true });
  await wizard.getByText('Local (Alias)').waitFor();
  await witness.look('New SMTP Domain 3 Finish, alias');
  await hand.accept(wizard, 'Finish');
  await console.row(new RegExp(`^${plan.alias}`)).waitFor();
}

/** New SMTP Domain: a remote one with a way of its own. */
export async function createRemoteDomain({ console, hand, witness, plan }: Scene): Promise<void> {
  await hand.fromMenuButton(console.button('New'), 'Domain');
  const wizard = console.dialog('New SMTP Domain');
  await hand.tick(wizard.getByRole('radio', { name: /^Remote/ }));
  await hand.accept(wizard, 'Next', { stays: true });
  await hand.fill(fieldIn(wizard, 'Name'), plan.remoteDomain);
  await hand.accept(wizard, 'Next', { stays: true });
  await hand.tick(wizard.getByRole('checkbox', { name: /^Allow incoming mail/ }));
  await hand.tick(wizard.getByRole('radio', { name: 'Forward all mail to smart host' }));
  await hand.fill(fieldIn(wizard, 'Smart host'), '[127.0.0.2]');
  await witness.look('New SMTP Domain 3 Finish, remote');
  await hand.accept(wizard, 'Finish');
  await console.row(new RegExp(`^${plan.remoteDomain}`)).waitFor();
}
