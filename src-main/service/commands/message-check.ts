/** Checks of one message on the command line: of a folder, or of a file. */
import { readFile } from 'node:fs/promises';
import type { AuthenticationResult, CheckFinding, ClientSupport, LinkResult } from '../../api/contract';
import { Problem, reasonOf } from '../../engine/core/problem';
import type { CommandContext, CommandSpec } from '../command';
import { UsageError } from '../command-failure';
import { findServerId, serverOption } from '../server-choice';
import { formatSize, formatTable } from '../text-table';

type Client = Awaited<ReturnType<CommandContext['connect']>>;
type Message = Parameters<Client['checks']['run']>[0]['message'];
type Spam = Awaited<ReturnType<Client['checks']['spam']>>;

const folders = ['drop', 'badmail', 'queue', 'pickup'] as const;
const mostFileBytes = 32 * 1024 * 1024;

async function readMessageFile(file: string): Promise<Message> {
  const content = await readFile(file).catch((error: unknown) => {
    throw new Problem('refused', `${file} could not be read: ${reasonOf(error)}`, undefined, {
      cause: error,
    });
  });
  if (content.length > mostFileBytes)
    throw new Problem(
      'refused',
      `${file} is larger than ${formatSize(mostFileBytes)}, so it is not checked.`,
    );
  return { contentBase64: content.toString('base64') };
}

const order = ['fault', 'warning', 'hint', 'unknown', 'good'] as const;

function formatFindings(findings: readonly CheckFinding[]): string {
  if (findings.length === 0) return 'Nothing was found.';
  return [...findings]
    .sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level))
    .map(({ level, title, text, places }) =>
      [`${level.toUpperCase()}  ${title}`, `  ${text}`, ...places.map((place) => `  - ${place}`)].join('\n'),
    )
    .join('\n\n');
}

const formatClients = (clients: readonly ClientSupport[]): string =>
  formatTable(
    [...clients].sort((one, other) => one.score - other.score),
    [
      { title: 'Mail client', cell: ({ family, platform }) => `${family} (${platform})` },
      { title: 'Supported', cell: ({ score }) => `${Math.floor(score * 100)} %` },
      { title: 'Not supported', cell: ({ unsupported }) => unsupported.slice(0, 4).join(', ') },
    ],
    'The message has no HTML.',
  );

const formatLinks = (links: readonly LinkResult[]): string =>
  formatTable(
    links,
    [
      { title: 'State', cell: ({ state }) => state },
      { title: 'Link', cell: ({ url }) => url.slice(0, 80) },
      { title: 'Detail', cell: ({ detail }) => detail },
    ],
    'The message has no links.',
  );

const formatSpam = ({ text, rules }: Spam): string =>
  [
    text,
    ...(rules.length === 0
      ? []
      : [
          formatTable(
            rules,
            [
              { title: 'Points', cell: ({ score }) => String(score) },
              { title: 'Rule', cell: ({ name }) => name },
              { title: 'Meaning', cell: (rule) => rule.text },
            ],
            '',
          ),
        ]),
  ].join('\n');

const formatAuthentication = (results: readonly AuthenticationResult[]): string =>
  formatTable(
    results,
    [
      { title: 'Method', cell: ({ method }) => method.toUpperCase() },
      { title: 'Result', cell: ({ result }) => result },
      { title: 'Domain', cell: ({ domain, selector }) => (selector ? `${domain} (${selector})` : domain) },
      { title: 'Meaning', cell: ({ text }) => text },
    ],
    '',
  );

export const checkCommand: CommandSpec = {
  name: 'check',
  parameters: '[message]',
  summary:
    'what receivers will make of a message: mail clients, links, header, lines, accessibility; asks nobody unless told to',
  options: [
    serverOption,
    {
      flags: '-f, --folder <folder>',
      text: 'which folder',
      choices: [...folders],
      defaultValue: 'drop',
    },
    { flags: '--file <file>', text: 'a message in a file instead' },
    { flags: '--links', text: 'ask the hosts of its links' },
    { flags: '--spam', text: 'ask the spam checker of the virtual server' },
    { flags: '--auth', text: 'check SPF, DKIM, DMARC and ARC, which asks DNS' },
  ],
  async run(context, [id], options) {
    const file = options.text('file');
    if ((id === undefined) === (file === undefined)) throw new UsageError('name either a message or --file');
    const content = file === undefined ? undefined : await readMessageFile(file);
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const folder = folders.find((name) => name === options.text('folder')) ?? 'drop';
    const message: Message = content ?? { address: { serverId, folder, id: id ?? '' } };
    const report = await client.checks.run({ message });
    const links = options.has('links') ? (await client.checks.links({ message })).links : undefined;
    const spam = options.has('spam') ? await client.checks.spam({ message, serverId }) : undefined;
    const authentication = options.has('auth')
      ? (await client.checks.authentication({ message, serverId, asksDns: true })).results
      : undefined;
    const { html, images, attachments, total } = report.sizes;
    const all = {
      ...report,
      ...(links ? { links } : {}),
      ...(spam ? { spam } : {}),
      ...(authentication ? { authentication } : {}),
    };
    context.show(all, () =>
      [
        formatFindings(report.findings),
        `Size ${formatSize(total)}: HTML ${formatSize(html)}, pictures ${formatSize(images)}, attachments ${formatSize(attachments)}.`,
        ...(report.clients.length === 0 ? [] : [formatClients(report.clients)]),
        ...(links ? [formatLinks(links)] : []),
        ...(spam ? [formatSpam(spam)] : []),
        ...(authentication ? [formatAuthentication(authentication)] : []),
      ].join('\n\n'),
    );
  },
};
