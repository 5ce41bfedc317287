/**
 * A whole relay set up through the console: from the New SMTP Virtual Server wizard to a test message that arrives
 * at a smart host with log-in. Written once; the hand and the host are the caller's.
 */
import {
  changeRemoteDomain,
  deleteAlias,
  lookAtLocalDomains,
  renameAlias,
  swapDefault,
} from './relay-domains';
import { setAccess, setIdentityAndLog, setLimits, setWayOut } from './relay-sheet';
import { goThroughStates, sendTestMessage } from './relay-trial';
import { allowThisComputer, createAlias, createRemoteDomain, createServer } from './relay-wizard';
import { buttonIn, type Scene } from './scene';

/** The window shows the console, with one virtual server that the scenario leaves alone. */
export async function setUpRelay(scene: Scene): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await console.page.getByRole('treeitem').nth(1).waitFor();
  await witness.look('The console');
  const steps = await createServer(scene);
  await allowThisComputer(scene, steps);

  await hand.press(buttonIn(steps, 'Set a smart host…'));
  const sheet = console.dialog(`${plan.name}: Properties`);
  await setWayOut(scene, sheet);
  await hand.press(buttonIn(sheet, 'Apply'));
  await sheet.getByText(/\d+ changes?/).waitFor({ state: 'detached' });
  await setAccess(scene, sheet);
  await setIdentityAndLog(scene, sheet);
  await setLimits(scene, sheet);
  await hand.press(buttonIn(sheet, 'OK'));
  await sheet.waitFor({ state: 'detached' });
  await steps.waitFor();
  await hand.accept(steps, 'Close');
  await witness.look('Server, set up');

  // So that each folder's name stands once in the tree.
  await hand.fold(console.page.getByRole('treeitem').nth(1));
  await hand.select(console.node(new RegExp(`^${plan.name}`)));
  await createAlias(scene);
  await createRemoteDomain(scene);
  await witness.look('Domains');
  await changeRemoteDomain(scene);
  await renameAlias(scene);
  await swapDefault(scene);
  await lookAtLocalDomains(scene);
  await sendTestMessage(scene);
  await goThroughStates(scene);
  await hand.select(console.node(/^Domains/));
  await deleteAlias(scene);
}
