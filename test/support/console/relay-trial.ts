/** The relay tried out: a test message, Explain for the same, and the states. */
import type { Locator } from 'playwright-core';
import { buttonIn, fieldIn, type Scene } from './scene';

const serverNode = ({ console, plan }: Scene): Locator => console.node(new RegExp(`^${plan.name}`));

/** Ends with the outcome as the console tells it. */
export async function sendTestMessage(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await hand.fromContextMenu(serverNode(scene), 'Send Test Message');
  const dialog = console.dialog(`Test message: ${plan.name}`);
  await hand.fill(fieldIn(dialog, 'To'), plan.recipient);
  await hand.fill(fieldIn(dialog, 'Subject'), 'Set up');
  await witness.look('Test message');
  await hand.accept(dialog, 'Send', { stays: true });
  await dialog.getByText('The message was delivered').waitFor();
  await dialog
    .getByRole('list', { name: 'Dialogue with the next hop' })
    .getByText('STARTTLS', { exact: true })
    .waitFor();
  await dialog.getByText(/^Handed to .*250/).waitFor();
  await witness.look('Test message, delivered');
  await hand.press(buttonIn(dialog, 'Explain'));
  const explain = console.dialog(`Explain: ${plan.name}`);
  await explain.waitFor();
  await witness.look('Explain');
  await hand.accept(explain, 'Explain', { stays: true });
  await explain.getByRole('list', { name: 'Decisions' }).waitFor();
  await witness.look('Explain, answered');
  await hand.leave(explain);
}

/** Each state by another way: toolbar, context menu, menu bar, toolbar. */
export async function goThroughStates(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  const isIn = (state: string): Promise<void> =>
    console.node(new RegExp(`^${plan.name}.*${state}`)).waitFor();
  await hand.select(serverNode(scene));
  await hand.press(console.button('Stop'));
  await isIn('Stopped');
  await witness.look('Server, stopped');
  await hand.fromContextMenu(serverNode(scene), 'Start');
  await isIn('Running');
  await hand.fromMenuBar('Action', 'Pause');
  await isIn('Paused');
  await witness.look('Server, paused');
  await hand.press(console.button('Resume'));
  await isIn('Running');
  await witness.look('Server, running');
}
