import { describe, expect, it } from 'vitest';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { type CommandLog, createCommandLog } from '../../../../src-main/engine/smtp-in/command-log';

function record(run: (log: CommandLog, wait: (ms: number) => void) => void, isOn = true): ProtocolEntry[] {
  const entries: ProtocolEntry[] = [];
  let now = 1_000_000;
  const log = createCommandLog({
    write: (entry) => entries.push(entry),
    isOn: () => isOn,
    now: () => now,
    session: () => ({
      id: '1-1',
      remoteAddress: '192.0.2.7',
      localAddress: '192.0.2.1',
      localPort: 25,
      connectedAt: 1_000_000,
      userName: 'red',
    }),
  });
  run(log, (ms) => {
    now += ms;
  });
  return entries;
}

describe('the log of an incoming session', () => {
  it('has one entry for a command, with its argument, reply and bytes', () => {
    const [entry, ...others] = record((log, wait) => {
      log.begin('MAIL', 'mail FROM:<a@example.com> SIZE=12');
      wait(3);
      log.said('250 2.1.0 a@example.com....Sender OK\r\n');
      log.finish();
    });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      method: 'MAIL',
      argument: 'FROM:<a@example.com> SIZE=12',
      status: 250,
      sentBytes: 38,
      receivedBytes: 35,
      timeTakenMs: 3,
      userName: 'red',
    });
  });

  it('has one entry for a message, when it is answered, with its names', () => {
    const entries = record((log, wait) => {
      log.begin('DATA', 'DATA');
      log.said('354 Start mail input; end with <CRLF>.<CRLF>\r\n');
      log.finish();
      wait(40);
      log.noteMessage({ sizeBytes: 2413, messageId: '<1@x>', queueId: 'abc' });
      log.said('250 2.6.0 <1@x> Queued mail for delivery\r\n');
      log.finish();
      log.finish();
    });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      method: 'DATA',
      argument: '<1@x>',
      status: 250,
      receivedBytes: 2413,
      timeTakenMs: 40,
      queueId: 'abc',
    });
  });

  it('never holds what a client logs in with', () => {
    const entries = record((log) => {
      log.begin('AUTH', 'AUTH PLAIN AGFubgBzM2NyZXQ=');
      log.said('235 2.7.0 Authentication successful\r\n');
      log.finish();
      log.begin('AUTH', 'AUTH LOGIN');
      log.said('334 VXNlcm5hbWU6\r\n');
      log.finish();
      log.said('535 5.7.3 Authentication unsuccessful\r\n');
      log.finish();
    });
    expect(entries.map(({ method, argument, status }) => [method, argument, status])).toEqual([
      ['AUTH', 'PLAIN', 235],
      ['AUTH', 'LOGIN', 535],
    ]);
    expect(JSON.stringify(entries)).not.toContain('AGFubgBzM2NyZXQ');
  });

  it.each([
    ['AUTH AGFubgBzM2NyZXQ=', ''],
    ['AUTH c2VjcmV0cGFzcw', ''],
    ['AUTH', ''],
    ['auth plain AGFubgBzM2NyZXQ=', 'plain'],
    ['AUTH CRAM-MD5', 'CRAM-MD5'],
    ['AUTH SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256-PLUS'],
  ])('notes of "%s" the mechanism alone', (line, argument) => {
    const entries = record((log) => {
      log.begin('AUTH', line);
      log.said('504 5.7.4 Unrecognized authentication type\r\n');
      log.finish();
    });
    expect(entries).toMatchObject([{ method: 'AUTH', argument, status: 504 }]);
  });

  it('notes that there was a line that is no command, and not what it was', () => {
    const entries = record((log) => {
      log.begin('?', 'AGFubgBzM2NyZXQ=');
      log.said('500 5.3.3 Unrecognized command\r\n');
      log.finish();
    });
    expect(entries).toMatchObject([{ method: '?', argument: '', status: 500 }]);
  });

  it('notes nothing while the log is off', () => {
    const entries = record((log) => {
      log.begin('NOOP', 'NOOP');
      log.said('250 2.0.0 OK\r\n');
      log.finish();
    }, false);
    expect(entries).toEqual([]);
  });

  it('tells the length of the session on the line of QUIT, and the last code of several lines', () => {
    const entries = record((log, wait) => {
      log.begin('EHLO', 'EHLO red');
      log.said('250-mx Hello\r\n250 OK\r\n');
      log.finish();
      wait(1015);
      log.begin('QUIT', 'QUIT');
      log.said('221 2.0.0 mx Service closing transmission channel\r\n');
      log.finish();
    });
    expect(entries[0]).toMatchObject({ method: 'EHLO', status: 250, sentBytes: 22 });
    expect(entries[1]).toMatchObject({ method: 'QUIT', argument: 'red', sessionMs: 1015 });
  });
});
