/** Connected clients on the command line. */
import { Problem } from '../../engine/core/problem';
import type { CommandGroup } from '../command';
import { UsageError } from '../command-failure';
import { describeRest, pageOptions, readPage, readSort, sortOptions } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { formatSize, formatTable, formatTime } from '../text-table';
import { endedSessions, showSession } from './session-dialogue';

const sortColumns = ['user', 'from', 'connectedAt', 'messages', 'bytes', 'tls', 'state'] as const;

export const sessionCommands: CommandGroup = {
  name: 'session',
  summary: 'sessions of a virtual server, current and ended',
  commands: [
    {
      name: 'list',
      summary: 'who is connected',
      options: [serverOption, ...sortOptions(sortColumns), ...pageOptions],
      async run(context, _, options) {
        const page = readPage(options);
        const sort = readSort(options, sortColumns);
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.sessions.list({ serverId, ...page, ...sort });
        const table = (): string =>
          formatTable(
            result.rows,
            [
              { title: 'Session', cell: (row) => row.id },
              { title: 'User', cell: (row) => row.user },
              { title: 'From', cell: (row) => row.from },
              { title: 'Connected', cell: (row) => formatTime(row.connectedAt) },
              { title: 'Messages', cell: (row) => row.messageCount },
              { title: 'Received', cell: (row) => formatSize(row.receivedBytes) },
              { title: 'TLS', cell: (row) => row.tls },
              { title: 'State', cell: (row) => row.state },
              { title: 'Command', cell: (row) => row.command },
            ],
            'Nobody is connected.',
          );
        context.show(result, () => table() + describeRest(page, result.rows.length, result.total));
      },
    },
    endedSessions,
    showSession,
    {
      name: 'terminate',
      parameters: '[session]',
      summary: 'end one session, or all with --all',
      options: [serverOption, { flags: '--all', text: 'end all sessions of the virtual server' }],
      async run(context, [sessionId], options) {
        if ((sessionId === undefined) !== options.has('all')) {
          throw new UsageError('give either a session or --all');
        }
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        if (sessionId === undefined) {
          const result = await client.sessions.terminateAll({ serverId });
          context.show(result, () => `${result.count} ended.`);
        } else {
          await client.sessions.terminate({ serverId, sessionId });
          context.show({ count: 1 }, () => `Session ${sessionId} ended.`);
        }
      },
    },
    {
      name: 'lock-outs',
      summary: 'addresses that may not connect after failed log-ins',
      options: [serverOption],
      async run(context, _, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const rows = await client.sessions.lockOuts({ serverId });
        context.show(rows, () =>
          formatTable(
            rows,
            [
              { title: 'Address', cell: (row) => row.address },
              { title: 'Failed', cell: (row) => row.failureCount },
              { title: 'Last name', cell: (row) => row.lastUser },
              { title: 'Since', cell: (row) => formatTime(row.lockedAt) },
              { title: 'Until', cell: (row) => formatTime(row.until) },
            ],
            'Nobody is locked out.',
          ),
        );
      },
    },
    {
      name: 'lift',
      parameters: '<address...>',
      summary: 'let addresses connect again that are locked out',
      options: [serverOption],
      async run(context, addresses, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.sessions.liftLockOuts({ serverId, addresses: [...addresses] });
        if (result.count === 0) throw new Problem('not-found', 'No such address is locked out.');
        context.show(result, () => `${result.count} of ${addresses.length} let in again.`);
      },
    },
  ],
};
