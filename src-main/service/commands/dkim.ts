/** DKIM keys of a virtual server on the command line. A file with a key is read here, not by the engine. */
import { ORPCError } from '@orpc/client';
import { type DkimKeyRow, type DkimRecord, dkimAlgorithms, dkimBits } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import { readPem } from '../certificate-files';
import type { CommandContext, CommandGroup, CommandSpec } from '../command';
import { UsageError } from '../command-failure';
import { findServerId, serverOption } from '../server-choice';
import { cleanText, formatPairs, formatTable } from '../text-table';

const dnsWords: Readonly<Record<NonNullable<DkimKeyRow['lastCheck']>['state'], string>> = {
  published: 'right',
  testing: 'right, for testing',
  missing: 'missing',
  'other-key': 'another key',
  revoked: 'revoked',
  invalid: 'not right',
  several: 'several records',
  unknown: 'not known',
};

const formatKeys = (rows: readonly DkimKeyRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Domain', cell: (row) => row.domain },
      { title: 'Selector', cell: (row) => row.selector },
      {
        title: 'Key',
        cell: ({ algorithm, bits }) => (algorithm === 'rsa-sha256' ? `RSA ${bits ?? ''}`.trim() : 'Ed25519'),
      },
      {
        title: 'Signs',
        cell: ({ isSigning, fault }) =>
          fault === undefined ? (isSigning ? 'yes' : 'no') : `${isSigning ? 'mail waits' : 'no'}: ${fault}`,
      },
      { title: 'DNS', cell: ({ lastCheck }) => (lastCheck ? dnsWords[lastCheck.state] : 'not checked') },
    ],
    'There are no DKIM keys; outgoing mail is not signed.',
  );

const formatRecord = ({ name, value, zoneLine }: DkimRecord): string =>
  [
    formatPairs([
      ['Name', name],
      ['Type', 'TXT'],
      ['Value', value],
    ]),
    `Zone file  ${cleanText(zoneLine)}`,
  ].join('\n');

const keyParameters = '<domain> <selector>';

async function findKey(
  context: CommandContext,
  [domain = '', selector = '']: readonly string[],
  server: string | undefined,
) {
  const client = await context.connect();
  return { client, key: { serverId: await findServerId(client, server), domain, selector } };
}

const showNew = (
  context: CommandContext,
  { row, record }: { readonly row: DkimKeyRow; readonly record: DkimRecord },
): void =>
  context.show(
    { row, record },
    () =>
      `${formatRecord(record)}\nPut this record into DNS, then: mailroot dkim enable ${row.domain} ${row.selector}`,
  );

const list: CommandSpec = {
  name: 'list',
  summary: 'the keys, which of them sign, and what DNS had when it was asked last',
  options: [serverOption],
  async run(context, _, options) {
    const client = await context.connect();
    const rows = await client.dkim.list({ serverId: await findServerId(client, options.text('server')) });
    context.show(rows, () => formatKeys(rows));
  },
};

const create: CommandSpec = {
  name: 'create',
  parameters: '<domain> [selector]',
  summary:
    'make a key and show its record for DNS; it signs nothing before it is enabled; selector: mailroot',
  options: [
    serverOption,
    {
      flags: '--algorithm <name>',
      text: 'kind of the key',
      choices: [...dkimAlgorithms],
      defaultValue: 'rsa-sha256',
    },
    {
      flags: '--bits <number>',
      text: 'length of an RSA key; default: 2048',
      choices: dkimBits.map(String),
    },
  ],
  async run(context, [domain = '', selector = 'mailroot'], options) {
    const algorithm = dkimAlgorithms.find((name) => name === options.text('algorithm')) ?? 'rsa-sha256';
    const bits = dkimBits.find((each) => String(each) === options.text('bits'));
    if (bits !== undefined && algorithm !== 'rsa-sha256') throw new UsageError('--bits is for RSA keys');
    const { client, key } = await findKey(context, [domain, selector], options.text('server'));
    showNew(
      context,
      await client.dkim.create({ ...key, algorithm, ...(bits === undefined ? {} : { bits }) }),
    );
  },
};

const importKey: CommandSpec = {
  name: 'import',
  parameters: '<domain> <selector> <file>',
  summary: 'take over a private key in PEM (PKCS #8 or PKCS #1); - is standard input',
  options: [serverOption],
  async run(context, [domain = '', selector = '', file = '-'], options) {
    const { client, key } = await findKey(context, [domain, selector], options.text('server'));
    const pem = await readPem(context, file, 'PRIVATE KEY');
    showNew(context, await client.dkim.import({ ...key, pem }));
  },
};

const record: CommandSpec = {
  name: 'record',
  parameters: keyParameters,
  summary: 'the TXT record that publishes a key',
  options: [serverOption],
  async run(context, args, options) {
    const { client, key } = await findKey(context, args, options.text('server'));
    const found = await client.dkim.record(key);
    context.show(found, () => formatRecord(found));
  },
};

const check: CommandSpec = {
  name: 'check',
  parameters: keyParameters,
  summary: 'ask DNS for the record of a key, and for SPF and DMARC of its domain',
  options: [serverOption],
  async run(context, args, options) {
    const { client, key } = await findKey(context, args, options.text('server'));
    const found = await client.dkim.check(key);
    context.show(found, () =>
      formatPairs([
        ['DKIM', found.record.text],
        ['SPF', found.spf.text],
        ['DMARC', found.dmarc.text],
      ]),
    );
  },
};

const enable: CommandSpec = {
  name: 'enable',
  parameters: keyParameters,
  summary: 'sign outgoing mail of the domain with this key',
  options: [serverOption, { flags: '--anyway', text: 'also while DNS does not have the right record' }],
  async run(context, args, options) {
    const { client, key } = await findKey(context, args, options.text('server'));
    try {
      const row = await client.dkim.set({ ...key, isSigning: true, isConfirmed: options.has('anyway') });
      context.show(row, () => `Mail from ${row.domain} is signed with ${row.name}.`);
    } catch (error) {
      if (!(error instanceof ORPCError) || error.data?.field !== 'isConfirmed') throw error;
      throw new Problem('refused', `${error.message} To sign all the same: --anyway`, undefined, {
        cause: error,
      });
    }
  },
};

const disable: CommandSpec = {
  name: 'disable',
  parameters: keyParameters,
  summary: 'stop signing with this key; it stays',
  options: [serverOption],
  async run(context, args, options) {
    const { client, key } = await findKey(context, args, options.text('server'));
    const row = await client.dkim.set({ ...key, isSigning: false });
    context.show(row, () => `${row.name} signs no more.`);
  },
};

const remove: CommandSpec = {
  name: 'delete',
  parameters: keyParameters,
  summary: 'delete a key; leave its record in DNS for a week, for mail that is under way',
  options: [serverOption],
  async run(context, args, options) {
    const { client, key } = await findKey(context, args, options.text('server'));
    await client.dkim.delete(key);
    context.show({}, () => `Deleted ${key.selector}._domainkey.${key.domain}`);
  },
};

export const dkimCommands: CommandGroup = {
  name: 'dkim',
  summary: 'DKIM keys that sign outgoing mail',
  commands: [list, create, importKey, record, check, enable, disable, remove],
};
