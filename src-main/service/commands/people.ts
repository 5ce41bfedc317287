/** Accounts of SMTP clients and operators of the browser console on the command line. */
import {
  type AccountRow,
  type LogOnMethod,
  logOnMethods,
  type OperatorRow,
  type Role,
  roles,
} from '../../api/contract';
import type { ContractClient } from '../../api/http/control-client';
import type { CommandGroup, CommandOption, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { passwordFromInput, readNewPassword } from '../password-input';
import { formatTable, formatTime } from '../text-table';
import { formatSystemOperators, roleOption, systemOperatorCommands } from './system-operator';

const newPassword: CommandOption = { flags: '--password', text: 'ask for a new password' };
const methodOption: CommandOption = {
  flags: '--method <names>',
  text: `how it may log in, separated by commas: ${logOnMethods.join(', ')}. basic is PLAIN and LOGIN; kerberos needs no password`,
};

/** Undefined when nothing is said about it. */
function readMethods(options: OptionValues): LogOnMethod[] | undefined {
  const words = options
    .text('method')
    ?.split(',')
    .map((word) => word.trim().toLowerCase());
  return words?.map((word) => {
    const method = logOnMethods.find((each) => each === word);
    if (method === undefined)
      throw new UsageError(`--method takes ${logOnMethods.join(', ')}, not "${word}"`);
    return method;
  });
}

const wantsPassword = (options: OptionValues): boolean =>
  options.has('password') || options.has('passwordStdin');

/** Commander has seen to it that it is one of them. */
const readRole = (options: OptionValues): Role | undefined =>
  roles.find((role) => role === options.text('role'));

const formatAccounts = (rows: readonly AccountRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Account', cell: (row) => row.name },
      { title: 'State', cell: (row) => (row.isEnabled ? 'enabled' : 'disabled') },
      { title: 'Logs in by', cell: (row) => row.methods.join(', ') },
      { title: 'Created', cell: (row) => formatTime(row.createdAt) },
      {
        title: 'Last log-in since the start',
        cell: (row) => (row.lastLogInAt === undefined ? '' : formatTime(row.lastLogInAt)),
      },
    ],
    'There are no accounts.',
  );

const formatOperators = (rows: readonly OperatorRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Operator', cell: (row) => row.name },
      { title: 'Role', cell: (row) => row.role },
      { title: 'Created', cell: (row) => formatTime(row.createdAt) },
    ],
    'There are no operators.',
  );

/** The setting of a virtual server that lets accounts log in so. */
const settingOf = {
  basic: 'allowsBasic',
  ntlm: 'allowsIntegrated',
  kerberos: 'allowsIntegrated',
  'cram-md5': 'allowsChallengeResponse',
  'scram-sha-256': 'allowsChallengeResponse',
} as const satisfies Readonly<Record<LogOnMethod, string>>;

/** A line more when the account is of no use yet, because no virtual server takes any of its ways to log in; else ''. */
async function hintOf(client: ContractClient, { isEnabled, methods }: AccountRow): Promise<string> {
  const [method] = methods;
  if (!isEnabled || method === undefined) return '';
  const servers = await client.servers.list();
  const all = await Promise.all(servers.map(({ id }) => client.servers.get({ serverId: id })));
  const isOfUse = all.some(({ settings }) => methods.some((each) => settings[settingOf[each]]));
  const [first] = servers;
  if (isOfUse || first === undefined) return '';
  return `\nNo virtual server lets it log in yet: mailroot server set ${first.id} ${settingOf[method]}=true`;
}

export const accountCommands: CommandGroup = {
  name: 'account',
  summary: 'accounts with which SMTP clients log in',
  commands: [
    {
      name: 'list',
      summary: 'all accounts',
      async run(context) {
        const client = await context.connect();
        const rows = await client.accounts.list();
        context.show(rows, () => formatAccounts(rows));
      },
    },
    {
      name: 'create',
      hasSettings: true,
      parameters: '<name>',
      summary: 'make an account; asks for its password',
      options: [methodOption, passwordFromInput],
      async run(context, [name = ''], options) {
        const methods = readMethods(options) ?? ['basic'];
        const needsPassword = methods.some((method) => method !== 'kerberos');
        const client = await context.connect();
        const row = await client.accounts.create({
          name,
          methods,
          ...(needsPassword || wantsPassword(options)
            ? { password: await readNewPassword(context, name, options) }
            : {}),
        });
        const hint = await hintOf(client, row);
        context.show(row, () => `Created the account ${row.name}.${hint}`);
      },
    },
    {
      name: 'set',
      hasSettings: true,
      parameters: '<name>',
      summary: 'give an account a new password or other ways to log in, disable or enable it',
      options: [
        methodOption,
        newPassword,
        passwordFromInput,
        { flags: '--disable', text: 'nobody logs in with it' },
        { flags: '--enable', text: 'it may be used again' },
      ],
      async run(context, [name = ''], options) {
        const isEnabled = options.has('enable');
        if (isEnabled && options.has('disable')) throw new UsageError('give either --enable or --disable');
        const isSwitched = isEnabled || options.has('disable');
        const methods = readMethods(options);
        if (!isSwitched && methods === undefined && !wantsPassword(options))
          throw new UsageError('give --method, --password, --password-stdin, --enable or --disable');
        const client = await context.connect();
        const row = await client.accounts.set({
          name,
          ...(isSwitched ? { isEnabled } : {}),
          ...(methods === undefined ? {} : { methods }),
          ...(wantsPassword(options) ? { password: await readNewPassword(context, name, options) } : {}),
        });
        const hint = await hintOf(client, row);
        context.show(row, () => formatAccounts([row]) + hint);
      },
    },
    {
      name: 'delete',
      parameters: '<name>',
      summary: 'delete an account',
      async run(context, [name = '']) {
        const client = await context.connect();
        await client.accounts.delete({ name });
        context.show({}, () => `Deleted the account ${name}.`);
      },
    },
  ],
};

export const operatorCommands: CommandGroup = {
  name: 'operator',
  summary:
    'people who may sign in to the browser console, and users of this computer who may use the command line',
  commands: [
    {
      name: 'list',
      summary: 'all operators and what they may do',
      async run(context) {
        const client = await context.connect();
        const [people, system] = await Promise.all([client.operators.list(), client.systemOperators.list()]);
        const rows = [...people.map((row) => ({ kind: 'console', ...row })), ...system.rows];
        context.show(rows, () =>
          [formatOperators(people), formatSystemOperators(system.rows)]
            .filter((part) => part !== '')
            .join('\n\n'),
        );
      },
    },
    {
      name: 'create',
      hasSettings: true,
      parameters: '<name>',
      summary: 'let somebody sign in to the browser console; asks for a password',
      options: [roleOption, passwordFromInput],
      async run(context, [name = ''], options) {
        const role = readRole(options);
        if (role === undefined) throw new UsageError(`give --role: ${roles.join(', ')}`);
        const client = await context.connect();
        const row = await client.operators.create({
          name,
          role,
          password: await readNewPassword(context, name, options),
        });
        context.show(row, () => `Created the operator ${row.name}, ${row.role}.`);
      },
    },
    {
      name: 'set',
      hasSettings: true,
      parameters: '<name>',
      summary: 'give an operator another role or password; ends the sessions of this operator',
      options: [roleOption, newPassword, passwordFromInput],
      async run(context, [name = ''], options) {
        const role = readRole(options);
        if (role === undefined && !wantsPassword(options))
          throw new UsageError('give --role, --password or --password-stdin');
        const client = await context.connect();
        const row = await client.operators.set({
          name,
          ...(role === undefined ? {} : { role }),
          ...(wantsPassword(options) ? { password: await readNewPassword(context, name, options) } : {}),
        });
        context.show(row, () => formatOperators([row]));
      },
    },
    {
      name: 'delete',
      parameters: '<name>',
      summary: 'delete an operator and end the sessions of this operator',
      async run(context, [name = '']) {
        const client = await context.connect();
        await client.operators.delete({ name });
        context.show({}, () => `Deleted the operator ${name}.`);
      },
    },
    ...systemOperatorCommands,
  ],
};
