/** Deleting, bringing back and sending again, causes of Badmail, and what limits would remove. */
import { readFile } from 'node:fs/promises';
import { Problem, reasonOf } from '../../engine/core/problem';
import type { CommandContext, CommandOption, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { folderOf, folderTitles, restingFolders } from '../resting-folder';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';

type Client = Awaited<ReturnType<CommandContext['connect']>>;
type Way = NonNullable<Parameters<Client['messages']['resend']>[0]['way']>;

const folderOption: CommandOption = {
  flags: '-f, --folder <folder>',
  text: 'which folder',
  choices: restingFolders,
  defaultValue: 'drop',
};
const common = [serverOption, folderOption] as const;

/** What a script has to know, after what was done. */
function refuseMissing(ids: readonly string[], count: number, why: string): void {
  const asked = new Set(ids).size;
  if (count >= asked) return;
  throw new Problem(
    'not-found',
    asked === 1 ? `${ids[0]} is ${why}.` : `${asked - count} of ${asked}: ${why}.`,
  );
}

const remove: CommandSpec = {
  name: 'delete',
  parameters: '<message...>',
  summary: 'delete messages; restore brings them back for an hour',
  options: common,
  async run(context, ids, options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.messages.delete({ serverId, folder: folderOf(options), ids: [...ids] });
    context.show(result, () => `${result.count} deleted.`);
    refuseMissing(ids, result.count, `not in the ${folderTitles[folderOf(options)]} folder`);
  },
};

const restore: CommandSpec = {
  name: 'restore',
  parameters: '<message...>',
  summary: 'bring back messages that were deleted within the last hour',
  options: common,
  async run(context, ids, options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.messages.restore({ serverId, folder: folderOf(options), ids: [...ids] });
    context.show(result, () => `${result.count} brought back.`);
    refuseMissing(ids, result.count, 'not deleted within the last hour, or is there again');
  },
};

/** "mx", "drop", "smart-host", "remote-domain:corp.test", or a host with or without a port. */
function parseWay(text: string): Way {
  if (text === 'mx' || text === 'drop' || text === 'smart-host') return { kind: text };
  const domain = /^remote-domain:(.+)$/.exec(text)?.[1];
  if (domain !== undefined) return { kind: 'remote-domain', name: domain };
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === '' || Number(port ?? 25) < 1 || Number(port ?? 25) > 65_535)
    throw new Problem(
      'invalid',
      `"${text}" is no way. Give mx, drop, smart-host, remote-domain:NAME, or HOST:PORT.`,
      'via',
    );
  return { kind: 'host', host, port: Number(port ?? 25) };
}

/** "old@corp.test=new@corp.test" */
function parseReplacement(text: string): { from: string; to: string } {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new Problem('invalid', `"${text}" must be OLD=NEW, two addresses.`, 'replace');
  return { from: text.slice(0, at), to: text.slice(at + 1) };
}

/** Of an option that may be given several times, and hold several with commas between. */
function splitList(texts: readonly string[]): string[] | undefined {
  if (texts.length === 0) return undefined;
  return texts
    .flatMap((text) => text.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function readChoice(options: OptionValues): {
  sender?: string;
  recipients?: string[];
  way?: Way;
  delayMs: number;
} {
  const [sender, recipients, via] = [
    options.text('from'),
    splitList(options.list('to')),
    options.text('via'),
  ];
  return {
    ...(sender === undefined ? {} : { sender }),
    ...(recipients === undefined ? {} : { recipients }),
    ...(via === undefined ? {} : { way: parseWay(via) }),
    delayMs: 0,
  };
}

const resend: CommandSpec = {
  name: 'resend',
  parameters: '<message...>',
  summary: 'send messages again, with their own envelope or another',
  options: [
    ...common,
    { flags: '--from <address>', text: 'sender in place of the own one; "<>" is the null sender' },
    {
      flags: '--to <address>',
      text: 'recipient in place of the own ones; may be given several times',
      isList: true,
    },
    {
      flags: '--replace <old=new>',
      text: 'this recipient in place of that one; may be given several times',
      isList: true,
    },
    { flags: '--via <way>', text: 'mx, drop, smart-host, remote-domain:NAME, or HOST:PORT' },
    { flags: '--server-to <server>', text: 'virtual server that sends; default: the one of the folder' },
    { flags: '--file', text: 'the messages are files on this computer; needs --from and --to' },
    { flags: '--remove', text: 'delete each message once it was accepted' },
  ],
  async run(context, ids, options) {
    const choice = readChoice(options);
    const replaced = splitList(options.list('replace'))?.map(parseReplacement);
    if (options.has('file')) {
      if (replaced || options.has('remove'))
        throw new UsageError('--file goes without --replace and --remove');
      if (choice.sender === undefined || choice.recipients === undefined)
        throw new UsageError('name --from and --to: a file has no envelope');
    }
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const target = options.text('serverTo');
    const targetId = target === undefined ? undefined : await findServerId(client, target);
    if (options.has('file'))
      return resendFiles(context, client, ids, { serverId: targetId ?? serverId, ...choice });
    const result = await client.messages.resend({
      messages: ids.map((id) => ({ serverId, folder: folderOf(options), id })),
      ...choice,
      ...(targetId === undefined ? {} : { serverId: targetId }),
      ...(replaced === undefined ? {} : { replaced }),
      isRemovedAfter: options.has('remove'),
    });
    context.show(result, () =>
      [
        ...result.accepted.map(({ address, queueId }) => `${address.id} accepted as ${queueId}`),
        ...result.refused.map(({ address, reason }) => `${address.id} refused: ${reason}`),
      ].join('\n'),
    );
    if (result.refused.length > 0)
      throw new Problem(
        'refused',
        `${result.refused.length} of ${ids.length} could not be sent or put away.`,
      );
  },
};

async function resendFiles(
  context: CommandContext,
  client: Client,
  files: readonly string[],
  choice: { serverId: number; sender?: string; recipients?: string[]; way?: Way; delayMs: number },
): Promise<void> {
  const { sender = '', recipients = [], ...rest } = choice;
  const accepted: { file: string; queueId: string }[] = [];
  for (const file of files) {
    const content = await readFile(file).catch((error: unknown) => {
      throw new Problem('not-found', `${file} cannot be read: ${reasonOf(error)}`, undefined, {
        cause: error,
      });
    });
    const contentBase64 = content.toString('base64');
    const input = { ...rest, sender: sender === '<>' ? '' : sender, recipients, contentBase64 };
    accepted.push({ file, ...(await client.messages.resendContent(input)) });
  }
  context.show({ accepted }, () =>
    accepted.map(({ file, queueId }) => `${file} accepted as ${queueId}`).join('\n'),
  );
}

const causes: CommandSpec = {
  name: 'causes',
  summary: 'Badmail by cause, the largest first',
  options: [serverOption],
  async run(context, _, options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.messages.causes({ serverId });
    const rest =
      result.counted < result.total ? `\n${result.counted} of ${result.total} counted so far.` : '';
    context.show(
      result,
      () =>
        formatTable(
          result.groups,
          [
            { title: 'Cause', cell: (group) => group.cause ?? 'unknown' },
            { title: 'Messages', cell: (group) => String(group.count) },
            { title: 'Size', cell: (group) => formatSize(group.sizeBytes) },
            { title: 'Oldest', cell: (group) => formatTime(group.oldestAt) },
            { title: 'What to do', cell: (group) => group.advice },
          ],
          'The Badmail folder is empty.',
        ) + rest,
    );
  },
};

/** A limit that an option names; undefined: none does. */
function readLimit(options: OptionValues, name: keyof typeof mostOf): number | null | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  if (text === 'off') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > mostOf[name])
    throw new Problem('invalid', `Enter a whole number from 1 to ${mostOf[name]}, or off.`, `--${name}`);
  return value;
}

const mostOf = { days: 36_500, messages: 1_999_999_999, mb: 1_999_999_999 } as const;

const retention: CommandSpec = {
  name: 'retention',
  summary: 'limits on Drop or Badmail, and what they would remove; removes nothing (server set changes them)',
  options: [
    ...common,
    { flags: '--preview', text: 'look at the folder and count what goes' },
    { flags: '--days <days>', text: 'as if this were the limit; off: none' },
    { flags: '--messages <count>', text: 'as if this were the limit; off: none' },
    { flags: '--mb <size>', text: 'as if this were the limit; off: none' },
  ],
  async run(context, _, options) {
    const folder = folderOf(options);
    if (folder === 'pickup') throw new UsageError('nothing is removed from Pickup by itself');
    const asked = [
      readLimit(options, 'days'),
      readLimit(options, 'messages'),
      readLimit(options, 'mb'),
    ] as const;
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const { settings } = await client.servers.get({ serverId });
    const [days, messages, mb] =
      folder === 'drop'
        ? [settings.dropKeepDays, settings.dropKeepMessages, settings.dropKeepMb]
        : [settings.badmailKeepDays, settings.badmailKeepMessages, settings.badmailKeepMb];
    const [asDays, asMessages, asMb] = asked;
    const limits = {
      keepDays: asDays === undefined ? days : asDays,
      keepMessages: asMessages === undefined ? messages : asMessages,
      keepMb: asMb === undefined ? mb : asMb,
    };
    const show = (value: number | null): string => (value === null ? 'no limit' : String(value));
    const words: [string, string][] = [
      ['folder', folderTitles[folder]],
      ['days', show(limits.keepDays)],
      ['messages', show(limits.keepMessages)],
      ['MB', show(limits.keepMb)],
    ];
    // Who asks "as if" wants to know what would happen.
    const isPreview = options.has('preview') || asked.some((each) => each !== undefined);
    if (!isPreview) return context.show({ folder, limits }, () => formatPairs(words));
    const preview = await client.messages.previewRetention({ serverId, folder, limits });
    words.push(
      ['there', `${preview.total} messages, ${formatSize(preview.totalBytes)}`],
      ['would remove', `${preview.removed} messages, ${formatSize(preview.removedBytes)}`],
    );
    if (preview.oldestKeptAt !== undefined) words.push(['oldest kept', formatTime(preview.oldestKeptAt)]);
    context.show({ folder, limits, ...preview }, () => formatPairs(words));
  },
};

export const putAwayCommands: readonly CommandSpec[] = [remove, restore, resend, causes, retention];
