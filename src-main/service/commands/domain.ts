/** Domains of a virtual server on the command line. */
import { type DomainRow, type DomainSettings, localDomain, remoteDomain } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandGroup, CommandSpec } from '../command';
import { describeRest, pageOptions, readPage, readSort, sortOptions } from '../paging';
import { describeHosts } from '../route-hosts';
import { findServerId, serverOption } from '../server-choice';
import { describeSetting } from '../setting-text';
import { parsePatch } from '../setting-values';
import { formatPairs, formatTable } from '../text-table';

function describeRoute({ settings }: DomainRow): string {
  if (settings.type !== 'remote') return 'Drop folder';
  const held = settings.holdsForTrigger ? 'held until asked for, then ' : '';
  return `${held}${describeHosts(settings)}`;
}

function formatDomains(rows: readonly DomainRow[], empty = 'There are no domains.'): string {
  return formatTable(
    rows,
    [
      { title: 'Domain Name', cell: (row) => row.name },
      { title: 'Type', cell: (row) => row.type },
      { title: 'Goes to', cell: describeRoute },
      {
        title: 'Relay',
        cell: ({ settings }) => (settings.type === 'remote' && settings.isRelayAllowed ? 'allowed' : ''),
      },
      {
        title: 'Fetched by',
        cell: ({ settings }) => (settings.type === 'remote' ? settings.turnAccounts.join(', ') : ''),
      },
    ],
    empty,
  );
}

const create: CommandSpec = {
  name: 'create',
  parameters: '<domain>',
  summary: 'add an alias domain or a remote domain',
  options: [
    serverOption,
    {
      flags: '-t, --type <type>',
      text: 'alias: dropped here; remote: sent on',
      choices: ['alias', 'remote'],
      defaultValue: 'remote',
    },
    { flags: '--relay', text: 'anybody who may connect may send to this remote domain' },
    {
      flags: '--smart-host <host>',
      text: 'host that takes its mail: a name, or an address in square brackets',
    },
    { flags: '--hold', text: 'its mail waits until its host asks for it' },
    {
      flags: '--turn-account <name>',
      text: 'account that may fetch its mail with ATRN or TURN; may be given several times',
      isList: true,
    },
  ],
  async run(context, [name = ''], options) {
    const type = options.text('type') === 'alias' ? 'alias' : 'remote';
    const smartHost = options.text('smartHost');
    const turnAccounts = options.list('turnAccount');
    const isRemoteOnly =
      options.has('relay') || options.has('hold') || smartHost !== undefined || turnAccounts.length > 0;
    if (type === 'alias' && isRemoteOnly) {
      throw new Problem(
        'invalid',
        'Only a remote domain has --relay, --smart-host, --hold and --turn-account.',
      );
    }
    const client = await context.connect();
    const row = await client.domains.create({
      serverId: await findServerId(client, options.text('server')),
      type,
      name,
      ...(options.has('relay') ? { isRelayAllowed: true } : {}),
      ...(smartHost === undefined ? {} : { smartHost }),
      ...(options.has('hold') ? { holdsForTrigger: true } : {}),
      ...(turnAccounts.length > 0 ? { turnAccounts: [...turnAccounts] } : {}),
    });
    context.show(row, () => `Created the ${row.type} domain ${row.name}.`);
  },
};

const set: CommandSpec = {
  name: 'set',
  parameters: '<domain> <setting=value...>',
  hasSettings: true,
  summary: 'change settings of a domain, all or none',
  options: [serverOption],
  async run(context, [name = '', ...words], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const row = await client.domains.get({ serverId, name });
    const { shape } = row.type === 'remote' ? remoteDomain : localDomain;
    const changed = await client.domains.set({ serverId, name: row.name, patch: parsePatch(words, shape) });
    context.show(changed, () => formatDomains([changed]));
  },
};

const pairsOf = (settings: DomainSettings): (readonly [string, string])[] =>
  Object.entries(settings).map(([name, value]) => [name, describeSetting(value)]);

const show: CommandSpec = {
  name: 'show',
  parameters: '<domain>',
  summary: 'settings of a domain',
  options: [serverOption],
  async run(context, [name = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const row = await client.domains.get({ serverId, name });
    context.show(row, () => formatPairs([['goes to', describeRoute(row)], ...pairsOf(row.settings)]));
  },
};

const rename: CommandSpec = {
  name: 'rename',
  parameters: '<domain> <new-name>',
  summary: 'rename a domain',
  options: [serverOption],
  async run(context, [name = '', newName = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const row = await client.domains.rename({ serverId, name, newName });
    context.show(row, () => `Renamed to ${row.name}.`);
  },
};

const setDefault: CommandSpec = {
  name: 'set-default',
  parameters: '<domain>',
  summary: 'make an alias domain the default domain',
  options: [serverOption],
  async run(context, [name = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const rows = await client.domains.setDefault({ serverId, name });
    context.show(rows, () => formatDomains(rows));
  },
};

const remove: CommandSpec = {
  name: 'delete',
  parameters: '<domain>',
  summary: 'delete an alias or remote domain',
  options: [serverOption],
  async run(context, [name = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    await client.domains.delete({ serverId, name });
    context.show({}, () => `Deleted ${name}.`);
  },
};

const sortColumns = ['name', 'type', 'destination'] as const;

export const domainCommands: CommandGroup = {
  name: 'domain',
  summary: 'domains of a virtual server',
  commands: [
    {
      name: 'list',
      summary: 'all domains and where their mail goes',
      options: [
        serverOption,
        { flags: '--filter <text>', text: 'only domains whose name contains this' },
        ...sortOptions(sortColumns),
        ...pageOptions,
      ],
      async run(context, _, options) {
        const page = readPage(options);
        const sort = readSort(options, sortColumns);
        const filter = options.text('filter');
        const client = await context.connect();
        const result = await client.domains.list({
          serverId: await findServerId(client, options.text('server')),
          ...page,
          ...sort,
          ...(filter === undefined ? {} : { filter }),
        });
        const empty = filter === undefined ? undefined : 'No domain has that in its name.';
        context.show(
          result,
          () => formatDomains(result.rows, empty) + describeRest(page, result.rows.length, result.total),
        );
      },
    },
    show,
    create,
    set,
    rename,
    setDefault,
    remove,
  ],
};
