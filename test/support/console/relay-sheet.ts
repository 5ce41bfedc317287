/** Properties of the virtual server: every tab and the dialogs behind its buttons, as one sets up a relay. */
import type { Locator } from 'playwright-core';
import { buttonIn, fieldIn, goToTab, openFrom, passwordIn, type Scene } from './scene';

/** Delivery: the smart host, in the dialog that the next step has opened, then its port and the log-in there. */
export async function setWayOut(scene: Scene, sheet: Locator): Promise<void> {
  const { console, hand, witness, plan } = scene;
  const advanced = console.dialog('Advanced Delivery');
  await advanced.waitFor();
  await witness.look('Advanced Delivery');
  await hand.fill(fieldIn(advanced, 'Smart host'), '[127.0.0.1]');
  await hand.accept(advanced, 'OK');
  const connections = await openFrom(scene, sheet, 'Outbound connections…', 'Outbound Connections');
  await hand.fill(fieldIn(connections, 'TCP port'), String(plan.smartHost.port));
  await hand.accept(connections, 'OK');
  const security = await openFrom(scene, sheet, 'Outbound Security…', 'Outbound Security');
  await hand.tick(security.getByRole('radio', { name: 'Basic authentication' }));
  await hand.fill(fieldIn(security, 'User name'), plan.smartHost.user);
  await hand.fill(passwordIn(security, 'Password'), plan.smartHost.password);
  await witness.look('Outbound Security, basic');
  await goToTab(scene, security, 'Encryption');
  await hand.tick(security.getByRole('radio', { name: 'TLS encryption required' }));
  await hand.accept(security, 'OK');
  await sheet
    .getByText(`to the smart host [127.0.0.1] (logged in as "${plan.smartHost.user}") on port`)
    .waitFor();
  await witness.look('Delivery, changed');
}

/** Access: certificate, log-in with an account, who may connect, who may relay. */
export async function setAccess(scene: Scene, sheet: Locator): Promise<void> {
  await goToTab(scene, sheet, 'Access');
  await makeCertificate(scene, sheet);
  await allowLogIn(scene, sheet);
  const communication = await openFrom(scene, sheet, 'Communication…', 'Communication');
  await scene.hand.leave(communication);
  await denySubnet(scene, sheet);
  await allowRelay(scene, sheet);
  await scene.witness.look('Access, changed');
}

async function makeCertificate(scene: Scene, sheet: Locator): Promise<void> {
  const { console, hand, witness, plan } = scene;
  const certificates = await openFrom(scene, sheet, 'Certificate…', `Certificate: ${plan.name}`);
  const create = await openFrom(scene, certificates, 'Create Self-Signed…', 'Create Self-Signed Certificate');
  await hand.fill(fieldIn(create, 'Friendly name'), 'Relay');
  await hand.fill(fieldIn(create, 'Valid for (days)'), '400');
  await hand.accept(create, 'Create');
  await console.row(/Relay/).waitFor();
  await witness.look('Certificate, one made');
  await hand.press(buttonIn(certificates, 'Use this certificate'));
  await certificates.waitFor({ state: 'detached' });
}

async function allowLogIn(scene: Scene, sheet: Locator): Promise<void> {
  const { console, hand, witness, plan } = scene;
  const authentication = await openFrom(scene, sheet, 'Authentication…', 'Authentication');
  await hand.tick(authentication.getByRole('checkbox', { name: /^Basic authentication/ }));
  await hand.tick(authentication.getByRole('checkbox', { name: /TLS/ }));
  await witness.look('Authentication, basic');
  await hand.press(buttonIn(authentication, 'OK'));
  await authentication.waitFor({ state: 'detached' });
  const accounts = await openFrom(scene, sheet, 'Accounts…', 'Accounts');
  const account = await openFrom(scene, accounts, 'Add…', 'New account');
  await hand.fill(fieldIn(account, 'Name'), plan.account.name);
  await hand.fill(passwordIn(account, 'Password'), plan.account.password);
  await hand.fill(passwordIn(account, 'Password again'), plan.account.password);
  await witness.look('New account, filled');
  await hand.accept(account, 'OK');
  await console.row(new RegExp(`^${plan.account.name}`)).waitFor();
  await witness.look('Accounts, one made');
  await hand.leave(accounts);
}

async function denySubnet(scene: Scene, sheet: Locator): Promise<void> {
  const { hand, witness } = scene;
  const connection = await openFrom(scene, sheet, 'Connection…', 'Connection');
  await hand.tick(connection.getByRole('radio', { name: 'All except the list below' }));
  await addSubnet(scene, connection, ['10.66.0.0', '255.255.0.0']);
  await connection.getByRole('row', { name: /10\.66\.0\.0\/16/ }).waitFor();
  await witness.look('Connection, one denied');
  await hand.accept(connection, 'OK');
}

async function allowRelay(scene: Scene, sheet: Locator): Promise<void> {
  const { hand, witness } = scene;
  const relay = await openFrom(scene, sheet, 'Relay…', 'Relay restrictions');
  await addSubnet(scene, relay, ['10.0.4.0', '255.255.255.0']);
  const paste = await openFrom(scene, relay, 'Paste…', 'Paste entries');
  await hand.fill(fieldIn(paste, 'Entries, one a line'), '10.0.9.1\n10.0.10.0 255.255.255.0');
  await paste.getByText('2 entries to add.').waitFor();
  await witness.look('Paste entries, filled');
  await hand.press(buttonIn(paste, 'Add'));
  await relay.getByRole('row', { name: /10\.0\.10\.0\/24/ }).waitFor();
  await witness.look('Relay restrictions, changed');
  await hand.accept(relay, 'OK');
}

async function addSubnet(scene: Scene, list: Locator, [address, mask]: [string, string]): Promise<void> {
  const { hand, witness } = scene;
  const computer = await openFrom(scene, list, 'Add…', 'Computer');
  await hand.tick(computer.getByRole('radio', { name: 'Group of computers' }));
  await hand.fill(fieldIn(computer, 'Subnet address'), address);
  await hand.fill(fieldIn(computer, 'Subnet mask'), mask);
  await witness.look('Computer, a group');
  await hand.accept(computer, 'OK');
}

/** General: a second identity, and the log. */
export async function setIdentityAndLog(scene: Scene, sheet: Locator): Promise<void> {
  const { console, hand, witness, plan } = scene;
  await goToTab(scene, sheet, 'General');
  const identities = await openFrom(scene, sheet, 'Advanced…', 'Identities');
  const pair = await openFrom(scene, identities, 'Add…', 'Add identity');
  await hand.fill(pair.getByRole('combobox', { name: 'IP address' }), '127.0.0.1');
  await hand.fill(fieldIn(pair, 'TCP port'), String(plan.secondPort));
  await hand.accept(pair, 'OK');
  await console.row(new RegExp(String(plan.secondPort))).waitFor();
  await witness.look('Identities, two');
  await hand.press(buttonIn(identities, 'OK'));
  await identities.waitFor({ state: 'detached' });
  await hand.tick(sheet.getByRole('checkbox', { name: /^Enable logging/ }));
  await hand.choose(
    sheet.getByRole('combobox', { name: 'Active log format' }),
    'Microsoft IIS Log File Format',
  );
  const logging = await openFrom(scene, sheet, 'Properties…', 'Logging Properties');
  await hand.tick(logging.getByRole('radio', { name: 'Monthly' }));
  await goToTab(scene, logging, 'Advanced');
  await hand.press(buttonIn(logging, 'OK'));
  await logging.waitFor({ state: 'detached' });
  await witness.look('General, changed');
}

/** Messages: the size limit; Security: a look. */
export async function setLimits(scene: Scene, sheet: Locator): Promise<void> {
  const { hand } = scene;
  await goToTab(scene, sheet, 'Messages');
  await hand.fill(fieldIn(sheet, 'Limit message size to, value'), '4096');
  await goToTab(scene, sheet, 'Security');
}
