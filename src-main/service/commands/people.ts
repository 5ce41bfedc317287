/** Accounts of SMTP clients and operators of the browser console on the command line. */
import { type AccountRow, type OperatorRow, type Role, roles } from '../../api/contract';
import type { CommandGroup, CommandOption, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { passwordFromInput, readNewPassword } from '../password-input';
import { formatTable, formatTime } from '../text-table';

const newPassword: CommandOption = { flags: '--password', text: 'ask for a new password' };
const roleOption: CommandOption = {
  flags: '--role <role>',
  text: 'viewer: reads; operator: also runs servers and queues; administrator: also changes settings',
  choices: [...roles],
};

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
      options: [passwordFromInput],
      async run(context, [name = ''], options) {
        const client = await context.connect();
        const row = await client.accounts.create({
          name,
          password: await readNewPassword(context, name, options),
        });
        context.show(row, () => `Created the account ${row.name}.`);
      },
    },
    {
      name: 'set',
      hasSettings: true,
      parameters: '<name>',
      summary: 'give an account a new password, disable or enable it',
      options: [
        newPassword,
        passwordFromInput,
        { flags: '--disable', text: 'nobody logs in with it' },
        { flags: '--enable', text: 'it may be used again' },
      ],
      async run(context, [name = ''], options) {
        const isEnabled = options.has('enable');
        if (isEnabled && options.has('disable')) throw new UsageError('give either --enable or --disable');
        const isSwitched = isEnabled || options.has('disable');
        if (!isSwitched && !wantsPassword(options))
          throw new UsageError('give --password, --password-stdin, --enable or --disable');
        const client = await context.connect();
        const row = await client.accounts.set({
          name,
          ...(isSwitched ? { isEnabled } : {}),
          ...(wantsPassword(options) ? { password: await readNewPassword(context, name, options) } : {}),
        });
        context.show(row, () => formatAccounts([row]));
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
  summary: 'people who may sign in to the browser console',
  commands: [
    {
      name: 'list',
      summary: 'all operators and what they may do',
      async run(context) {
        const client = await context.connect();
        const rows = await client.operators.list();
        context.show(rows, () => formatOperators(rows));
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
  ],
};
