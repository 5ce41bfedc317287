/** Setting up the smart host by the name of a provider, on the command line. */
import {
  describePlan,
  findAnswerFaults,
  findPreset,
  loginOf,
  planSmartHost,
  type SmartHostAnswers,
  type SmartHostPreset,
  serverSettings,
  smartHostMethods,
  smartHostPresets,
  stepsOf,
} from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandGroup, CommandOption, CommandSpec } from '../command';
import { passwordFromInput, readKnownPassword } from '../password-input';
import { findServerId, serverOption } from '../server-choice';
import { chooseSignIn } from '../sign-in-choice';
import { formatTable } from '../text-table';

const answerOptions: readonly CommandOption[] = [
  { flags: '--method <way>', text: 'how to log in, where there is a choice', choices: [...smartHostMethods] },
  { flags: '--domain <name>', text: 'your domain' },
  { flags: '--region <name>', text: 'region of the provider' },
  { flags: '--host <name>', text: 'host, for a relay of your own' },
  { flags: '--port <number>', text: 'TCP port, for a relay of your own' },
  { flags: '--sender <address>', text: 'send everything as this address' },
  { flags: '--user <name>', text: 'name for the log-in' },
  { flags: '--sign-in <name>', text: 'OAuth2 sign-in, by name or number' },
  passwordFromInput,
];

const optionNames: Readonly<Partial<Record<string, string>>> = {
  password: '--password-stdin',
  signIn: '--sign-in',
};

function choosePreset(id: string): SmartHostPreset {
  const preset = findPreset(id);
  if (!preset)
    throw new Problem('not-found', `There is no preset "${id}". mailroot smart-host presets lists them.`);
  return preset;
}

function describePreset(preset: SmartHostPreset): string {
  const lines = preset.logins.flatMap((login) => [
    `--method ${login.method}: ${login.title}`,
    ...(login.user ? [`  --user: ${login.user.title}. ${login.user.text}`] : []),
    ...(login.password ? [`  --password-stdin: ${login.password.title}. ${login.password.text}`] : []),
    ...(login.signIn ? [`  --sign-in: ${login.signIn.text}`] : []),
    ...(login.steps ?? []).map((step) => `  - ${step}`),
  ]);
  const fields = preset.fields.map(
    ({ key, title, text, choices, isOptional }) =>
      `--${key}${isOptional === true ? ' (optional)' : ''}: ${title}. ${text}${choices ? ` ${choices.map(({ value, label }) => `${value} (${label})`).join(', ')}.` : ''}`,
  );
  return [
    `${preset.title}. ${preset.text}`,
    [...fields, ...lines].join('\n'),
    preset.steps.length === 0
      ? ''
      : `At the provider:\n${preset.steps.map((step) => `- ${step}`).join('\n')}`,
    preset.notes.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const presets: CommandSpec = {
  name: 'presets',
  parameters: '[preset]',
  summary: 'providers that are known; of one, what it needs and what to do there',
  async run(context, [id]) {
    if (id !== undefined) {
      const preset = choosePreset(id);
      return context.show(preset, () => describePreset(preset));
    }
    context.show(smartHostPresets, () =>
      formatTable(
        smartHostPresets,
        [
          { title: 'Preset', cell: (preset) => preset.id },
          { title: 'Provider', cell: (preset) => preset.title },
          { title: 'Log-in', cell: (preset) => preset.logins.map(({ method }) => method).join(', ') },
          { title: 'For', cell: (preset) => preset.text },
        ],
        '',
      ),
    );
  },
};

const set: CommandSpec = {
  name: 'set',
  parameters: '<preset>',
  summary: 'send all mail of a virtual server through this provider',
  options: [
    serverOption,
    ...answerOptions,
    { flags: '--dry-run', text: 'show what would be set, and set nothing' },
  ],
  async run(context, [id = ''], options) {
    const preset = choosePreset(id);
    const method = smartHostMethods.find((each) => each === options.text('method'));
    const login = loginOf(preset, method);
    const texts = ['domain', 'region', 'host', 'port', 'sender', 'user', 'signIn'] as const;
    const given = Object.fromEntries(
      texts.flatMap((name) => {
        const text = options.text(name);
        return text === undefined ? [] : [[name, text]];
      }),
    ) as SmartHostAnswers;
    const answers: SmartHostAnswers = { ...given, ...(method === undefined ? {} : { method }) };
    // What is wrong without the password is told before it is asked for.
    refuseFaults(preset, { ...answers, password: 'not asked for yet' });
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const signIns = login.signIn === undefined ? [] : await client.oauth.list();
    const signIn = login.signIn === undefined ? '' : chooseSignIn(signIns, given.signIn ?? '').id;
    const password = login.password ? await readKnownPassword(context, preset.title, options) : '';
    const complete = { ...answers, signIn, password };
    refuseFaults(preset, complete);
    const { settings } = await client.servers.get({ serverId });
    const { patch, notes } = planSmartHost(preset, complete, settings);
    const changes = describePlan(
      patch,
      settings,
      (wanted) => signIns.find((each) => each.id === wanted)?.name ?? wanted,
    );
    const isDry = options.has('dryRun');
    if (!isDry) await client.servers.set({ serverId, patch });
    const steps = stepsOf(preset, login);
    context.show({ serverId, isSet: !isDry, changes, steps, notes }, () =>
      [
        formatTable(
          changes,
          [
            {
              title: 'Setting',
              cell: ({ setting }) => serverSettings.shape[setting].meta()?.title ?? setting,
            },
            { title: 'Is', cell: ({ before }) => before },
            { title: 'Becomes', cell: ({ after }) => after },
          ],
          'Nothing changes.',
        ),
        ...(steps.length === 0 ? [] : [`At the provider:\n${steps.map((step) => `- ${step}`).join('\n')}`]),
        ...notes,
        isDry ? 'Nothing was set.' : 'Saved and in force. To try it: mailroot send --to <address>',
      ].join('\n\n'),
    );
  },
};

function refuseFaults(preset: SmartHostPreset, answers: SmartHostAnswers): void {
  const [fault] = findAnswerFaults(preset, answers);
  if (fault) throw new Problem('invalid', fault.reason, optionNames[fault.field] ?? `--${fault.field}`);
}

export const smartHostCommands: CommandGroup = {
  name: 'smart-host',
  summary: 'the host that all mail is sent through, by provider',
  commands: [presets, set],
};
