import { expect, it } from 'vitest';
import { formatDialogue } from '../../../src-main/service/commands/session-dialogue';

const at = new Date(2026, 10, 23, 10, 2, 3, 7).getTime();
const session = {
  id: '7',
  user: 'scanner',
  from: '10.0.4.20',
  hello: 'scanner.corp.test',
  tls: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  state: 'greeted' as const,
  connectedAt: at,
  command: 'QUIT',
  messageCount: 1,
  receivedBytes: 10,
  localPort: 25,
};
const lines = [
  { at, side: 'server' as const, text: '220 relay.corp.test' },
  { at: at + 116, side: 'client' as const, text: 'EHLO \u001b[31mred' },
  { at: at + 2000, side: 'note' as const, text: 'Closed by the client.' },
];

it('a dialogue is a line of facts and a line for each thing that was said, without control characters', () => {
  const ended = { ...session, endedAt: at + 2000, lastReply: '221' };
  expect(formatDialogue({ session: ended, lines })).toBe(
    [
      'Session 7: scanner from 10.0.4.20, 2026-11-23 10:02:03 to 2026-11-23 10:02:05, TLSv1.3 TLS_AES_256_GCM_SHA384',
      '10:02:03.007 \u2190 220 relay.corp.test',
      '10:02:03.123 \u2192 EHLO  [31mred',
      '10:02:05.007 \u00b7 Closed by the client.',
    ].join('\n'),
  );
});

it('a session that is open, by nobody and not encrypted, says so', () => {
  expect(formatDialogue({ session: { ...session, user: '', tls: '', cipher: '' }, lines: [] })).toBe(
    'Session 7: 10.0.4.20, 2026-11-23 10:02:03, still open, not encrypted',
  );
});
