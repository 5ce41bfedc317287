/** Virtual servers on the command line. */
import { type ServerSettings, type ServerSummary, serverSettings } from '../../api/contract';
import type { ContractClient } from '../../api/http/control-client';
import { Problem } from '../../engine/core/problem';
import { namesCertificate, replaceCertificateNames } from '../certificate-choice';
import type { CommandContext, CommandGroup, CommandSpec } from '../command';
import { formatIdentity, keepIdentities, type WrittenIdentity } from '../identity-words';
import { chooseServer, findServerId } from '../server-choice';
import { describeSetting } from '../setting-text';
import { parseBinding, parsePatch } from '../setting-values';
import { formatPairs, formatTable, formatTime } from '../text-table';

/** The table of virtual servers, also part of `status`. */
export function formatServers(servers: readonly ServerSummary[]): string {
  return formatTable(
    servers,
    [
      { title: 'No.', cell: (server) => server.id },
      { title: 'Name', cell: (server) => server.name },
      { title: 'State', cell: (server) => server.state },
      { title: 'Identities', cell: (server) => server.bindings.map(formatIdentity).join(', ') },
      { title: 'Sessions', cell: (server) => server.counts.sessions },
      { title: 'Queue', cell: (server) => server.counts.queue },
      { title: 'Drop', cell: (server) => server.counts.drop },
      { title: 'Badmail', cell: (server) => server.counts.badmail },
      { title: 'Problem', cell: (server) => server.problem ?? '' },
    ],
    'There is no virtual server yet.',
  );
}

function describeState(server: ServerSummary): string {
  return `${server.name} is ${server.state}${server.problem ? `: ${server.problem}` : ''}.`.replace(
    /\.\.$/,
    '.',
  );
}

const pairsOf = (settings: ServerSettings): (readonly [string, string])[] =>
  Object.entries(settings).map(([name, value]) => [
    name,
    name === 'bindings'
      ? settings.bindings.map(formatIdentity).join(', ')
      : name === 'domains'
        ? settings.domains.map((domain) => `${domain.name} (${domain.type})`).join(', ')
        : describeSetting(value, '(no limit)'),
  ]);

const show: CommandSpec = {
  name: 'show',
  parameters: '<server>',
  summary: 'state and settings of a virtual server',
  async run(context, [name]) {
    const client = await context.connect();
    const details = await client.servers.get({ serverId: await findServerId(client, name) });
    const { summary, settings, badmailCounts } = details;
    context.show(details, () =>
      [
        formatPairs([
          ['state', `${summary.state} since ${formatTime(summary.since)}`],
          ...(summary.problem ? ([['problem', summary.problem]] as const) : []),
          ['relay', summary.relayPolicy],
          ['route', summary.routePolicy],
          ...badmailCounts
            .filter(({ count }) => count > 0)
            .map(({ count, text }) => ['badmail', `${count} since the start: ${text}`] as const),
        ]),
        formatPairs(pairsOf(settings)),
      ].join('\n\n'),
    );
  },
};

const create: CommandSpec = {
  name: 'create',
  parameters: '<name>',
  summary: 'create a virtual server',
  options: [
    {
      flags: '-b, --binding <address:port>',
      text: 'identity, e.g. 127.0.0.1:25 or :25 for all addresses',
      isList: true,
    },
    { flags: '--home <folder>', text: 'home directory; by default the next one below the data folder' },
    { flags: '--domain <name>', text: "default domain; by default this computer's name" },
    { flags: '--no-start', text: 'do not start it' },
  ],
  async run(context, [name = ''], options) {
    const client = await context.connect();
    const suggestion = await client.system.suggest();
    const bindings = options.list('binding').map((text) => {
      const binding = parseBinding(text);
      if (typeof binding === 'string')
        throw new Problem('invalid', 'Enter an address and a port, such as 127.0.0.1:25.', '--binding');
      return binding as { address: string; port: number };
    });
    const server = await client.servers.create({
      name,
      bindings: bindings.length > 0 ? bindings : [{ address: '', port: suggestion.port }],
      homeDirectory: options.text('home') ?? suggestion.homeDirectory,
      defaultDomain: options.text('domain') ?? suggestion.fullyQualifiedDomainName,
      isStarted: options.has('start'),
    });
    context.show(server, () => `Created no. ${server.id}. ${describeState(server)}`);
  },
};

/** "bindings=:25,:465/implicit", which says of an identity only where it is. JSON says all of it. */
const isShortBindings = (word: string): boolean => /^bindings=(?!\s*\[\s*\{)/.test(word);

const set: CommandSpec = {
  name: 'set',
  parameters: '<server> <setting=value...>',
  hasSettings: true,
  summary: 'change settings, all or none; setting names as printed by config schema',
  async run(context, [name, ...words]) {
    const { shape } = serverSettings;
    // What needs nobody to be judged is refused before anybody is asked.
    parsePatch(
      words.filter((word) => !namesCertificate(word)),
      shape,
    );
    const client = await context.connect();
    const serverId = await findServerId(client, name);
    const patch = parsePatch(await replaceCertificateNames(client, words), shape);
    if (words.some(isShortBindings)) {
      const { settings } = await client.servers.get({ serverId });
      patch.bindings = keepIdentities(patch.bindings as WrittenIdentity[], settings.bindings);
    }
    const result = await client.servers.set({ serverId, patch });
    const { summary } = await client.servers.get({ serverId });
    const warning = summary.isOpenRelay ? `\n! ${summary.relayPolicy}.` : '';
    context.show({ ...result, isOpenRelay: summary.isOpenRelay }, () =>
      result.isRestartNeeded
        ? `Saved. Restart ${result.settings.name} to make all of it work: mailroot server restart ${serverId}${warning}`
        : `Saved and in force.${warning}`,
    );
  },
};

const rename: CommandSpec = {
  name: 'rename',
  parameters: '<server> <new-name>',
  summary: 'rename a virtual server',
  async run(context, [name, newName = '']) {
    const client = await context.connect();
    const server = await client.servers.rename({ serverId: await findServerId(client, name), name: newName });
    context.show(server, () => `Renamed to ${server.name}.`);
  },
};

const remove: CommandSpec = {
  name: 'delete',
  parameters: '<server>',
  summary: 'delete a virtual server; its folders and files stay',
  async run(context, [name]) {
    const client = await context.connect();
    const server = chooseServer(await client.servers.list(), name);
    await client.servers.delete({ serverId: server.id });
    context.show({}, () => `Deleted ${server.name}. Its files stay in ${server.homeDirectory}.`);
  },
};

type Verb = 'start' | 'stop' | 'restart' | 'pause' | 'resume';

function stateCommand(verb: Verb, summary: string): CommandSpec {
  return {
    name: verb,
    parameters: '<server>',
    summary,
    run: (context, [name]) => changeState(context, verb, name),
  };
}

async function changeState(context: CommandContext, verb: Verb, name: string | undefined): Promise<void> {
  const client: ContractClient = await context.connect();
  const server = await client.servers[verb]({ serverId: await findServerId(client, name) });
  context.show(server, () => describeState(server));
}

export const serverCommands: CommandGroup = {
  name: 'server',
  summary: 'virtual servers',
  commands: [
    {
      name: 'list',
      summary: 'all virtual servers with state and counts',
      async run(context) {
        const servers = await (await context.connect()).servers.list();
        context.show(servers, () => formatServers(servers));
      },
    },
    show,
    create,
    set,
    stateCommand('start', 'start a virtual server'),
    stateCommand('stop', 'stop a virtual server; sessions are told to come back later'),
    stateCommand('restart', 'stop and start a virtual server, to make all of its settings work'),
    stateCommand('pause', 'take no new connections; sessions and delivery go on'),
    stateCommand('resume', 'take connections again'),
    rename,
    remove,
  ],
};
