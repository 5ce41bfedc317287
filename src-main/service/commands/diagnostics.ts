/** Questions on the command line that change nothing: what would happen to a message, what DNS knows. */
import type { Explanation, ExplanationStep } from '../../api/contract';
import { Problem } from '../../engine/core/problem';
import type { CommandSpec } from '../command';
import { chooseServer, findServerId, serverOption } from '../server-choice';
import { cleanText, formatTable } from '../text-table';

const verdictWords: Record<ExplanationStep['verdict'], string> = { pass: 'yes', refuse: 'NO', info: '' };

/** The outcome first; then each decision with the rule and the setting that made it. */
function formatExplanation({ steps, outcome }: Explanation): string {
  const lines = steps.flatMap((step) => {
    const head = `${step.decision.padEnd(8)}  ${verdictWords[step.verdict].padEnd(3)}  `;
    const indent = ' '.repeat(head.length);
    const { control, reply } = step;
    const whose = control?.domain ?? control?.route;
    const setting = control && `(${whose === undefined ? '' : `${whose}: `}${control.setting})`;
    return [
      `${head}${cleanText(step.text)}`,
      `${indent}${cleanText(setting === undefined ? step.rule : `${step.rule} ${setting}`)}`,
      ...(reply === undefined ? [] : [`${indent}Reply: ${cleanText(reply)}`]),
    ];
  });
  return [cleanText(outcome), '', ...lines].join('\n');
}

export const explainCommand: CommandSpec = {
  name: 'explain',
  summary: 'what would happen to a message by the settings of today; nothing is sent',
  options: [
    serverOption,
    { flags: '--to <address>', text: 'recipient' },
    { flags: '--from <address>', text: 'sender; by default postmaster of the default domain' },
    { flags: '--client <ip>', text: 'IP address of the client', defaultValue: '127.0.0.1' },
    {
      flags: '--name <host>',
      text: 'verified host name of the client; by default DNS is asked where it matters',
    },
    { flags: '--user <name>', text: 'account that the client logs in with' },
    { flags: '--encrypted', text: 'the client has encrypted the connection' },
    { flags: '--offline', text: 'do not ask DNS for the hosts of the next hop' },
  ],
  async run(context, _, options) {
    const to = options.text('to');
    if (to === undefined) throw new Problem('invalid', 'Say who the message is for with --to.', '--to');
    const client = await context.connect();
    const server = chooseServer(await client.servers.list(), options.text('server'));
    const user = options.text('user');
    const clientName = options.text('name');
    const explanation = await client.diagnostics.explain({
      serverId: server.id,
      from: options.text('from') ?? `postmaster@${server.defaultDomain}`,
      to,
      clientAddress: options.text('client') ?? '',
      ...(clientName === undefined ? {} : { clientName }),
      ...(user === undefined ? {} : { user }),
      isEncrypted: options.has('encrypted'),
      resolvesNextHop: !options.has('offline'),
    });
    context.show(explanation, () => formatExplanation(explanation));
  },
};

export const lookUpCommand: CommandSpec = {
  name: 'lookup',
  parameters: '<name>',
  summary: 'what DNS knows: addresses and mail hosts of a name, or the names of an address',
  options: [
    {
      ...serverOption,
      text: 'virtual server whose DNS servers are asked; by default those of this computer',
    },
  ],
  async run(context, [name = ''], options) {
    const client = await context.connect();
    const given = options.text('server');
    const answer = await client.diagnostics.lookUp({
      name,
      ...(given === undefined ? {} : { serverId: await findServerId(client, given) }),
    });
    const { addresses, names, mailHosts, problem } = answer;
    context.show(answer, () =>
      [
        ...(problem === undefined ? [] : [cleanText(problem)]),
        formatTable(
          [
            ...addresses.map((each) => ({ kind: 'address', value: each })),
            ...names.map((each) => ({ kind: 'name', value: each })),
            ...mailHosts.map((each) => ({
              kind: 'mail host',
              value: `${each.name}, preference ${each.preference}`,
            })),
          ],
          [
            { title: 'Kind', cell: (row) => row.kind },
            { title: 'Answer', cell: (row) => row.value },
          ],
          '',
        ),
      ]
        .filter((part) => part !== '')
        .join('\n'),
    );
  },
};
