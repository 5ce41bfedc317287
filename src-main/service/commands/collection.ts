/** Asking other hosts for our mail, on the command line. */
import { Problem } from '../../engine/core/problem';
import type { CommandGroup } from '../command';
import { findServerId, serverOption } from '../server-choice';
import { formatTable, formatTime } from '../text-table';

export const collectionCommands: CommandGroup = {
  name: 'collection',
  summary: 'hosts that are asked for our mail (ETRN, ATRN, TURN)',
  commands: [
    {
      name: 'list',
      summary: 'when each host was asked last, and what came of it',
      options: [serverOption],
      async run(context, _, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const rows = await client.collections.list({ serverId });
        context.show(rows, () =>
          formatTable(
            rows,
            [
              { title: 'Name', cell: (row) => row.name },
              { title: 'Asked', cell: (row) => (row.askedAt === undefined ? '' : formatTime(row.askedAt)) },
              {
                title: 'Result',
                cell: (row) => (row.isAsking ? 'asking now' : (row.result?.text ?? '')),
              },
              {
                title: 'Next',
                cell: (row) => (row.nextAskAt === undefined ? 'by hand' : formatTime(row.nextAskAt)),
              },
            ],
            'No host is asked for mail. The setting collections of the virtual server lists them.',
          ),
        );
      },
    },
    {
      name: 'ask',
      parameters: '<name>',
      summary: 'ask one host now',
      options: [serverOption],
      async run(context, [name = ''], options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const result = await client.collections.ask({ serverId, name });
        if (!result.isOk) throw new Problem('unavailable', result.text);
        context.show(result, () => result.text);
      },
    },
  ],
};
