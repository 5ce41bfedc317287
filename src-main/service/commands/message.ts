/** Dropped and dead mail on the command line. */
import { writeFile } from 'node:fs/promises';
import type { MessageContent, MessageRow } from '../../api/contract';
import { Problem, reasonOf } from '../../engine/core/problem';
import type { CommandContext, CommandGroup, CommandOption, CommandSpec, OptionValues } from '../command';
import { formatMessageText } from '../message-text';
import { describeRest, pageOptions, readPage } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';
import { formatSender } from './queue';
import { searchCommands } from './search';

const folderOption: CommandOption = {
  flags: '-f, --folder <folder>',
  text: 'which folder',
  choices: ['drop', 'badmail'],
  defaultValue: 'drop',
};
const common = [serverOption, folderOption] as const;

const folderOf = (options: OptionValues): 'drop' | 'badmail' =>
  options.text('folder') === 'badmail' ? 'badmail' : 'drop';

function formatMessages(rows: readonly MessageRow[], folder: 'drop' | 'badmail'): string {
  return formatTable(
    rows,
    [
      { title: 'Message', cell: (row) => row.id },
      { title: 'Received', cell: (row) => formatTime(row.receivedAt) },
      { title: 'Size', cell: (row) => formatSize(row.sizeBytes) },
      { title: 'Sender', cell: (row) => formatSender(row.sender) },
      { title: 'Recipients', cell: (row) => row.recipients.slice(0, 3).join(', ') },
      { title: 'Subject', cell: (row) => row.subject },
      ...(folder === 'badmail' ? [{ title: 'Reason', cell: (row: MessageRow) => row.reason ?? '' }] : []),
    ],
    folder === 'drop' ? 'The Drop folder is empty.' : 'The Badmail folder is empty.',
  );
}

async function readContent(
  context: CommandContext,
  id: string,
  options: OptionValues,
): Promise<MessageContent> {
  const client = await context.connect();
  const serverId = await findServerId(client, options.text('server'));
  return client.messages.content({ serverId, folder: folderOf(options), id });
}

const show: CommandSpec = {
  name: 'show',
  parameters: '<message>',
  summary: 'envelope and text of a message; export gives it as it is',
  options: common,
  async run(context, [id = ''], options) {
    const content = await readContent(context, id, options);
    const { row } = content;
    const text = await formatMessageText(Buffer.from(content.contentBase64, 'base64'));
    const envelope = formatPairs([
      ['received', formatTime(row.receivedAt)],
      ['sender', formatSender(row.sender)],
      ['recipients', row.recipients.join(', ')],
      ...(row.reason ? ([['reason', row.reason]] as const) : []),
    ]);
    context.show(content, () => `${envelope}\n\n${text}`);
  },
};

const exportMessage: CommandSpec = {
  name: 'export',
  parameters: '<message>',
  summary: 'the message byte for byte, to standard output or a new file',
  options: [...common, { flags: '-o, --out <file>', text: 'write to this file, which must not exist yet' }],
  async run(context, [id = ''], options) {
    const { contentBase64, isCut, row } = await readContent(context, id, options);
    if (isCut)
      throw new Problem(
        'refused',
        `The message has ${formatSize(row.sizeBytes)}: too large to export. Copy it from its folder.`,
      );
    const bytes = Buffer.from(contentBase64, 'base64');
    const file = options.text('out');
    if (file === undefined) return context.terminal.writeOut(bytes);
    try {
      await writeFile(file, bytes, { flag: 'wx' });
    } catch (error) {
      throw new Problem('refused', `${file} was not written: ${reasonOf(error)}`, undefined, {
        cause: error,
      });
    }
    context.show({ file, bytes: bytes.length }, () => `${formatSize(bytes.length)} written to ${file}.`);
  },
};

export const messageCommands: CommandGroup = {
  name: 'message',
  summary: 'messages in Drop and Badmail',
  commands: [
    {
      name: 'list',
      summary: 'messages, newest first',
      options: [...common, ...pageOptions],
      async run(context, _, options) {
        const page = readPage(options);
        const folder = folderOf(options);
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.messages.list({ serverId, folder, ...page });
        context.show(
          result,
          () => formatMessages(result.rows, folder) + describeRest(page, result.rows.length, result.total),
        );
      },
    },
    show,
    exportMessage,
    ...searchCommands,
    {
      name: 'delete',
      parameters: '<message...>',
      summary: 'delete messages',
      options: common,
      async run(context, ids, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.messages.delete({ serverId, folder: folderOf(options), ids: [...ids] });
        context.show(result, () => `${result.count} deleted.`);
      },
    },
  ],
};
