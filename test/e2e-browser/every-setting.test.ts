/**
 * Every setting that is declared has a control, and the control changes what is in force. Generated from the schema:
 * a setting that is added without a control, or a control without effect, fails here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  type Binding,
  binding,
  collection,
  furtherSmartHost,
  keptSecret,
  localDomain,
  remoteDomain,
  senderRoute,
  serverSettings,
} from '../../src-main/api/contract';
import { launchChromium } from '../support/chromium';
import { type ConsolePage, openConsole } from '../support/console-page';
import { describeWith } from '../support/packages';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { type ControlTable, changeEverySetting } from '../support/setting-controls';
import { connectSmtp } from '../support/smtp-client';

/** Settings of a virtual server that its sheet does not have, and why. */
const withoutControl: Readonly<Record<string, string>> = {
  id: 'never changes',
  domains: 'the list Domains, with a sheet for each domain',
  dropDirectory: 'on the sheet of the default domain, as in the original',
  hasDropQuota: 'on the sheet of the default domain, as in the original',
};
/** Settings of a domain that its sheet does not have, and why. */
const withoutDomainControl: Readonly<Record<string, string>> = {
  type: 'never changes, but for Set as default',
  name: 'changed by Rename',
};

const samples: ControlTable['texts'] = {
  name: 'Every Setting',
  fullyQualifiedDomainName: 'mx.every.test',
  masqueradeDomain: 'masquerade.test',
  sendNdrTo: 'reports@corp.test',
  smartHost: '[127.0.0.1]',
  dnsServers: '127.0.0.1:5353',
  outboundUserName: 'ann',
  ldapServer: '127.0.0.1',
  ldapFilter: '(mail={address})',
  ldapAddressAttribute: 'rfc822Mailbox',
  ldapMemberAttribute: 'uniqueMember',
  ldapDomain: 'CORP',
  ldapUserName: 'cn=reader,dc=corp,dc=test',
  ldapBase: 'dc=corp,dc=test',
  defaultLogonDomain: 'example.com',
  spamCheckerAddress: '127.0.0.2',
  greeting: 'ESMTP at your service',
  defaultSender: 'unknown@corp.test',
  postmasterAddress: 'postmaster@every.test',
  outboundSender: 'scanner@corp.test',
  host: 'backup.test',
  senders: 'app@line.test\n*.line.test',
  domains: 'corp.test\nalias.test',
  fromTime: '08:30',
  toTime: '18:00',
};

const enterAddress =
  (address: string): ControlTable['special'][string] =>
  async (wrapper, before) => {
    await wrapper.getByRole('button', { name: 'Add…' }).click();
    const dialog = wrapper.page().getByRole('dialog', { name: 'Computer' });
    await dialog.getByLabel('IP address').fill(address);
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    return [...(before as string[]), address];
  };

/** An entry of a list of entries: each of its fields is changed in its dialog. */
const addEntry =
  (
    noun: string,
    schema: { readonly shape: Readonly<Record<string, z.ZodType>> },
  ): ControlTable['special'][string] =>
  async (wrapper, before, table) => {
    const page = wrapper.page();
    await wrapper.getByRole('button', { name: 'Add…' }).click();
    const dialog = page.getByRole('dialog', { name: `Add ${noun}`, exact: true });
    await dialog.waitFor();
    const blank = Object.fromEntries(
      Object.entries(schema.shape).map(([key, field]) => [key, field.safeParse(undefined).data]),
    );
    const { expected } = await changeEverySetting({ page, sheet: dialog, before: blank, table });
    expect(Object.keys(expected).toSorted(), `fields of a ${noun}`).toEqual(
      Object.keys(schema.shape).toSorted(),
    );
    for (const [key, value] of Object.entries(expected)) expect(value, key).not.toEqual(blank[key]);
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    return [...(before as unknown[]), expected];
  };

const freeze =
  (destination: string): ControlTable['special'][string] =>
  async (wrapper, before) => {
    await wrapper.getByRole('button', { name: 'Add…' }).click();
    const dialog = wrapper.page().getByRole('dialog', { name: 'Freeze destination' });
    await dialog.getByRole('combobox').fill(destination);
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    return [...(before as string[]), destination];
  };

const changePassword = async (wrapper: Locator): Promise<string> => {
  await wrapper.locator('input').fill('correct horse');
  return keptSecret;
};

/** A sign-in can be chosen where the log-in is by OAuth2; the other log-ins need the fields that are changed besides. */
const chooseSignIn =
  (id: () => string): ControlTable['special'][string] =>
  async (wrapper) => {
    const dialog = wrapper.page().getByRole('dialog').last();
    await dialog.locator('input[value="oauth2"]').check();
    await wrapper.locator('select').selectOption(id());
    await dialog.locator('input[value="basic"]').check();
    return id();
  };

/** The second identity has what the first has not: each of its fields is another one. */
const addIdentity = async (wrapper: Locator, identity: Binding, certificateName: string): Promise<void> => {
  const page = wrapper.page();
  await wrapper.getByRole('button', { name: 'Advanced…' }).click();
  const identities = page.getByRole('dialog', { name: 'Identities' });
  await identities.getByRole('button', { name: 'Add…' }).click();
  const pair = page.getByRole('dialog', { name: 'Add identity' });
  await pair.getByRole('combobox', { name: 'IP address' }).fill(identity.address);
  await pair.getByLabel('TCP port').fill(String(identity.port));
  await pair.getByLabel('Encryption').selectOption(identity.encryption);
  await pair.getByLabel('Certificate').selectOption({ label: certificateName });
  await pair.getByLabel('Lowest TLS version').selectOption(identity.minimumTls);
  for (const dialog of [pair, identities]) {
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }
};

/** The list of certificates by name (SNI). */
const addCertificate =
  (id: () => string, name: string): ControlTable['special'][string] =>
  async (wrapper, before) => {
    await wrapper.getByRole('button', { name: 'Add…' }).click();
    const dialog = wrapper.page().getByRole('dialog', { name: 'Add certificate' });
    await dialog.getByRole('radio', { name: new RegExp(`^${name}`) }).check();
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    return [...(before as string[]), id()];
  };

/** The account exists, and is chosen from those that do. */
const chooseAccount =
  (name: string): ControlTable['special'][string] =>
  async (wrapper, before) => {
    const page = wrapper.page();
    await wrapper.getByRole('button', { name: 'Add…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add account' });
    await dialog.getByRole('combobox').click();
    await page.getByRole('option', { name }).click();
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    return [...(before as string[]), name];
  };

/** Made at once, whatever becomes of the sheet; dkim.test.ts has the rest of it. */
const addDkimKey = async (dialog: Locator): Promise<unknown> => {
  const page = dialog.page();
  await dialog.getByRole('button', { name: 'New key…' }).click();
  const form = page.getByRole('dialog', { name: 'New DKIM key' });
  // The masquerade domain of the sheet may be proposed.
  await form.getByLabel('Domain').fill('corp.test');
  await form.getByLabel('Selector').fill('every');
  await form.getByLabel('Key', { exact: true }).selectOption('ed25519');
  await form.getByRole('button', { name: 'Make key' }).click();
  for (const name of ['DNS record: every._domainkey.corp.test', /^DKIM:/]) {
    const own = page.getByRole('dialog', { name });
    // Not the cross in the corner, which is the first.
    await own.getByRole('button', { name: 'Close', exact: true }).last().click();
    await own.waitFor({ state: 'detached' });
  }
  return [
    {
      domain: 'corp.test',
      selector: 'every',
      algorithm: 'ed25519-sha256',
      privateKey: keptSecret,
      isSigning: false,
    },
  ];
};

const switchOff =
  (verb: string): ControlTable['special'][string] =>
  async (wrapper, before) => {
    await wrapper.getByRole('checkbox', { name: new RegExp(`^${verb}\\b`) }).uncheck();
    return [...(before as string[]), verb];
  };

const takeOutField = async (wrapper: Locator, before: unknown): Promise<string[]> => {
  await wrapper.getByRole('checkbox', { name: 'Win32 Status' }).uncheck();
  return (before as string[]).filter((field) => field !== 'sc-win32-status');
};

describeWith(['chromium'], 'every setting', () => {
  let service: RunningService;
  let browser: Browser;
  let console: ConsolePage;
  let certificateId: string;
  let furtherId: string;
  let signInId: string;
  let newPort: number;
  let table: ControlTable;
  const folder = (name: string): string => join(service.dataFolder, name);

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({
        hasConsole: true,
        server: {
          // So that changing it switches it on, and what it does can be seen.
          isLogging: false,
          domains: [
            { type: 'default', name: 'corp.test' },
            { type: 'alias', name: 'alias.test' },
            { type: 'remote', name: 'partner.test' },
          ],
        },
      }),
      launchChromium(),
    ]);
    newPort = await findFreePort();
    const row = await service.client.certificates.createSelfSigned({
      name: 'Every Setting',
      names: ['mx.every.test'],
    });
    certificateId = row.id;
    furtherId = (
      await service.client.certificates.createSelfSigned({ name: 'Further', names: ['further.test'] })
    ).id;
    const signIn = await service.client.oauth.create({
      name: 'Every sign-in',
      provider: 'custom',
      grant: 'client-credentials',
      clientId: 'mailroot',
      clientSecret: 'correct horse',
      mailbox: 'relay@corp.test',
      tokenEndpoint: 'http://127.0.0.1:9/token',
    });
    signInId = signIn.id;
    await service.client.accounts.create({ name: 'branch', password: 'correct horse' });
    console = await openConsole(browser, service);
    console.page.setDefaultTimeout(10_000);
    table = {
      texts: {
        ...samples,
        homeDirectory: folder('other-home'),
        badmailDirectory: folder('other-badmail'),
        dropDirectory: folder('other-drop'),
        logDirectory: folder('other-logs'),
        kerberosKeytab: folder('smtp.keytab'),
      },
      choices: {
        logSchedule: 'size',
        logFormat: 'iis',
        minimumTls: 'TLSv1.3',
        outboundMinimumTls: 'TLSv1.3',
        outboundTls: 'required',
        ldapSchema: 'custom',
        ldapBinding: 'plain',
      },
      special: {
        bindings: async (wrapper) => {
          await wrapper.getByLabel('TCP port').fill(String(newPort));
          const plain = binding.parse({ address: '127.0.0.1', port: newPort });
          const second: Binding = {
            address: '127.0.0.2',
            port: await findFreePort('127.0.0.2'),
            encryption: 'implicit',
            certificate: furtherId,
            minimumTls: 'TLSv1.3',
          };
          await addIdentity(wrapper, second, 'Further');
          return [plain, second];
        },
        oldTlsList: enterAddress('10.0.4.9'),
        furtherCertificates: addCertificate(() => furtherId, 'Further'),
        proxyList: enterAddress('10.0.4.10'),
        bareLineEndingsList: enterAddress('10.0.4.11'),
        verbsOff: switchOff('HELP'),
        turnAccounts: chooseAccount('branch'),
        frozenDestinations: freeze('mail.far.test:25'),
        connectionList: enterAddress('127.0.0.1'),
        relayList: enterAddress('10.0.4.7'),
        outboundPassword: changePassword,
        ldapPassword: changePassword,
        outboundSignIn: chooseSignIn(() => signInId),
        furtherSmartHosts: addEntry('smart host', furtherSmartHost),
        senderRoutes: addEntry('route', senderRoute),
        collections: addEntry('host', collection),
        days: async (wrapper, days) => {
          await wrapper.getByRole('checkbox', { name: 'Sunday' }).uncheck();
          return (days as string[]).filter((day) => day !== 'sunday');
        },
        logFields: takeOutField,
      },
      first: [
        'certificate',
        'outboundAuthentication',
        'usesLocalTimeForLog',
        'logSchedule',
        'smartHost',
        'allowsBasic',
        'allowsIntegrated',
        'requiresTls',
        'bareLineEndingsList',
        'usesLdapRouting',
        'ldapSchema',
        'ldapBinding',
        'ldapEncryption',
      ],
    };
  });
  afterAll(async () => {
    await browser?.close();
    await service?.remove();
  });

  /** All or nothing; an open relay is asked about. */
  const apply = async (sheet: Locator): Promise<void> => {
    await sheet.getByRole('button', { name: 'Apply' }).click();
    const question = console.page.getByRole('alertdialog', { name: /open relay/ });
    const saved = sheet.getByText('No changes');
    await question.or(saved).first().waitFor();
    if (await question.isVisible()) await question.getByRole('button', { name: /open relay/ }).click();
    await saved.waitFor();
    await sheet.getByRole('button', { name: 'OK', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
  };
  const settingsOf = async (): Promise<Record<string, unknown>> =>
    (await service.client.servers.get({ serverId: 1 })).settings;
  const openDomain = async (name: string): Promise<Locator> => {
    await console.node(/^Domains/).click();
    await console.row(new RegExp(name.replace('.', '\\.'))).dblclick();
    const sheet = console.dialog(`${name}: Properties`);
    await sheet.waitFor();
    return sheet;
  };

  let expected: Readonly<Record<string, unknown>> = {};

  it('of a virtual server has a control that changes what is in force', async () => {
    const before = await settingsOf();
    const sheet = await console.openSheet(/Default SMTP/);
    ({ expected } = await changeEverySetting({
      page: console.page,
      sheet,
      before,
      table,
      foreignDialogs: {
        certificate: async (dialog) => {
          await dialog.getByRole('row', { name: /Every Setting/ }).click();
          await dialog.getByRole('button', { name: 'Use this certificate' }).click();
          return certificateId;
        },
        dkimKeys: addDkimKey,
      },
    }));
    const declared = Object.keys(serverSettings.shape).filter((key) => !(key in withoutControl));
    expect(Object.keys(expected).toSorted(), 'settings with a control').toEqual(declared.toSorted());
    await apply(sheet);
    const after = await settingsOf();
    for (const [key, value] of Object.entries(expected)) {
      expect(after[key], key).toEqual(value);
      expect(after[key], `${key} before and after`).not.toEqual(before[key]);
    }
    const [plain, other] = after.bindings as [Binding, Binding];
    for (const field of Object.keys(binding.shape) as (keyof Binding)[])
      expect(other[field], `${field} of an identity`).not.toEqual(plain[field]);
    expect(console.complaints).toEqual([]);
  }, 120_000);

  it('of the default domain has a control that changes what is in force', async () => {
    const before = await settingsOf();
    const sheet = await openDomain('corp.test');
    const changed = await changeEverySetting({ page: console.page, sheet, before, table });
    expect(Object.keys(changed.expected).toSorted()).toEqual(['dropDirectory', 'hasDropQuota']);
    await apply(sheet);
    const after = await settingsOf();
    expect(after).toMatchObject(changed.expected);
    expected = { ...expected, ...changed.expected };
    const declared = Object.keys(localDomain.shape).filter((key) => !(key in withoutDomainControl));
    expect(declared, 'settings of a local domain itself').toEqual([]);
  });

  let expectedRemote: Readonly<Record<string, unknown>> = {};

  it('of a remote domain has a control that changes what is in force', async () => {
    const before = (await service.client.domains.get({ serverId: 1, name: 'partner.test' })).settings;
    const sheet = await openDomain('partner.test');
    await sheet.getByRole('radio', { name: 'Forward all mail to smart host' }).check();
    ({ expected: expectedRemote } = await changeEverySetting({
      page: console.page,
      sheet,
      before: { ...before },
      table,
    }));
    const declared = Object.keys(remoteDomain.shape).filter((key) => !(key in withoutDomainControl));
    expect(Object.keys(expectedRemote).toSorted()).toEqual(declared.toSorted());
    await apply(sheet);
    const after = (await service.client.domains.get({ serverId: 1, name: 'partner.test' })).settings;
    expect(after).toMatchObject(expectedRemote);
    for (const key of declared)
      expect(after[key as keyof typeof after], key).not.toEqual(before[key as keyof typeof before]);
  });

  it('has its effect on the running virtual server at once', async () => {
    const answer = await ehlo(newPort);
    expect(answer).toMatch(/^220 mx\.every\.test ESMTP at your service/);
    expect(answer).toContain(`SIZE ${2049 * 1024}`);
    expect(answer).toContain('STARTTLS');
    // Passwords only on an encrypted connection.
    expect(answer).not.toMatch(/AUTH/);
    expect(answer).toMatch(/^530 /m);
    await waitFor('a log file in the new folder, named for the new format', () =>
      existsSync(join(folder('other-logs'), 'SMTPSVC1', 'inetsv1.log')),
    );
    const { isRestartNeeded, summary } = await service.client.servers.get({ serverId: 1 });
    expect(isRestartNeeded).toBe(true);
    expect(summary.isOpenRelay).toBe(true);
    expect(summary.routePolicy).toContain('[127.0.0.1]');
  });

  it('is as it was set after the service was restarted', async () => {
    await service.stop();
    await service.restart();
    const { settings, folders, summary } = await service.client.servers.get({ serverId: 1 });
    expect(settings).toMatchObject(expected);
    // "Start automatically" was switched off.
    expect(summary.state).toBe('stopped');
    expect(folders).toMatchObject({
      pickup: join(folder('other-home'), 'Pickup'),
      drop: folder('other-drop'),
      badmail: folder('other-badmail'),
    });
    const domain = await service.client.domains.get({ serverId: 1, name: 'partner.test' });
    expect(domain.settings).toMatchObject(expectedRemote);
    await service.client.servers.start({ serverId: 1 });
    expect(await ehlo(newPort)).toMatch(/^220 mx\.every\.test /);
  });
});

/** Greeting, answer to EHLO, and answer to MAIL of a virtual server. */
async function ehlo(port: number): Promise<string> {
  const client = await connectSmtp(port);
  const answers = [client.greeting, await client.say('EHLO client.test')];
  answers.push(await client.say('MAIL FROM:<ann@client.test>'));
  client.end();
  return answers.join('\n');
}
