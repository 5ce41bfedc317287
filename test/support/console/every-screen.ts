/**
 * Every screen but those that only the set-up of a relay comes by: pages with mail in them, menus, sheets, questions,
 * and dialogs about what is there already. Each is opened from the main window, looked at, and closed again by Esc.
 */
import type { ContractRouterClient } from '@orpc/contract';
import type { Locator } from 'playwright-core';
import type { Contract } from '../../../src-main/api/contract';
import type { ConsolePage } from '../console-page';
import { findFreePort, waitFor } from '../service';
import { connectSmtp } from '../smtp-client';
import type { Witness } from './witness';

interface Screen {
  readonly name: string;
  readonly open: (console: ConsolePage) => Promise<void>;
}

const serverName = /^Default SMTP/;
const password = 'quiet-harbour-7';

/** Something in every list. The virtual server 1 relays for this computer and serves corp.test. */
export async function fillConsole(
  client: ContractRouterClient<Contract>,
  { port, folder }: { readonly port: number; readonly folder: string },
): Promise<void> {
  await client.servers.set({ serverId: 1, patch: { relayList: ['127.0.0.1', '10.0.4.0/24', '10.0.4.7'] } });
  await client.servers.create({
    name: 'Scanners',
    bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
    homeDirectory: folder,
    defaultDomain: 'scan.test',
  });
  await client.domains.create({ serverId: 1, type: 'alias', name: 'alias.test' });
  // Nobody listens there: what is sent to it waits.
  const smartHost = '[127.0.0.1]';
  await client.domains.create({ serverId: 1, type: 'remote', name: 'far.test', smartHost });
  await client.domains.set({ serverId: 1, name: 'far.test', patch: { port: await findFreePort() } });
  const key = 'ec-p256';
  await client.certificates.createSelfSigned({ name: 'Relay', names: ['relay.corp.test'], days: 400, key });
  await client.certificates.createRequest({ name: 'Asked for', names: ['relay.corp.test'], key });
  await client.oauth.create({
    name: 'Office',
    provider: 'google',
    grant: 'authorization-code',
    clientId: 'mailroot.apps.example',
  });
  await client.accounts.create({ name: 'scanner', password });
  await client.operators.create({ name: 'olga', password, role: 'operator' });
  const smtp = await connectSmtp(port);
  await smtp.say('EHLO app.test');
  for (const to of ['ann@corp.test', 'ben@far.test']) {
    const data = `From: App <app@line.test>\r\nTo: ${to}\r\nSubject: Daily report\r\n\r\nAll is well.`;
    await smtp.send({ from: 'app@line.test', to: [to], data });
  }
  smtp.end();
  await waitFor('mail in Drop and in Queue', async () => {
    const { counts } = (await client.servers.get({ serverId: 1 })).summary;
    return counts.drop === 1 && counts.queue === 1;
  });
}

const press = (root: Locator, name: string): Promise<void> =>
  root.getByRole('button', { name, exact: true }).click();

/** A row of a list; the one that is meant is in the topmost dialog, if there is one. */
const openRow = (console: ConsolePage, name: RegExp): Promise<void> => console.row(name).last().click();

async function openFolder(console: ConsolePage, name: string): Promise<void> {
  await console
    .node(new RegExp(`^${name}`))
    .first()
    .click();
  await console.page.getByRole('grid', { name, exact: true }).waitFor();
}

async function openMail(console: ConsolePage, folder: string): Promise<void> {
  await openFolder(console, folder);
  await console
    .row(/app@line\.test/)
    .first()
    .click();
}

/** The OAuth2 sign-ins, with the one that is there selected, and what a button opens. */
const signInScreen = (name: string, button?: string): Screen => ({
  name,
  open: async (console) => {
    await console.node(/./).first().click({ button: 'right' });
    await console.page.getByRole('menuitem', { name: /^OAuth2 Sign-ins/ }).click();
    await openRow(console, /^Office/);
    if (button !== undefined) await press(console.dialog('OAuth2 Sign-ins'), button);
  },
});

/** The sheet of the first virtual server, and a dialog behind one of its buttons. */
const inSheet =
  (tab: string, button: string, then?: (dialog: Locator, console: ConsolePage) => Promise<void>) =>
  async (console: ConsolePage): Promise<void> => {
    const sheet = await console.openSheet(serverName, tab);
    await press(sheet, button);
    const dialog = console.page.getByRole('dialog').last();
    await dialog.getByRole('heading').first().waitFor();
    await then?.(dialog, console);
  };

const certificateVerb = (verb: string, row = /^Relay/): Screen => ({
  name: `Certificate, ${verb}`,
  open: inSheet('Access', 'Certificate…', async (dialog, console) => {
    await openRow(console, row);
    await press(dialog.getByRole('toolbar'), verb);
  }),
});

const personVerb = (tab: string, opener: string | undefined, row: RegExp, verb: string): Screen => ({
  name: `${opener ?? tab}, ${verb}`,
  open: async (console) => {
    const sheet = await console.openSheet(serverName, tab);
    if (opener !== undefined) await press(sheet, opener);
    await openRow(console, row);
    // The list of operators is the first of its tab.
    const verbs = console.page.getByRole('dialog').last().getByRole('button', { name: verb, exact: true });
    await verbs.first().click();
  },
});

const fromBar =
  (menu: string, entry?: RegExp) =>
  async (console: ConsolePage): Promise<void> => {
    await console.node(serverName).first().click();
    await console.page.getByRole('menuitem', { name: menu, exact: true }).click();
    if (entry !== undefined)
      await console.page.getByRole('menu').getByRole('menuitem', { name: entry }).click();
  };

/** Parts of a mail, by the names of their tabs. */
const mailParts = ['Text', 'Source', 'Headers'];

const screens: readonly Screen[] = [
  { name: 'Computer', open: (console) => console.page.getByRole('treeitem').first().click() },
  { name: 'Server', open: (console) => console.node(serverName).first().click() },
  { name: 'Domains', open: (console) => openFolder(console, 'Domains') },
  { name: 'Current Sessions', open: (console) => openFolder(console, 'Current Sessions') },
  ...['Ended', 'Locked Out'].map((tab) => ({
    name: `Current Sessions, ${tab}`,
    open: async (console: ConsolePage) => {
      await console
        .node(/^Current Sessions/)
        .first()
        .click();
      await console.page.getByRole('tab', { name: tab, exact: true }).click();
      const row = console.page.getByRole('gridcell').first();
      if (tab === 'Ended') await row.click();
    },
  })),
  {
    name: 'Changes',
    open: async (console) => {
      await console.node('Changes').click();
      await console
        .row(/Settings changed/)
        .first()
        .click();
    },
  },
  { name: 'Badmail', open: (console) => openFolder(console, 'Badmail') },
  { name: 'Queue, a message', open: (console) => openMail(console, 'Queue') },
  { name: 'Drop, a message', open: (console) => openMail(console, 'Drop') },
  ...mailParts.map((part) => ({
    name: `Drop, ${part}`,
    open: async (console: ConsolePage) => {
      await openMail(console, 'Drop');
      await console.page.getByRole('tab', { name: part, exact: true }).click();
    },
  })),
  { name: 'Action menu', open: fromBar('Action') },
  { name: 'View menu', open: fromBar('View') },
  { name: 'Help menu', open: fromBar('Help') },
  { name: 'Help', open: fromBar('Help', /^Help/) },
  { name: 'Keyboard', open: fromBar('Help', /^Keyboard/) },
  { name: 'About', open: fromBar('Help', /^About/) },
  {
    name: 'Context menu',
    open: (console) => console.node(serverName).first().click({ button: 'right' }),
  },
  {
    name: 'Export List',
    open: async (console) => {
      await openFolder(console, 'Domains');
      await console.page.getByRole('menuitem', { name: 'View', exact: true }).click();
      await console.page.getByRole('menuitem', { name: /^Export List/ }).click();
    },
  },
  {
    name: 'Delete a virtual server',
    open: async (console) => {
      await console.node(/^Scanners/).click();
      await console.page.keyboard.press('Delete');
      await console.page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'New SMTP Virtual Server, refused name',
    open: async (console) => {
      await console.button('New').click();
      await console.page.getByRole('menuitem', { name: /Virtual Server/ }).click();
      const wizard = console.dialog('New SMTP Virtual Server');
      await wizard.getByRole('textbox', { name: 'Name' }).fill('Scanners');
      await press(wizard, 'Next');
      await wizard.getByText(/already/).waitFor();
    },
  },
  {
    name: 'Properties, something wrong',
    open: async (console) => {
      const sheet = await console.openSheet(serverName, 'Messages');
      await sheet.getByRole('textbox', { name: 'Limit message size to, value' }).fill('90000');
      await press(sheet, 'Apply');
      await sheet.getByText(/must not be smaller/).waitFor();
    },
  },
  {
    name: 'Properties, discard',
    open: async (console) => {
      const sheet = await console.openSheet(serverName);
      await sheet.getByRole('textbox', { name: 'Name' }).fill('Another');
      await console.page.keyboard.press('Escape');
      await console.page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'Open relay question',
    open: async (console) => {
      const sheet = await console.openSheet(serverName, 'Access');
      await press(sheet, 'Relay…');
      const relay = console.dialog('Relay restrictions');
      await relay.getByRole('radio', { name: 'All except the list below' }).check();
      await press(relay, 'OK');
      await press(sheet, 'Apply');
      await console.page.getByRole('alertdialog').waitFor();
    },
  },
  ...['General', 'Access', 'Messages', 'Delivery', 'Security'].map((tab) => ({
    name: `Properties, ${tab}`,
    open: async (console: ConsolePage) => void (await console.openSheet(serverName, tab)),
  })),
  { name: 'Limits', open: inSheet('General', 'Limits…') },
  { name: 'Protocol', open: inSheet('General', 'Protocol…') },
  {
    name: 'Protocol, line ends',
    open: inSheet('General', 'Protocol…', (dialog) => dialog.getByRole('tab', { name: 'Line ends' }).click()),
  },
  { name: 'Authentication', open: inSheet('Access', 'Authentication…') },
  {
    name: 'Communication',
    open: inSheet('Access', 'Certificate…', async (dialog, console) => {
      await openRow(console, /^Relay/);
      await press(dialog, 'Use this certificate');
      await press(console.dialog(/Properties/), 'Communication…');
      await console.dialog('Communication').waitFor();
    }),
  },
  { name: 'Protection', open: inSheet('Access', 'Protection…') },
  ...['Outbound Security…', 'Outbound connections…', 'Advanced…'].map((button) => ({
    name: `Delivery, ${button}`,
    open: inSheet('Delivery', button),
  })),
  {
    name: 'Remote domain, Properties',
    open: async (console) => {
      await openFolder(console, 'Domains');
      await console.row(/^far\.test/).dblclick();
      await console.dialog('far.test: Properties').waitFor();
    },
  },
  {
    name: 'Remote domain, Advanced',
    open: async (console) => {
      await openFolder(console, 'Domains');
      await console.row(/^far\.test/).dblclick();
      await console.dialog('far.test: Properties').getByRole('tab', { name: 'Advanced' }).click();
    },
  },
  signInScreen('OAuth2 Sign-ins'),
  signInScreen('OAuth2 Sign-ins, Add…', 'Add…'),
  signInScreen('OAuth2 Sign-ins, Edit…', 'Edit…'),
  signInScreen('OAuth2 Sign-ins, Sign In…', 'Sign In…'),
  { name: 'Set Up Smart Host', open: fromBar('Action', /^Set Up Smart Host/) },
  {
    name: 'Set Up Smart Host, something missing',
    open: async (console) => {
      await fromBar('Action', /^Set Up Smart Host/)(console);
      const dialog = console.dialog(/^Set Up Smart Host/);
      await dialog.getByRole('radio', { name: /^Amazon SES/ }).check();
      await press(dialog, 'Next');
      await press(dialog, 'Next');
      await dialog.getByText('Enter: Region.').waitFor();
    },
  },
  { name: 'Test message', open: fromBar('Action', /^Send Test Message/) },
  { name: 'Explain', open: fromBar('Action', /^Explain/) },
  { name: 'Relay list, something needless', open: inSheet('Access', 'Relay…') },
  {
    name: 'Computer, a domain',
    open: inSheet('Access', 'Connection…', async (dialog, console) => {
      await press(dialog, 'Add…');
      await console.dialog('Computer').getByRole('radio', { name: 'Domain' }).check();
    }),
  },
  {
    name: 'DNS Lookup',
    open: inSheet('Access', 'Connection…', async (dialog, console) => {
      await press(dialog, 'Add…');
      await press(console.dialog('Computer'), 'DNS Lookup…');
    }),
  },
  {
    name: 'Edit identity',
    open: inSheet('General', 'Advanced…', async (dialog, console) => {
      await openRow(console, /127\.0\.0\.1/);
      await press(dialog, 'Edit…');
    }),
  },
  {
    name: 'Logging Properties, W3C fields',
    open: inSheet('General', 'Properties…', (dialog) =>
      dialog.getByRole('tab', { name: 'Advanced' }).click(),
    ),
  },
  certificateVerb('Create Request…'),
  certificateVerb('Import…'),
  certificateVerb('Export…'),
  certificateVerb('Renew…'),
  certificateVerb('Rename…'),
  certificateVerb('Remove'),
  certificateVerb('Install Answer…', /^Asked for/),
  personVerb('Access', 'Accounts…', /^scanner/, 'Edit…'),
  personVerb('Access', 'Accounts…', /^scanner/, 'Delete'),
  personVerb('Security', undefined, /^olga/, 'Add…'),
  personVerb('Security', undefined, /^olga/, 'Edit…'),
  personVerb('Security', undefined, /^olga/, 'Remove'),
];

/**
 * Looks at each of them in turn.
 *
 * @param stride 3: at every third of them, where all have been looked at elsewhere
 */
export async function lookAtScreens(console: ConsolePage, witness: Witness, stride = 1): Promise<void> {
  for (const [index, { name, open }] of screens.entries()) {
    if (index % stride !== 0) continue;
    await open(console).catch((cause: unknown) => {
      throw new Error(`the screen "${name}" could not be opened`, { cause });
    });
    await witness.look(name);
    await closeAll(console);
  }
}

/** Esc closes one thing after the other; what was entered for the look is given up. */
async function closeAll({ page }: ConsolePage): Promise<void> {
  const open = page.locator('[role=dialog], [role=alertdialog], [role=menu]');
  await waitFor('everything to be closed', async () => {
    const count = await open.count();
    if (count === 0) return true;
    const discard = page.getByRole('button', { name: 'Discard', exact: true });
    if ((await discard.count()) > 0) await discard.click();
    else await page.keyboard.press('Escape');
    return false;
  });
}
