/** Waiting mail on the command line. */
import type { QueueGroupRow, QueueRow } from '../../api/contract';
import type { CommandGroup, CommandSpec } from '../command';
import { describeRest, pageOptions, readPage, readSort, sortOptions } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';
import { queueActs } from './queue-acts';
import { readCounted } from './queue-counted';
import { filterOptions, hasFilter, readFilter } from './queue-filter';

/** The null reverse-path as people know it. */
export const formatSender = (sender: string): string => sender || '<>';

type Recipient = QueueRow['recipients'][number];

const isWaiting = (recipient: Recipient): boolean => recipient.outcome === undefined;

function describeNext(row: QueueRow): string {
  if (row.isActive) return 'now';
  const waiting = row.recipients.filter(isWaiting);
  const times = waiting
    .filter(({ held, isHeld, isFrozen }) => !held && !isHeld && !isFrozen)
    .map((recipient) => recipient.nextAttemptAt);
  if (times.length > 0) return formatTime(Math.min(...times));
  if (waiting.length === 0) return '';
  if (waiting.some(({ isHeld }) => isHeld)) return 'held';
  return waiting.some(({ isFrozen }) => isFrozen) ? 'frozen' : 'when asked for';
}

/** "Waits until mail.example.com asks for it (ETRN)". */
function describeWaiting(recipient: Recipient): string {
  const { held, isHeld, isFrozen, isPaced, route, nextAttemptAt, destination } = recipient;
  if (isHeld) return 'Held by an operator';
  if (isFrozen) return `Waits: ${destination} is frozen`;
  if (isPaced) return `Waits for the rate limit of ${route}, until ${formatTime(nextAttemptAt)}`;
  if (!held) return formatTime(nextAttemptAt);
  return `Waits until ${held.host} asks for it (${held.canTurn ? 'ATRN, TURN or ETRN' : 'ETRN'})`;
}

function describeLast(last: Recipient['last']): string {
  if (!last) return '';
  const { status, remote } = last;
  // Our own words about a host begin with its name.
  const from = remote && !status.text.startsWith(remote.name) ? ` (${remote.name})` : '';
  return `${status.code} ${status.enhanced} ${status.text}${from}`;
}

/** "TLSv1.3, certificate not verified: it is self-signed"; '' when there was none, or no session. */
function describeEncryption(last: Recipient['last']): string {
  if (!last?.tls) return '';
  const { version, isVerified, fault } = last.tls;
  if (isVerified) return `${version}, certificate verified`;
  return `${version}, certificate not verified${fault === undefined ? '' : `: ${fault}`}`;
}

function formatQueue(rows: readonly QueueRow[]): string {
  return formatTable(
    rows,
    [
      { title: 'Message', cell: (row) => row.queueId },
      { title: 'Arrived', cell: (row) => formatTime(row.arrivedAt) },
      { title: 'Size', cell: (row) => formatSize(row.sizeBytes) },
      { title: 'Sender', cell: (row) => formatSender(row.sender) },
      {
        title: 'Waiting for',
        cell: (row) =>
          row.recipients
            .filter(isWaiting)
            .map((each) => each.address)
            .slice(0, 3)
            .join(', '),
      },
      { title: 'Next attempt', cell: describeNext },
      {
        title: 'Last answer',
        // Of those that wait: what another recipient was told is no reason to wait.
        cell: (row) => describeLast(row.recipients.filter(isWaiting).find((each) => each.last)?.last),
      },
    ],
    'The queue is empty.',
  );
}

function formatMessage(row: QueueRow): string {
  return [
    formatPairs([
      ['message', row.queueId],
      ['arrived', formatTime(row.arrivedAt)],
      ['source', row.source],
      ['sender', formatSender(row.sender)],
      ['subject', row.subject],
      ['size', formatSize(row.sizeBytes)],
    ]),
    formatTable(
      row.recipients,
      [
        { title: 'Recipient', cell: (each) => each.address },
        { title: 'Outcome', cell: (each) => each.outcome ?? (row.isActive ? 'being sent' : 'waiting') },
        { title: 'Attempts', cell: (each) => each.attempts },
        { title: 'Next attempt', cell: (each) => (isWaiting(each) ? describeWaiting(each) : '') },
        { title: 'Route', cell: (each) => each.route },
        { title: 'Last answer', cell: (each) => describeLast(each.last) },
        { title: 'Encryption', cell: (each) => describeEncryption(each.last) },
      ],
      'It has no recipients.',
    ),
  ].join('\n\n');
}

/** What a row says instead of a time, where it has none. */
function describeGroupNext(row: QueueGroupRow): string {
  if (row.isActive) return 'now';
  if (row.isHeld) return 'held';
  if (row.isFrozen) return 'frozen';
  return row.heldFor === undefined ? formatTime(row.nextAttemptAt) : `when ${row.heldFor} asks`;
}

function formatGroups(rows: readonly QueueGroupRow[]): string {
  return formatTable(
    rows,
    [
      { title: 'Message', cell: (row) => row.queueId },
      { title: 'Destination', cell: (row) => row.destination },
      { title: 'Arrived', cell: (row) => formatTime(row.arrivedAt) },
      { title: 'Size', cell: (row) => formatSize(row.sizeBytes) },
      { title: 'Sender', cell: (row) => formatSender(row.sender) },
      {
        title: 'Waiting for',
        cell: ({ recipients, recipientCount }) =>
          `${recipients.slice(0, 3).join(', ')}${recipientCount > 3 ? `, and ${recipientCount - 3} more` : ''}`,
      },
      { title: 'Attempts', cell: (row) => row.attempts },
      { title: 'Next attempt', cell: describeGroupNext },
      { title: 'Last answer', cell: (row) => describeLast(row.last) },
    ],
    'Nothing that waits matches.',
  );
}

const sortColumns = ['arrivedAt', 'sender', 'size', 'destination', 'attempts', 'nextAttemptAt'] as const;

const list: CommandSpec = {
  name: 'list',
  summary: 'waiting messages; with --groups, an order or a filter a line for each message and destination',
  options: [
    serverOption,
    { flags: '--groups', text: 'a line for each message and destination' },
    ...filterOptions,
    ...sortOptions(sortColumns),
    ...pageOptions,
  ],
  async run(context, _, options) {
    const page = readPage(options);
    const filter = readFilter(options);
    const order = readSort(options, sortColumns);
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    if (options.has('groups') || hasFilter(filter) || order.sort) {
      const result = await readCounted(() => client.queue.groups({ serverId, ...page, filter, ...order }));
      context.show(
        result,
        () => formatGroups(result.rows) + describeRest(page, result.rows.length, result.total),
      );
      return;
    }
    const result = await client.queue.list({ serverId, ...page });
    context.show(
      result,
      () => formatQueue(result.rows) + describeRest(page, result.rows.length, result.total),
    );
  },
};

const totals: CommandSpec = {
  name: 'totals',
  summary: 'what waits for each destination',
  options: [serverOption],
  async run(context, _, options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await readCounted(() => client.queue.totals({ serverId }));
    const { destinations, others } = result;
    context.show(result, () => {
      const table = formatTable(
        destinations,
        [
          { title: 'Destination', cell: (row) => row.destination },
          { title: 'Messages', cell: (row) => row.groups },
          { title: 'Recipients', cell: (row) => row.recipients },
          { title: '< 5 min', cell: (row) => row.byAge[0] ?? 0 },
          { title: '< 1 h', cell: (row) => row.byAge[1] ?? 0 },
          { title: '< 4 h', cell: (row) => row.byAge[2] ?? 0 },
          { title: '< 1 d', cell: (row) => row.byAge[3] ?? 0 },
          { title: 'older', cell: (row) => row.byAge[4] ?? 0 },
          {
            title: 'Next attempt',
            cell: ({ isFrozen, nextAttemptAt }) =>
              isFrozen ? 'frozen' : nextAttemptAt === undefined ? '' : formatTime(nextAttemptAt),
          },
          { title: 'Last error', cell: (row) => row.lastError?.replace(/\n/g, ' ') ?? '' },
        ],
        'The queue is empty.',
      );
      return others > 0 ? `${table}\n${others} more wait for other destinations.` : table;
    });
  },
};

export const queueCommands: CommandGroup = {
  name: 'queue',
  summary: 'messages that wait for delivery',
  commands: [
    list,
    totals,
    {
      name: 'show',
      parameters: '<message>',
      summary: 'one message with its recipients and the last answers',
      options: [serverOption],
      async run(context, [queueId = ''], options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const row = await client.queue.show({ serverId, queueId });
        context.show(row, () => formatMessage(row));
      },
    },
    ...queueActs,
  ],
};
