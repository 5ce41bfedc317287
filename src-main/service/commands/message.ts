/** Mail in Drop, Badmail and Pickup on the command line. */
import { open, rm } from 'node:fs/promises';
import type { MessageAddress, MessageRow } from '../../api/contract';
import { badmailCauses } from '../../engine/core/event';
import { Problem, reasonOf, systemCodeOf } from '../../engine/core/problem';
import type { CommandContext, CommandGroup, CommandOption, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { type PieceOfMessage, readBeginning, readPieces } from '../message-pieces';
import { formatMessageText } from '../message-text';
import { describeRest, pageOptions, readPage } from '../paging';
import { folderOf, folderTitles, type RestingFolder, restingFolders } from '../resting-folder';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';
import { checkCommand } from './message-check';
import { putAwayCommands } from './message-put-away';
import { formatSender } from './queue';
import { searchCommands } from './search';

type CauseName = NonNullable<Parameters<Client['messages']['list']>[0]['cause']>;
type Client = Awaited<ReturnType<CommandContext['connect']>>;

const folderOption: CommandOption = {
  flags: '-f, --folder <folder>',
  text: 'which folder',
  choices: restingFolders,
  defaultValue: 'drop',
};
const causes: readonly string[] = [...badmailCauses, 'unknown'];
const common = [serverOption, folderOption] as const;
/** Waiting mail can be read as well; what is done with it are the commands of the queue. */
const readable = [serverOption, { ...folderOption, choices: [...restingFolders, 'queue'] }] as const;

function formatMessages(rows: readonly MessageRow[], folder: RestingFolder): string {
  return formatTable(
    rows,
    [
      { title: 'Message', cell: (row) => row.id },
      { title: 'Received', cell: (row) => formatTime(row.receivedAt) },
      { title: 'Size', cell: (row) => formatSize(row.sizeBytes) },
      { title: 'Sender', cell: (row) => formatSender(row.sender) },
      { title: 'Recipients', cell: (row) => row.recipients.slice(0, 3).join(', ') },
      { title: 'Subject', cell: (row) => row.subject },
      ...(folder !== 'drop' ? [{ title: 'Reason', cell: (row: MessageRow) => row.reason ?? '' }] : []),
    ],
    `The ${folderTitles[folder]} folder is empty.`,
  );
}

/** `show` reads no more; `export` has no limit. */
const mostShownBytes = 32 * 1024 * 1024;

async function addressOf(client: Client, id: string, options: OptionValues): Promise<MessageAddress> {
  const serverId = await findServerId(client, options.text('server'));
  return { serverId, folder: options.text('folder') === 'queue' ? 'queue' : folderOf(options), id };
}

const show: CommandSpec = {
  name: 'show',
  parameters: '<message>',
  summary: 'envelope and text of a message; export gives it as it is',
  options: readable,
  async run(context, [id = ''], options) {
    const client = await context.connect();
    const { row, bytes, isCut } = await readBeginning(
      client,
      await addressOf(client, id, options),
      mostShownBytes,
    );
    const text = formatMessageText(bytes);
    const envelope = formatPairs([
      ['received', formatTime(row.receivedAt)],
      ['sender', formatSender(row.sender)],
      ['recipients', row.recipients.join(', ')],
      ...(row.reason ? ([['reason', row.reason]] as const) : []),
    ]);
    context.show(
      { row, contentBase64: Buffer.from(bytes).toString('base64'), isCut },
      () => `${envelope}\n\n${text}`,
    );
  },
};

const exportMessage: CommandSpec = {
  name: 'export',
  parameters: '<message>',
  summary: 'the message byte for byte, to standard output or a new file',
  options: [...readable, { flags: '-o, --out <file>', text: 'write to this file, which must not exist yet' }],
  async run(context, [id = ''], options) {
    const client = await context.connect();
    const address = await addressOf(client, id, options);
    const file = options.text('out');
    if (file === undefined) {
      for await (const { bytes } of readPieces(client, address)) await context.terminal.writeOut(bytes);
      return;
    }
    const written = await writeMessage(file, readPieces(client, address));
    context.show({ file, bytes: written }, () => `${formatSize(written)} written to ${file}.`);
  },
};

/** Nothing of a file that could not be written whole is left. */
async function writeMessage(file: string, pieces: AsyncGenerator<PieceOfMessage>): Promise<number> {
  // The message first: where it is not there, no file is made.
  const first = await pieces.next();
  const refuse = (error: unknown): never => {
    const why = systemCodeOf(error) === 'EEXIST' ? 'it is there already' : reasonOf(error);
    throw new Problem('refused', `${file} was not written: ${why}.`, undefined, { cause: error });
  };
  const handle = await open(file, 'wx').catch(refuse);
  let written = 0;
  try {
    for (let next = first; !next.done; next = await pieces.next()) {
      await handle.writeFile(next.value.bytes).catch(refuse);
      written += next.value.bytes.length;
    }
    await handle.close();
    return written;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

export const messageCommands: CommandGroup = {
  name: 'message',
  summary: 'messages in Drop, Badmail and Pickup',
  commands: [
    {
      name: 'list',
      summary: 'messages, newest first',
      options: [
        ...common,
        {
          flags: '--cause <cause>',
          text: 'Badmail: of this cause only, as message causes names it',
          choices: causes,
        },
        ...pageOptions,
      ],
      async run(context, _, options) {
        const page = readPage(options);
        const folder = folderOf(options);
        if (options.text('cause') !== undefined && folder !== 'badmail')
          throw new UsageError('--cause needs --folder badmail');
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const cause = options.text('cause') as CauseName | undefined;
        const input = { serverId, folder, ...page };
        const result = await client.messages.list(cause === undefined ? input : { ...input, cause });
        context.show(
          result,
          () => formatMessages(result.rows, folder) + describeRest(page, result.rows.length, result.total),
        );
      },
    },
    show,
    exportMessage,
    ...searchCommands,
    checkCommand,
    ...putAwayCommands,
  ],
};
