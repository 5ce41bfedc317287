/** Routes by sender of a virtual server on the command line. The first that matches decides, so their order counts. */
import { type SenderRoute, senderRoute } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandContext, CommandGroup, CommandOption, CommandSpec, OptionValues } from '../command';
import { passwordFromInput, readKnownPassword } from '../password-input';
import { describeHosts } from '../route-hosts';
import { findServerId, serverOption } from '../server-choice';
import { describeSetting } from '../setting-text';
import { parsePatch } from '../setting-values';
import { findSignIn } from '../sign-in-choice';
import { formatPairs, formatTable } from '../text-table';

interface Routes {
  readonly list: readonly SenderRoute[];
  /** Saves another list, all or nothing; answers what is in force then. */
  save(list: readonly unknown[]): Promise<readonly SenderRoute[]>;
}

async function openRoutes(context: CommandContext, options: OptionValues): Promise<Routes> {
  const client = await context.connect();
  const serverId = await findServerId(client, options.text('server'));
  const { settings } = await client.servers.get({ serverId });
  return {
    list: settings.senderRoutes,
    async save(list) {
      const saved = await client.servers.set({ serverId, patch: { senderRoutes: list } });
      return saved.settings.senderRoutes;
    },
  };
}

/** Position of a route by its name; case does not count. */
function positionOf(list: readonly SenderRoute[], wanted: string): number {
  const name = wanted.trim().toLowerCase();
  const at = list.findIndex((route) => route.name.toLowerCase() === name);
  if (at < 0)
    throw new Problem('not-found', `There is no route named "${wanted}". mailroot route list lists them.`);
  return at;
}

function describeLogin({ outboundAuthentication, outboundUserName }: SenderRoute): string {
  if (outboundAuthentication === 'anonymous') return '';
  return outboundUserName === '' ? outboundAuthentication : `${outboundAuthentication}, ${outboundUserName}`;
}

function formatRoutes(list: readonly SenderRoute[]): string {
  return formatTable(
    list.map((route, at) => ({ route, number: at + 1 })),
    [
      { title: 'No.', cell: ({ number }) => number },
      { title: 'Name', cell: ({ route }) => route.name },
      { title: 'Senders', cell: ({ route }) => route.senders.join(', ') },
      { title: 'Goes to', cell: ({ route }) => describeHosts(route) },
      { title: 'Logs in', cell: ({ route }) => describeLogin(route) },
      { title: 'TLS', cell: ({ route }) => route.outboundTls },
      { title: 'Sent as', cell: ({ route }) => route.outboundSender },
    ],
    'There are no routes by sender.',
  );
}

const logInOptions: readonly CommandOption[] = [
  { flags: '--sign-in <name>', text: 'log in with the tokens of this OAuth2 sign-in, by name or number' },
  passwordFromInput,
];

const { name: _name, ...settingShape } = senderRoute.shape;

async function readChanges(
  context: CommandContext,
  { name, words }: { readonly name: string; readonly words: readonly string[] },
  options: OptionValues,
): Promise<Record<string, unknown>> {
  const signIn = options.text('signIn');
  return {
    ...parsePatch(words, settingShape),
    ...(options.has('passwordStdin')
      ? { outboundPassword: await readKnownPassword(context, name, options) }
      : {}),
    ...(signIn === undefined
      ? {}
      : {
          outboundAuthentication: 'oauth2',
          outboundSignIn: (await findSignIn(await context.connect(), signIn)).id,
        }),
  };
}

/** 1 is the first; beyond the end is the end. */
function readPosition(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  const position = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (position < 1) throw new Problem('invalid', 'A position is a whole number; 1 is the first.', field);
  return position - 1;
}

const add: CommandSpec = {
  name: 'add',
  parameters: '<name> <setting=value...>',
  hasSettings: true,
  summary:
    'add a route, behind the others: senders=shop@example.com,*.example.net smartHost=mail.example.net',
  options: [
    serverOption,
    { flags: '--position <number>', text: 'where in the list; 1 is the first' },
    ...logInOptions,
  ],
  async run(context, [name = '', ...words], options) {
    const at = readPosition(options.text('position'), '--position');
    const changes = await readChanges(context, { name, words }, options);
    const { list, save } = await openRoutes(context, options);
    const next = list.toSpliced(at ?? list.length, 0, { ...changes, name } as unknown as SenderRoute);
    const saved = await save(next);
    context.show(saved, () => formatRoutes(saved));
  },
};

const set: CommandSpec = {
  name: 'set',
  parameters: '<name> <setting=value...>',
  hasSettings: true,
  summary: 'change settings of a route, all or none',
  options: [serverOption, ...logInOptions],
  async run(context, [name = '', ...words], options) {
    const changes = await readChanges(context, { name, words }, options);
    const { list, save } = await openRoutes(context, options);
    const at = positionOf(list, name);
    const saved = await save(list.with(at, { ...(list[at] as SenderRoute), ...changes }));
    context.show(saved[at], () => formatRoutes(saved));
  },
};

const rename: CommandSpec = {
  name: 'rename',
  parameters: '<name> <new-name>',
  summary: 'rename a route',
  options: [serverOption],
  async run(context, [name = '', newName = ''], options) {
    const { list, save } = await openRoutes(context, options);
    const at = positionOf(list, name);
    const saved = await save(list.with(at, { ...(list[at] as SenderRoute), name: newName }));
    context.show(saved[at], () => `Renamed to ${saved[at]?.name}.`);
  },
};

const move: CommandSpec = {
  name: 'move',
  parameters: '<name> <position>',
  summary: 'put a route elsewhere in the list; 1 is the first',
  options: [serverOption],
  async run(context, [name = '', position], options) {
    const to = readPosition(position, 'position') ?? 0;
    const { list, save } = await openRoutes(context, options);
    const at = positionOf(list, name);
    const saved = await save(list.toSpliced(at, 1).toSpliced(to, 0, list[at] as SenderRoute));
    context.show(saved, () => formatRoutes(saved));
  },
};

const remove: CommandSpec = {
  name: 'remove',
  parameters: '<name>',
  summary: 'remove a route; mail of its senders goes as that of the others',
  options: [serverOption],
  async run(context, [name = ''], options) {
    const { list, save } = await openRoutes(context, options);
    const at = positionOf(list, name);
    const saved = await save(list.toSpliced(at, 1));
    context.show(saved, () => `Removed the route ${list[at]?.name}.`);
  },
};

export const routeCommands: CommandGroup = {
  name: 'route',
  summary: 'routes by sender of a virtual server',
  commands: [
    {
      name: 'list',
      summary: 'all routes, in the order in which they are looked at',
      options: [serverOption],
      async run(context, _, options) {
        const { list } = await openRoutes(context, options);
        context.show(list, () => formatRoutes(list));
      },
    },
    {
      name: 'show',
      parameters: '<name>',
      summary: 'settings of a route',
      options: [serverOption],
      async run(context, [name = ''], options) {
        const { list } = await openRoutes(context, options);
        const route = list[positionOf(list, name)] as SenderRoute;
        context.show(route, () =>
          formatPairs([
            ['goes to', describeHosts(route)],
            ...Object.entries(route).map(([key, value]) => [key, describeSetting(value)] as const),
          ]),
        );
      },
    },
    add,
    set,
    rename,
    move,
    remove,
  ],
};
