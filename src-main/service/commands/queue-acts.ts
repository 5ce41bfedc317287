/** What operators do with waiting mail on the command line: by name, or all that a filter matches. */
import type { ChosenMail, ChosenWay } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandContext, CommandOption, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { findServerId, serverOption } from '../server-choice';
import { readCounted } from './queue-counted';
import { filterOptions, hasFilter, readFilter } from './queue-filter';

const yesOption: CommandOption = { flags: '--yes', text: 'do it to all that matches without asking' };
const allOption: CommandOption = { flags: '--all', text: 'everything that waits' };
const choiceOptions = [serverOption, ...filterOptions, allOption, yesOption];

type Client = Awaited<ReturnType<CommandContext['connect']>>;
interface Target {
  readonly client: Client;
  readonly serverId: number;
  readonly chosen: ChosenMail;
}

/** The mail that is meant; where a filter means it, a person has agreed. */
async function readTarget(
  context: CommandContext,
  queueIds: readonly string[],
  options: OptionValues,
  verb: string,
): Promise<Target> {
  const filter = readFilter(options);
  const isByFilter = hasFilter(filter) || options.has('all');
  if (queueIds.length > 0 && isByFilter)
    throw new UsageError('name messages, or say by options which are meant; not both');
  if (queueIds.length === 0 && !isByFilter)
    throw new UsageError('name messages, or say by options which are meant; --all means all that waits');
  const client = await context.connect();
  const serverId = await findServerId(client, options.text('server'));
  if (queueIds.length > 0) return { client, serverId, chosen: { queueIds: [...queueIds] } };
  if (!options.has('yes')) await confirm(context, { client, serverId, filter, verb });
  return { client, serverId, chosen: { filter } };
}

async function confirm(
  context: CommandContext,
  {
    client,
    serverId,
    filter,
    verb,
  }: { client: Client; serverId: number; filter: ReturnType<typeof readFilter>; verb: string },
): Promise<void> {
  const { total, messages } = await readCounted(() => client.queue.groups({ serverId, filter, limit: 1 }));
  context.note(
    `${total} ${total === 1 ? 'entry matches' : 'entries match'} of ${messages} waiting messages.`,
  );
  const answer = await context.terminal.askSecret(`Type yes to ${verb} all that matches`);
  if (answer === undefined)
    throw new Problem('refused', `Nobody is there to ask. Add --yes to ${verb} all that matches.`);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Problem('refused', 'Nothing was changed.');
}

function act(facts: {
  readonly name: string;
  readonly summary: string;
  readonly verb: string;
  readonly done: string;
  readonly options?: readonly CommandOption[];
  /** Refuses options before anybody is asked. */
  readonly check?: (options: OptionValues) => unknown;
  readonly run: (target: Target, options: OptionValues) => Promise<{ readonly count: number }>;
}): CommandSpec {
  const { name, summary, verb, done, options: own = [] } = facts;
  return {
    name,
    parameters: '[message...]',
    summary,
    options: [...choiceOptions, ...own],
    async run(context, queueIds, options) {
      facts.check?.(options);
      const result = await facts.run(await readTarget(context, queueIds, options, verb), options);
      context.show(result, () => `${result.count} ${done}.`);
      if (queueIds.length > 0 && result.count === 0)
        throw new Problem('not-found', 'Nothing of what was named waits, or nothing about it had to change.');
    },
  };
}

const wayOptions: readonly CommandOption[] = [
  { flags: '--smart-host', text: 'by the smart host of the virtual server' },
  { flags: '--mx', text: 'by MX of the recipient’s domain' },
  { flags: '--drop', text: 'into the Drop folder' },
  { flags: '--host <host:port>', text: 'to this host; TLS where it offers it, no log-in' },
  { flags: '--remote-domain <name>', text: 'as mail of this remote domain goes' },
  { flags: '--reset', text: 'by the settings again' },
];

/** Throws Problem 'invalid' unless one way is named. */
function readWay(options: OptionValues): ChosenWay | null {
  const ways: (ChosenWay | null)[] = [];
  if (options.has('smartHost')) ways.push({ kind: 'smart-host' });
  if (options.has('mx')) ways.push({ kind: 'mx' });
  if (options.has('drop')) ways.push({ kind: 'drop' });
  if (options.has('reset')) ways.push(null);
  const host = options.text('host');
  if (host !== undefined) {
    const match = /^(.+):(\d{1,5})$/.exec(host);
    if (!match?.[1] || Number(match[2]) < 1 || Number(match[2]) > 65_535)
      throw new Problem('invalid', 'Enter host and port, such as relay.example.com:25.', '--host');
    ways.push({ kind: 'host', host: match[1], port: Number(match[2]) });
  }
  const name = options.text('remoteDomain');
  if (name !== undefined) ways.push({ kind: 'remote-domain', name });
  const [way] = ways;
  if (ways.length !== 1 || way === undefined)
    throw new UsageError(
      'name one way: --smart-host, --mx, --drop, --host, --remote-domain, or --reset for that of the settings',
    );
  return way;
}

function readAddresses(options: OptionValues): { readonly from: string; readonly to: string } {
  const [from, to] = [options.text('from'), options.text('to')];
  if (from === undefined || to === undefined)
    throw new UsageError('name both addresses, with --from and --to');
  return { from, to };
}

const onDestination = (verb: 'freeze' | 'thaw', summary: string, done: string): CommandSpec => ({
  name: verb,
  parameters: '<destination>',
  summary,
  options: [serverOption],
  async run(context, [destination = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    await client.queue[verb]({ serverId, destination });
    context.show({ destination }, () => `${destination} is ${done}.`);
  },
});

export const queueActs: readonly CommandSpec[] = [
  {
    name: 'retry',
    parameters: '[message...]',
    summary: 'try these messages now; without names the whole queue, save what waits to be asked for',
    options: choiceOptions,
    async run(context, queueIds, options) {
      const isAll = queueIds.length === 0 && !hasFilter(readFilter(options));
      const client = await context.connect();
      const serverId = await findServerId(client, options.text('server'));
      const chosen = queueIds.length > 0 ? { queueIds: [...queueIds] } : { filter: readFilter(options) };
      const result = await client.queue.retry({ serverId, ...(isAll ? {} : { chosen }) });
      context.show(result, () => `${result.count} due now.`);
    },
  },
  act({
    name: 'hold',
    summary: 'keep mail back: it is not tried and does not expire until it is released',
    verb: 'hold',
    done: 'held',
    run: ({ client, ...target }) => client.queue.hold(target),
  }),
  act({
    name: 'release',
    summary: 'try held mail now',
    verb: 'release',
    done: 'released',
    run: ({ client, ...target }) => client.queue.release(target),
  }),
  act({
    name: 'delete',
    summary: 'delete mail without telling the sender, or with --return as if it had failed for good',
    verb: 'delete',
    done: 'deleted',
    options: [{ flags: '--return', text: 'senders get a non-delivery report' }],
    run: ({ client, ...target }, options) =>
      client.queue.delete({ ...target, isReturned: options.has('return') }),
  }),
  act({
    name: 'route',
    summary: 'send mail another way than the settings say',
    verb: 'redirect',
    done: 'go another way',
    options: wayOptions,
    check: readWay,
    run: ({ client, ...target }, options) => client.queue.setWay({ ...target, way: readWay(options) }),
  }),
  act({
    name: 'readdress',
    summary: 'put another address in the place of a recipient',
    verb: 'readdress',
    done: 'readdressed',
    options: [
      { flags: '--from <address>', text: 'the recipient as the message has it' },
      { flags: '--to <address>', text: 'who gets it instead' },
    ],
    check: readAddresses,
    run: ({ client, ...target }, options) =>
      client.queue.setRecipient({ ...target, ...readAddresses(options) }),
  }),
  onDestination('freeze', 'keep all mail for a destination back, also what comes later', 'frozen'),
  onDestination('thaw', 'let the mail for a frozen destination go', 'no longer frozen'),
  {
    name: 'release-for',
    parameters: '<domain>',
    summary: 'send the mail that waits for this domain to ask for it, as if it had (ETRN)',
    options: [serverOption],
    async run(context, [domain = ''], options) {
      const client = await context.connect();
      const serverId = await findServerId(client, options.text('server'));
      const result = await client.queue.releaseForTrigger({ serverId, domain });
      context.show(result, () => `${result.count} released.`);
    },
  },
];
