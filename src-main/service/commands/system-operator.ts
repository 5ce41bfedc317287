/** Users and groups of this computer who may use the command line: admitting and dismissing them. */
import { ORPCError } from '@orpc/client';
import {
  roles,
  type SystemOperatorKind,
  type SystemOperatorRow,
  systemOperatorKinds,
} from '../../api/contract';
import type { CommandOption, CommandSpec } from '../command';
import { UsageError } from '../command-failure';
import { formatTable } from '../text-table';

export const roleOption: CommandOption = {
  flags: '--role <role>',
  text: 'viewer: reads; operator: also runs servers and queues; administrator: also changes settings',
  choices: [...roles],
};

/** What the list of system operators looks like; '' when it is empty. */
export const formatSystemOperators = (rows: readonly SystemOperatorRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'User or group of this computer', cell: (row) => `${row.kind} ${row.name}` },
      { title: 'Role', cell: (row) => row.role },
      { title: 'Found', cell: (row) => (row.isFound ? 'yes' : 'no') },
    ],
    '',
  );

function readKind(word: string): SystemOperatorKind {
  const kind = systemOperatorKinds.find((each) => each === word);
  if (kind === undefined) throw new UsageError(`say ${systemOperatorKinds.join(' or ')}, not "${word}"`);
  return kind;
}

export const systemOperatorCommands: readonly CommandSpec[] = [
  {
    name: 'admit',
    hasSettings: true,
    parameters: '<kind> <name>',
    summary: 'let a user or group of this computer use the command line here: admit user ann --role viewer',
    options: [roleOption],
    async run(context, [word = '', name = ''], options) {
      const kind = readKind(word);
      const role = roles.find((each) => each === options.text('role'));
      if (role === undefined) throw new UsageError(`give --role: ${roles.join(', ')}`);
      const client = await context.connect();
      const row = await client.systemOperators.create({ kind, name, role }).catch((error: unknown) => {
        // One who is listed gets the role.
        if (error instanceof ORPCError && error.code === 'conflict')
          return client.systemOperators.set({ kind, name, role });
        throw error;
      });
      context.show(row, () => `The ${row.kind} ${row.name} may use the command line here, as ${row.role}.`);
    },
  },
  {
    name: 'dismiss',
    parameters: '<kind> <name>',
    summary: 'take that back',
    async run(context, [word = '', name = '']) {
      const kind = readKind(word);
      const client = await context.connect();
      await client.systemOperators.delete({ kind, name });
      context.show({}, () => `The ${kind} ${name} is no operator any more.`);
    },
  },
];
