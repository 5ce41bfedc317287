/** Commands about the whole: state, a test message, signing in to the browser console. */
import { requestSignInAddress } from '../../api/http/control-client';
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
  ],
  async run(context, _, options) {
    const to = [...options.list('to')];
    const client = await context.connect();
    const server = chooseServer(await client.servers.list(), options.text('server'));
    const subject = options.text('subject');
    const given = options.text('text');
    const text = given === '-' ? await context.terminal.readInput() : given;
    const result = await client.test.send({
      serverId: server.id,
      from: options.text('from') ?? `postmaster@${server.defaultDomain}`,
      to,
      ...(subject === undefined ? {} : { subject }),
      ...(text === undefined ? {} : { text }),
    });
    context.show(result, () => `Accepted as ${result.queueId}.`);
  },
};

export const consoleCommand: CommandSpec = {
  name: 'console',
  summary: 'a new one-time sign-in address of the browser console',
  async run(context) {
    const address = await requestSignInAddress(context.dataFolder);
    context.show({ address }, () => address);
  },
};
