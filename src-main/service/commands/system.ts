/** Commands about the whole: state, a test message, signing in to the browser console. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { requestSignInAddress } from '../../api/http/control-client';
import { Problem, reasonOf } from '../../engine/core/problem';
import type { CommandSpec } from '../command';
import { chooseServer, serverOption } from '../server-choice';
import { cleanText, formatPairs, formatTime } from '../text-table';
import { formatServers } from './server';

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: 'what runs, and what needs a person',
  async run(context) {
    const client = await context.connect();
    const [system, servers] = await Promise.all([client.system.status(), client.servers.list()]);
    context.show({ system, servers }, () => {
      const host = system.host === 'desktop' ? 'the desktop' : 'the service';
      const facts = formatPairs([
        [
          'Mailroot',
          `${system.version}, run by ${host} since ${formatTime(system.startedAt)}, process ${system.processId}`,
        ],
        ['Data folder', system.dataFolder],
      ]);
      const attention = system.attention.map((each) => `! ${cleanText(each.text)}`).join('\n');
      return [facts, attention, formatServers(servers)].filter((part) => part !== '').join('\n\n');
    });
  },
};

export const sendCommand: CommandSpec = {
  name: 'send',
  summary: 'send a test message',
  options: [
    serverOption,
    { flags: '--to <address>', text: 'recipient; may be given several times', isList: true },
    { flags: '--from <address>', text: 'sender; by default postmaster of the default domain' },
    { flags: '--subject <text>', text: 'subject' },
    { flags: '--text <text>', text: 'text; - reads standard input' },
    { flags: '--html <file>', text: 'HTML from this file, beside the text' },
    { flags: '--cc <address>', text: 'gets a copy; may be given several times', isList: true },
    {
      flags: '--bcc <address>',
      text: 'gets it without being named; may be given several times',
      isList: true,
    },
    { flags: '--header <field>', text: '"Name: value"; may be given several times', isList: true },
    { flags: '--attach <file>', text: 'attaches this file; may be given several times', isList: true },
  ],
  async run(context, _, options) {
    const to = [...options.list('to')];
    const client = await context.connect();
    const server = chooseServer(await client.servers.list(), options.text('server'));
    const subject = options.text('subject');
    const given = options.text('text');
    const text = given === '-' ? await context.terminal.readInput() : given;
    const html = options.text('html');
    const result = await client.test.send({
      serverId: server.id,
      from: options.text('from') ?? `postmaster@${server.defaultDomain}`,
      to,
      ...(subject === undefined ? {} : { subject }),
      ...(text === undefined ? {} : { text }),
      cc: [...options.list('cc')],
      bcc: [...options.list('bcc')],
      headers: options.list('header').map(readHeader),
      attachments: await Promise.all(options.list('attach').map(readAttachment)),
      ...(html === undefined ? {} : { html: (await readGiven(html, '--html')).toString('utf8') }),
    });
    context.show(result, () => `Accepted as ${result.queueId}.`);
  },
};

function readHeader(field: string): { name: string; value: string } {
  const colon = field.indexOf(':');
  if (colon <= 0)
    throw new Problem('invalid', `"${field}" is no header field. Write "Name: value".`, '--header');
  return { name: field.slice(0, colon).trim(), value: field.slice(colon + 1).trim() };
}

async function readGiven(path: string, option: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new Problem('invalid', `${path} cannot be read: ${reasonOf(error)}`, option);
  });
}

async function readAttachment(path: string): Promise<{ name: string; type: string; contentBase64: string }> {
  const content = await readGiven(path, '--attach');
  return {
    name: basename(path),
    type: 'application/octet-stream',
    contentBase64: content.toString('base64'),
  };
}

export const consoleCommand: CommandSpec = {
  name: 'console',
  summary: 'a new one-time sign-in address of the browser console',
  async run(context) {
    const address = await requestSignInAddress(context.dataFolder);
    context.show({ address }, () => address);
  },
};
