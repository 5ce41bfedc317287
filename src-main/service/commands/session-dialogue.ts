/** Sessions that are over, and what was said in one, on the command line. */
import type { ContractClient } from '../../api/http/control-client';
import type { CommandSpec } from '../command';
import { describeRest, pageOptions, readPage } from '../paging';
import { findServerId, serverOption } from '../server-choice';
import { cleanText, formatClock, formatTable, formatTime } from '../text-table';

type Dialogue = Awaited<ReturnType<ContractClient['sessions']['dialogue']>>;

const signs: Readonly<Record<Dialogue['lines'][number]['side'], string>> = {
  client: '\u2192',
  server: '\u2190',
  note: '\u00b7',
};

/** Who it was, then each line with its time: "10:02:03.123 \u2192 EHLO scanner.corp.test". Pure. */
export function formatDialogue({ session, lines }: Dialogue): string {
  const end = 'endedAt' in session ? ` to ${formatTime(session.endedAt)}` : ', still open';
  const tls = session.tls === '' ? 'not encrypted' : `${session.tls} ${session.cipher}`.trim();
  const who = session.user === '' ? session.from : `${session.user} from ${session.from}`;
  const head = `Session ${session.id}: ${who}, ${formatTime(session.connectedAt)}${end}, ${tls}`;
  const said = lines.map(({ at, side, text }) => `${formatClock(at)} ${signs[side]} ${text}`);
  return [head, ...said].map(cleanText).join('\n');
}

export const endedSessions: CommandSpec = {
  name: 'ended',
  summary: 'sessions that are over, the latest first; forgotten when the virtual server stops',
  options: [serverOption, ...pageOptions],
  async run(context, _, options) {
    const page = readPage(options);
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.sessions.recent({ serverId, ...page });
    const table = (): string =>
      formatTable(
        result.rows,
        [
          { title: 'Session', cell: (row) => row.id },
          { title: 'Ended', cell: (row) => formatTime(row.endedAt) },
          { title: 'From', cell: (row) => row.from },
          { title: 'User', cell: (row) => row.user },
          { title: 'Messages', cell: (row) => row.messageCount },
          { title: 'TLS', cell: (row) => row.tls },
          { title: 'Last reply', cell: (row) => row.lastReply },
        ],
        'No session is remembered.',
      );
    context.show(result, () => table() + describeRest(page, result.rows.length, result.total));
  },
};

export const showSession: CommandSpec = {
  name: 'show',
  parameters: '<session>',
  summary: 'what was said in a session that is open or remembered: \u2192 by the client, \u2190 by Mailroot',
  options: [serverOption],
  async run(context, [sessionId = ''], options) {
    const client = await context.connect();
    const serverId = await findServerId(client, options.text('server'));
    const result = await client.sessions.dialogue({ serverId, sessionId });
    context.show(result, () => formatDialogue(result));
  },
};
