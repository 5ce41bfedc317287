/** The index of mail on the command line: search, marks, and the index itself. */
import type { FoundRow, MessageAddress } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandContext, CommandGroup, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { describeRest, pageOptions, readPage } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';
import { formatSender } from './queue';

const folders = ['drop', 'queue', 'badmail', 'pickup'] as const;
type Folder = (typeof folders)[number];
const isFolder = (text: string | undefined): text is Folder => folders.some((folder) => folder === text);

const folderOption = {
  flags: '-f, --folder <folder>',
  text: 'only in this folder',
  choices: [...folders],
};

const marksOf = ({ marks }: FoundRow): string =>
  [...(marks.isRead ? [] : ['new']), ...(marks.isStarred ? ['*'] : []), ...marks.tags].join(' ');

async function scopeOf(context: CommandContext, options: OptionValues) {
  const client = await context.connect();
  const server = options.text('server');
  const folder = options.text('folder');
  return {
    client,
    ...(server === undefined ? {} : { serverId: await findServerId(client, server) }),
    ...(isFolder(folder) ? { folders: [folder] } : {}),
  };
}

const search: CommandSpec = {
  name: 'search',
  parameters: '<query...>',
  summary:
    'find mail by words, "phrases", from: to: subject: has:attachment before: after: larger: smaller: in: server: is: tag: header:Name=value; -word leaves out',
  options: [serverOption, folderOption, ...pageOptions],
  async run(context, words, options) {
    const { client, ...scope } = await scopeOf(context, options);
    const page = readPage(options);
    const found = await client.search.find({ query: words.join(' '), ...scope, ...page });
    // Somebody acts on what is printed: all mail is no answer to a slip of the pen.
    if (found.faults.length > 0)
      throw new Problem('invalid', found.faults.map(({ text }) => text).join(' '), 'query');
    context.show(found, () =>
      [
        formatTable(
          found.rows,
          [
            { title: 'Message', cell: (row) => row.id },
            { title: 'Folder', cell: (row) => `${row.serverId}/${row.folder}` },
            { title: 'Received', cell: (row) => formatTime(row.receivedAt) },
            { title: 'Size', cell: (row) => formatSize(row.sizeBytes) },
            { title: 'Sender', cell: (row) => formatSender(row.sender) },
            { title: 'Recipients', cell: (row) => row.recipients.slice(0, 3).join(', ') },
            { title: 'Subject', cell: (row) => row.subject },
            { title: 'Marks', cell: marksOf },
          ],
          'Nothing was found.',
        ),
        ...(found.isComplete ? [] : ['The index is still being made: there may be more.']),
        describeRest(page, found.rows.length, found.total),
      ]
        .filter((line) => line !== '')
        .join('\n'),
    );
  },
};

/** Messages may be named without their folder: the index knows where they lie. */
async function addressesOf(
  context: CommandContext,
  ids: readonly string[],
  options: OptionValues,
): Promise<MessageAddress[]> {
  const { client, serverId, folders: chosen } = await scopeOf(context, options);
  const folder = chosen?.[0];
  const addresses: MessageAddress[] = [];
  for (const id of ids) {
    if (serverId !== undefined && folder !== undefined) {
      addresses.push({ serverId, folder, id });
      continue;
    }
    const { rows } = await client.search.find({
      query: `"${id.replaceAll('"', ' ')}"`,
      ...(serverId === undefined ? {} : { serverId }),
      ...(folder === undefined ? {} : { folders: [folder] }),
    });
    const found = rows.filter((row) => row.id.toLowerCase() === id.toLowerCase());
    if (found.length === 0)
      throw new Problem(
        'not-found',
        `The index has no message ${id}. Name its server and folder with --server and --folder.`,
      );
    addresses.push(...found.map((row) => ({ serverId: row.serverId, folder: row.folder, id: row.id })));
  }
  return addresses;
}

interface Change {
  readonly isRead?: boolean;
  readonly isStarred?: boolean;
  readonly addTags?: string[];
  readonly removeTags?: string[];
}

function markCommand(
  name: string,
  summary: string,
  change: (options: OptionValues) => Change,
  tagOption: readonly { flags: string; text: string }[] = [],
): CommandSpec {
  return {
    name,
    parameters: '<message...>',
    summary,
    options: [...tagOption, serverOption, folderOption],
    async run(context, ids, options) {
      const changed = change(options);
      const messages = await addressesOf(context, ids, options);
      const client = await context.connect();
      const { count } = await client.search.mark({ messages, ...changed });
      context.show({ count }, () => `${count} marked.`);
    },
  };
}

const tagOption = [{ flags: '-t, --tag <tags>', text: 'one or more, apart by commas' }] as const;

function tagsOf(options: OptionValues): string[] {
  const tags = (options.text('tag') ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length === 0) throw new UsageError('name a tag with --tag');
  return tags;
}

/** Part of `mailroot message`. */
export const searchCommands: readonly CommandSpec[] = [
  search,
  markCommand('tag', 'give messages a tag', (options) => ({ addTags: tagsOf(options) }), tagOption),
  markCommand('untag', 'take a tag from messages', (options) => ({ removeTags: tagsOf(options) }), tagOption),
  markCommand('star', 'star messages', () => ({ isStarred: true })),
  markCommand('unstar', 'take the star from messages', () => ({ isStarred: false })),
  markCommand('read', 'mark messages as read', () => ({ isRead: true })),
  markCommand('unread', 'mark messages as not read', () => ({ isRead: false })),
];

const status: CommandSpec = {
  name: 'status',
  summary: 'whether all mail is in the index',
  options: [],
  async run(context) {
    const client = await context.connect();
    const answer = await client.search.status();
    context.show(answer, () =>
      formatPairs([
        ['state', answer.state],
        ['messages', `${answer.done} of ${answer.total}`],
        ...(answer.text === undefined ? [] : ([['problem', answer.text]] as const)),
      ]),
    );
  },
};

const rebuild: CommandSpec = {
  name: 'rebuild',
  summary: 'make the index anew from the files; marks and saved searches stay',
  options: [],
  async run(context) {
    const client = await context.connect();
    await client.search.rebuild();
    context.show({}, () => 'The index is being made anew.');
  },
};

export const indexCommands: CommandGroup = {
  name: 'index',
  summary: 'index of mail',
  commands: [status, rebuild],
};
