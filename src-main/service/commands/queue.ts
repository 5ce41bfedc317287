/** Waiting mail on the command line. */
import type { QueueRow } from '../../api/contract';
import type { CommandGroup, CommandSpec } from '../command';
import { describeRest, pageOptions, readPage } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { formatPairs, formatSize, formatTable, formatTime } from '../text-table';

/** The null reverse-path as people know it. */
export const formatSender = (sender: string): string => sender || '<>';

type Recipient = QueueRow['recipients'][number];

const isWaiting = (recipient: Recipient): boolean => recipient.outcome === undefined;

function describeNext(row: QueueRow): string {
  if (row.isActive) return 'now';
  const waiting = row.recipients.filter(isWaiting);
  const times = waiting.filter(({ held }) => !held).map((recipient) => recipient.nextAttemptAt);
  if (times.length > 0) return formatTime(Math.min(...times));
  return waiting.length === 0 ? '' : 'when asked for';
}

/** "Waits until mail.example.com asks for it (ETRN)". */
function describeWaiting({ held, isPaced, route, nextAttemptAt }: Recipient): string {
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
      { title: 'Last answer', cell: (row) => describeLast(row.recipients.find((each) => each.last)?.last) },
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

const list: CommandSpec = {
  name: 'list',
  summary: 'waiting messages',
  options: [serverOption, ...pageOptions],
  async run(context, _, options) {
    const page = readPage(options);
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.queue.list({ serverId, ...page });
    context.show(
      result,
      () => formatQueue(result.rows) + describeRest(page, result.rows.length, result.total),
    );
  },
};

export const queueCommands: CommandGroup = {
  name: 'queue',
  summary: 'messages that wait for delivery',
  commands: [
    list,
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
    {
      name: 'retry',
      parameters: '[message...]',
      summary: 'try these messages now; without names the whole queue, save what waits to be asked for',
      options: [serverOption],
      async run(context, queueIds, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const chosen = queueIds.length > 0 ? { chosen: { queueIds: [...queueIds] } } : {};
        const result = await client.queue.retry({ serverId, ...chosen });
        context.show(result, () => `${result.count} due now.`);
      },
    },
    {
      name: 'delete',
      parameters: '<message...>',
      summary: 'delete messages without telling the sender',
      options: [serverOption],
      async run(context, queueIds, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.queue.delete({
          serverId,
          chosen: { queueIds: [...queueIds] },
        });
        context.show(result, () => `${result.count} deleted.`);
      },
    },
  ],
};
