/** OAuth2 sign-ins on the command line. Signing in works over a terminal: a code, or an address that is pasted. */
import {
  type SignInChange,
  type SignInProgress,
  type SignInRow,
  type SignInStep,
  signInGrants,
  signInProviders,
} from '../../api/contract';
import type { ContractClient } from '../../api/http/control-client';
import { Problem } from '../../engine/core/problem';
import type { CommandContext, CommandGroup, CommandOption, CommandSpec, OptionValues } from '../command';
import { UsageError } from '../command-failure';
import { findSignIn } from '../sign-in-choice';
import { formatTable, formatTime } from '../text-table';

const stateWords: Readonly<Record<SignInRow['state'], string>> = {
  'signed-in': 'signed in',
  'expires-soon': 'expires soon',
  'needs-sign-in': 'needs sign-in',
  broken: 'broken',
};

const formatSignIns = (rows: readonly SignInRow[]): string =>
  formatTable(
    rows,
    [
      { title: 'Sign-in', cell: (row) => row.id },
      { title: 'Name', cell: (row) => row.name },
      { title: 'Provider', cell: (row) => row.provider },
      { title: 'Mailbox', cell: (row) => row.mailbox },
      { title: 'State', cell: (row) => stateWords[row.state] },
      { title: 'Renewed', cell: (row) => (row.renewedAt === undefined ? '' : formatTime(row.renewedAt)) },
      { title: 'Used by', cell: (row) => row.usedBy.map((id) => `no. ${id}`).join(', ') },
      { title: 'What to do', cell: (row) => row.reason ?? '' },
    ],
    'There are no OAuth2 sign-ins.',
  );

const settingOptions: readonly CommandOption[] = [
  { flags: '--tenant <name>', text: 'Microsoft: domain or number of the organization' },
  { flags: '--mailbox <address>', text: 'mailbox to sign in as; default: the one that signs in' },
  { flags: '--scope <text>', text: "what tokens are asked for; default: the provider's for SMTP" },
  { flags: '--authorization-endpoint <url>', text: 'of another provider' },
  { flags: '--token-endpoint <url>', text: 'of another provider' },
  { flags: '--device-endpoint <url>', text: 'of another provider' },
  { flags: '--secret-stdin', text: 'take the client secret from the first line of standard input' },
  { flags: '--secret', text: 'ask for the client secret' },
  {
    flags: '--secret-expires <date>',
    text: 'when the client secret expires, such as 2027-03-31; none: never',
  },
];
const grantOption: CommandOption = {
  flags: '--grant <way>',
  text: 'how it is signed in',
  choices: [...signInGrants],
};

async function readSecret(context: CommandContext, options: OptionValues): Promise<string | undefined> {
  if (options.has('secretStdin') && options.has('secret'))
    throw new UsageError('give either --secret or --secret-stdin');
  if (options.has('secretStdin')) return (await context.terminal.readInput()).split(/\r?\n/, 1)[0] ?? '';
  if (!options.has('secret')) return undefined;
  const secret = await context.terminal.askSecret('Client secret');
  if (secret === undefined)
    throw new Problem(
      'refused',
      'There is no terminal to ask for the client secret. Give it on standard input, with --secret-stdin.',
    );
  return secret;
}

function readDay(options: OptionValues): number | null | undefined {
  const text = options.text('secretExpires');
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError('--secret-expires needs a date such as 2027-03-31, or none');
  return at;
}

/** Only what was given. */
async function readSettings(context: CommandContext, options: OptionValues): Promise<SignInChange> {
  const grant = signInGrants.find((each) => each === options.text('grant'));
  const day = readDay(options);
  const texts = ['tenant', 'mailbox', 'scope', 'authorizationEndpoint', 'tokenEndpoint', 'deviceEndpoint'];
  const secret = await readSecret(context, options);
  return {
    ...(grant === undefined ? {} : { grant }),
    ...(day === undefined ? {} : { clientSecretExpiresAt: day }),
    ...(secret === undefined ? {} : { clientSecret: secret }),
    ...Object.fromEntries(
      texts.flatMap((name) => {
        const text = options.text(name);
        return text === undefined ? [] : [[name, text]];
      }),
    ),
  };
}

const add: CommandSpec = {
  name: 'add',
  parameters: '<name> <client-id>',
  summary: 'add a sign-in; docs/oauth.md says how to register the application',
  hasSettings: true,
  options: [
    {
      flags: '--provider <name>',
      text: 'who hands out the tokens',
      choices: [...signInProviders],
      defaultValue: 'microsoft',
    },
    grantOption,
    ...settingOptions,
  ],
  async run(context, [name = '', clientId = ''], options) {
    const provider = signInProviders.find((each) => each === options.text('provider')) ?? 'microsoft';
    const settings = await readSettings(context, options);
    const client = await context.connect();
    const row = await client.oauth.create({
      name,
      clientId,
      provider,
      // Both work over a terminal; where there is a choice, the code asks for no browser on this computer.
      grant: provider === 'microsoft' ? 'device-code' : 'authorization-code',
      ...withoutUndefined(settings),
    });
    context.show(row, () => `Added ${row.id}. Now sign in: mailroot oauth sign-in ${row.id}`);
  },
};

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

const set: CommandSpec = {
  name: 'set',
  parameters: '<sign-in>',
  summary: 'change a sign-in; what its tokens were given for needs a new sign-in afterwards',
  hasSettings: true,
  options: [
    { flags: '--name <name>', text: 'name in the list' },
    { flags: '--client-id <id>', text: 'application (client) ID' },
    grantOption,
    ...settingOptions,
  ],
  async run(context, [wanted = ''], options) {
    const settings = await readSettings(context, options);
    const client = await context.connect();
    const { id } = await findSignIn(client, wanted);
    const [name, clientId] = [options.text('name'), options.text('clientId')];
    const row = await client.oauth.set({
      id,
      ...settings,
      ...(name === undefined ? {} : { name }),
      ...(clientId === undefined ? {} : { clientId }),
    });
    context.show(row, () => formatSignIns([row]));
  },
};

const signIn: CommandSpec = {
  name: 'sign-in',
  parameters: '<sign-in>',
  summary: 'sign in: shows a code or an address, and waits until somebody has used it',
  options: [
    {
      flags: '--paste',
      text: 'the browser is on another computer: ask for the address that it ended at, or read it from standard input',
    },
  ],
  async run(context, [wanted = ''], options) {
    const client = await context.connect();
    const { id, name } = await findSignIn(client, wanted);
    const step = await client.oauth.beginSignIn({ id });
    if (step.kind !== 'done') {
      try {
        requireDone(await waitForEnd(context, client, { id, step, isPasted: options.has('paste') }));
      } catch (error) {
        await client.oauth.cancelSignIn({ id, attemptId: step.attemptId }).catch(() => undefined);
        throw error;
      }
    }
    const row = await findSignIn(client, id);
    context.show(row, () => `${name} is signed in${row.mailbox === '' ? '' : ` as ${row.mailbox}`}.`);
  },
};

function requireDone(progress: SignInProgress): void {
  if (progress.state === 'failed') throw new Problem('unavailable', progress.reason);
  if (progress.state === 'cancelled') throw new Problem('refused', 'The sign-in was cancelled.');
}

interface Waiting {
  readonly id: string;
  readonly step: Exclude<SignInStep, { kind: 'done' }>;
  readonly isPasted: boolean;
}

async function waitForEnd(
  context: CommandContext,
  client: ContractClient,
  { id, step, isPasted }: Waiting,
): Promise<SignInProgress> {
  const { attemptId } = step;
  if (step.kind === 'device')
    context.note(`Open ${step.verificationUri} on any device, and enter the code ${step.userCode}`);
  else {
    context.note(`Open this address in a browser: ${step.url}`);
    if (isPasted) {
      const address = await readAddress(context);
      return client.oauth.completeSignIn({ id, attemptId, address });
    }
    context.note('The browser has to be on the computer that runs Mailroot; elsewhere, use --paste.');
  }
  for (;;) {
    const progress = await client.oauth.pollSignIn({ id, attemptId });
    if (progress.state !== 'waiting') return progress;
  }
}

async function readAddress(context: CommandContext): Promise<string> {
  context.note(
    'At its end the browser shows an address that begins with http:// and a page that it cannot open.',
  );
  const typed = await context.terminal.askSecret('That address');
  return (typed ?? (await context.terminal.readInput())).trim();
}

export const signInCommands: CommandGroup = {
  name: 'oauth',
  summary: 'OAuth2 sign-ins, with which smart hosts such as Microsoft 365 let us log in',
  commands: [
    {
      name: 'list',
      summary: 'all sign-ins, how they stand, and what to do',
      async run(context) {
        const rows = await (await context.connect()).oauth.list();
        context.show(rows, () => formatSignIns(rows));
      },
    },
    add,
    set,
    signIn,
    {
      name: 'renew',
      parameters: '<sign-in>',
      summary: 'fetch a new token now, to see whether the sign-in works',
      async run(context, [wanted = '']) {
        const client = await context.connect();
        const { id } = await findSignIn(client, wanted);
        const row = await client.oauth.renew({ id });
        context.show(row, () => `${row.name} works.`);
      },
    },
    {
      name: 'remove',
      parameters: '<sign-in>',
      summary: 'remove a sign-in and its tokens; refused while a setting names it',
      async run(context, [wanted = '']) {
        const client = await context.connect();
        const { id, name } = await findSignIn(client, wanted);
        await client.oauth.delete({ id });
        context.show({}, () => `Removed ${name}.`);
      },
    },
  ],
};
