/** LDAP routing on the command line. */
import type { LdapCounters } from '../../api/contract';
import type { CommandGroup } from '../command';
import { findServerId, serverOption } from '../server-choice';
import { cleanText, formatTable, formatTime } from '../text-table';

const counterWords: Readonly<Record<keyof LdapCounters, string>> = {
  lookups: 'questions to the directory',
  cacheHits: 'answered from memory',
  unresolved: 'recipients it does not know',
  ambiguous: 'ambiguous addresses',
  illegal: 'illegal addresses in it',
  loops: 'loops',
  groupsExpanded: 'groups expanded',
  tooLarge: 'groups beyond the limit',
  failures: 'failures',
};

export const ldapCommands: CommandGroup = {
  name: 'ldap',
  summary: 'LDAP routing: the directory in which recipients and senders are looked up',
  commands: [
    {
      name: 'status',
      summary: 'whether the directory answers, and what it did since the start',
      options: [serverOption],
      async run(context, _, options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const status = await client.ldap.status({ serverId });
        context.show(status, () => {
          const { isEnabled, isRunning, isConnected, server, base, problem, problemSince } = status;
          const state = !isEnabled
            ? 'LDAP routing is off. The setting usesLdapRouting of the virtual server enables it.'
            : !isRunning
              ? 'The virtual server is not running.'
              : problem !== undefined
                ? `Mail waits${problemSince === undefined ? '' : ` since ${formatTime(problemSince)}`}: ${problem}`
                : isConnected
                  ? `Connected to ${server ?? ''}, below ${base ?? ''}.`
                  : 'Not connected; the next message connects.';
          const names = Object.keys(counterWords) as (keyof LdapCounters)[];
          const counters = formatTable(
            names.map((name) => ({ what: counterWords[name], count: status.counters[name] })),
            [
              { title: 'Since the start', cell: (row) => row.what },
              { title: 'Count', cell: (row) => String(row.count) },
            ],
            '',
          );
          return isEnabled && isRunning ? `${cleanText(state)}\n${counters}` : cleanText(state);
        });
      },
    },
    {
      name: 'test',
      parameters: '<address>',
      summary: 'ask the directory about an address, by the settings of today',
      options: [serverOption],
      async run(context, [address = ''], options) {
        const client = await context.connect();
        const serverId = await findServerId(client, options.text('server'));
        const answer = await client.ldap.test({ serverId, address });
        const { addresses, addressCount, result } = answer;
        context.show(answer, () =>
          [
            cleanText(answer.text),
            ...(answer.reply === undefined ? [] : [`Reply: ${cleanText(answer.reply)}`]),
            ...(result === 'expanded' ? addresses.map((each) => `  ${cleanText(each)}`) : []),
            ...(result === 'expanded' && addressCount > addresses.length
              ? [`  and ${addressCount - addresses.length} more`]
              : []),
            `Asked: ${cleanText(answer.server)}, below ${cleanText(answer.base)}.`,
          ].join('\n'),
        );
      },
    },
  ],
};
