import { describe, expect, it } from 'vitest';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { formatHead, formatLine } from '../../../../src-main/engine/protocol-log/lines';
import { logFields } from '../../../../src-main/settings/schema';

const site = { serverId: 1, computerName: 'MX', productVersion: '1.2.3' };
const at = Date.UTC(2026, 9, 9, 5, 0, 50);
const incoming: ProtocolEntry = {
  at,
  direction: 'in',
  sessionId: '1-abc-1',
  remoteAddress: '192.0.2.22',
  userName: 'RED',
  localAddress: '192.0.2.2',
  port: 25,
  method: 'EHLO',
  argument: 'RED',
  status: 250,
  sentBytes: 275,
  receivedBytes: 14,
  timeTakenMs: 93,
};
const original = logFields.filter((field) => !field.startsWith('x-'));
const w3c = (entry: Partial<ProtocolEntry>): string =>
  formatLine({ ...incoming, ...entry }, { format: 'w3c', fields: original, site });

describe('lines of the protocol log', () => {
  it.each([
    [
      'a command and its reply',
      {},
      '2026-10-09 05:00:50 192.0.2.22 RED SMTPSVC1 MX 192.0.2.2 25 EHLO - +RED 250 0 275 14 93 SMTP - - - -',
    ],
    [
      'a sender',
      { method: 'MAIL', argument: 'FROM:<a@example.com> SIZE=12', sentBytes: 47, timeTakenMs: 0 },
      '2026-10-09 05:00:50 192.0.2.22 RED SMTPSVC1 MX 192.0.2.2 25 MAIL - +FROM:<a@example.com>+SIZE=12 250 0 47 14 0 SMTP - - - -',
    ],
    [
      'the end of a message, with its Message-ID',
      { method: 'DATA', argument: '<1@mx.example.com>', receivedBytes: 2413 },
      '2026-10-09 05:00:50 192.0.2.22 RED SMTPSVC1 MX 192.0.2.2 25 DATA - <1@mx.example.com> 250 0 275 2413 93 SMTP - - - -',
    ],
    [
      'the end of a session, with its length',
      { method: 'QUIT', argument: 'RED', status: 221, sessionMs: 1015.4 },
      '2026-10-09 05:00:50 192.0.2.22 RED SMTPSVC1 MX 192.0.2.2 25 QUIT - RED 240 1015 275 14 93 SMTP - - - -',
    ],
    [
      'an outgoing command',
      {
        direction: 'out-command',
        userName: '',
        localAddress: '',
        method: 'MAIL',
        argument: 'FROM:<a@example.com> SIZE=1722',
        status: 0,
      },
      '2026-10-09 05:00:50 192.0.2.22 OutboundConnectionCommand SMTPSVC1 MX - 25 MAIL - FROM:<a@example.com>+SIZE=1722 0 0 275 14 93 SMTP - - - -',
    ],
    [
      'an outgoing response',
      {
        direction: 'out-response',
        userName: '',
        localAddress: '',
        method: '',
        argument: '421 4.7.0 deferred',
        status: 0,
      },
      '2026-10-09 05:00:50 192.0.2.22 OutboundConnectionResponse SMTPSVC1 MX - 25 - - 421+4.7.0+deferred 0 0 275 14 93 SMTP - - - -',
    ],
  ] satisfies [string, Partial<ProtocolEntry>, string][])('W3C: %s', (_, entry, line) => {
    expect(w3c(entry)).toBe(line);
  });

  it('lets nothing that a peer sent begin a line, a field or a comment', () => {
    const hostile = 'a\r\n#Fields: x\tb\u2028 c';
    for (const format of ['w3c', 'iis', 'ncsa'] as const) {
      const line = formatLine(
        { ...incoming, userName: hostile, argument: hostile },
        { format, fields: original, site },
      );
      expect(line).not.toMatch(/[\r\n\t\u2028]/);
      if (format === 'w3c') expect(line.split(' ')).toHaveLength(original.length);
      if (format === 'iis') expect(line.split(',')).toHaveLength(16);
    }
  });

  it('IIS and NCSA: fields in the order of the original', () => {
    const options = { fields: original, site };
    expect(formatLine(incoming, { ...options, format: 'iis' })).toMatch(
      /^192\.0\.2\.22, RED, 10\/\d{1,2}\/26, \d{1,2}:\d\d:50, SMTPSVC1, MX, 192\.0\.2\.2, 93, 14, 275, 250, 0, EHLO, -, RED,$/,
    );
    expect(formatLine(incoming, { ...options, format: 'ncsa' })).toMatch(
      /^192\.0\.2\.22 - RED \[\d\d\/Oct\/2026:\d\d:\d\d:50 [+-]\d{4}\] "EHLO -\?\+RED SMTP" 250 275$/,
    );
  });

  it('only the W3C format has a head, which names its fields', () => {
    const options = { fields: ['date', 'time', 'c-ip'] as const, site };
    expect(formatHead(at, { ...options, format: 'w3c' })).toBe(
      '#Software: Mailroot 1.2.3\r\n#Version: 1.0\r\n#Date: 2026-10-09 05:00:50\r\n#Fields: date time c-ip\r\n',
    );
    expect(formatHead(at, { ...options, format: 'iis' })).toBe('');
  });
});
