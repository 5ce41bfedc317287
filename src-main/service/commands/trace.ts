/** "Where is my mail?" on the command line. */
import { writeFile } from 'node:fs/promises';
import type { TraceRow } from '../../api/contract';
import { Problem, systemCodeOf } from '../../engine/core/problem';
import type { CommandGroup } from '../command';
import { describeRest, pageOptions, readPage } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { cleanLines, formatTable, formatTime } from '../text-table';
import { formatSender } from './queue';

const outcomes = [
  'dropped',
  'relayed',
  'expanded',
  'bounced',
  'expired',
  'badmail',
  'deleted',
  'waiting',
  'refused',
] as const;

const formatRows = (rows: readonly TraceRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Time', cell: (row) => formatTime(row.at) },
      { title: 'Sender', cell: (row) => formatSender(row.sender) },
      {
        title: 'Recipients',
        cell: ({ recipients, recipientCount }) =>
          recipientCount > recipients.length
            ? `${recipients.join(', ')} and ${recipientCount - recipients.length} more`
            : recipients.join(', '),
      },
      { title: 'Subject', cell: (row) => row.subject },
      { title: 'Outcome', cell: (row) => row.outcomes.join(', ') },
      { title: 'Id', cell: (row) => row.id },
    ],
    'The trace has no such message.',
  );

/** A day is its beginning in local time; anything else as JavaScript reads a date. */
function readTime(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  if (Number.isNaN(at))
    throw new Problem(
      'invalid',
      'Enter a date, with a time where you like: 2026-03-26 or 2026-03-26T14:30.',
      name,
    );
  return at;
}

export const traceCommands: CommandGroup = {
  name: 'trace',
  summary: 'where mail is, and what happened to it',
  commands: [
    {
      name: 'list',
      summary: 'messages and refusals, the newest first; all that is given must hold',
      options: [
        { flags: '--person <text>', text: 'part of the address of sender or recipient, or of the client' },
        { flags: '--from <text>', text: "part of the sender's address" },
        { flags: '--to <text>', text: "part of a recipient's address" },
        { flags: '--subject <text>', text: 'part of the subject' },
        { flags: '--id <id>', text: 'Message-ID, or the name of the message' },
        { flags: '--since <time>', text: 'not before: 2026-03-26 or 2026-03-26T14:30' },
        { flags: '--until <time>', text: 'not later' },
        { flags: '--outcome <outcome>', text: 'what became of one of its recipients', choices: outcomes },
        { flags: '--server <server>', text: 'number or name of one virtual server; default: all' },
        ...pageOptions,
      ],
      async run(context, _, options) {
        const page = readPage(options);
        const since = readTime(options.text('since'), '--since');
        const until = readTime(options.text('until'), '--until');
        const client = await context.connect();
        const server = options.text('server');
        const serverId = server === undefined ? undefined : await findServerId(client, server);
        const outcome = outcomes.find((each) => each === options.text('outcome'));
        const texts = {
          person: 'person',
          from: 'sender',
          to: 'recipient',
          subject: 'subject',
          id: 'messageId',
        };
        const given = Object.entries(texts).flatMap(([name, field]) => {
          const value = options.text(name);
          return value === undefined ? [] : [[field, value] as const];
        });
        const result = await client.trace.find({
          ...page,
          ...Object.fromEntries(given),
          ...(serverId === undefined ? {} : { serverId }),
          ...(since === undefined ? {} : { from: since }),
          ...(until === undefined ? {} : { until }),
          ...(outcome === undefined ? {} : { outcome }),
        });
        if (!result.isComplete) context.note('The trace is still being read; older mail may be missing.');
        context.show(
          result,
          () => formatRows(result.rows) + describeRest(page, result.rows.length, result.total),
        );
      },
    },
    {
      name: 'show',
      parameters: '<id>',
      summary: 'the way of one message, step by step',
      options: [{ flags: '--dialogue', text: 'with what was said in each session' }, serverOption],
      async run(context, [id = ''], options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        if (context.isJson) {
          const story = await client.trace.show({ serverId, id });
          context.show(story, () => '');
          return;
        }
        const { text } = await client.trace.text({ serverId, id, hasDialogues: options.has('dialogue') });
        context.show(text, () => cleanLines(text.trimEnd()));
      },
    },
    {
      name: 'export',
      parameters: '<id>',
      summary: 'the same with its dialogues as a text file',
      options: [
        { flags: '-o, --out <file>', text: 'file to write; default: named after the message' },
        serverOption,
      ],
      async run(context, [id = ''], options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const { fileName, text } = await client.trace.text({ serverId, id, hasDialogues: true });
        const file = options.text('out') ?? fileName;
        await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
          const isThere = systemCodeOf(error) === 'EEXIST';
          const text = isThere
            ? `${file} is there already.`
            : `${file} cannot be written (${systemCodeOf(error)}).`;
          throw new Problem('invalid', text, '--out', { cause: error });
        });
        context.show({ file }, () => `Written to ${file}.`);
      },
    },
  ],
};
