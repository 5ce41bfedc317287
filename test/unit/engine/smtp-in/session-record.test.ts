import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createEndedSessions } from '../../../../src-main/engine/smtp-in/ended-sessions';
import {
  createRecordBudget,
  createSessionRecord,
  maskCommand,
} from '../../../../src-main/engine/smtp-in/session-record';

const record = (budget = createRecordBudget()) => createSessionRecord(() => 1, budget);

describe('what a session said', () => {
  it.each([
    ['MAIL', 'MAIL FROM:<a@b.test> SIZE=3', false, 'MAIL FROM:<a@b.test> SIZE=3'],
    ['AUTH', 'AUTH LOGIN', false, 'AUTH LOGIN'],
    ['AUTH', 'auth plain AGFubgBzZWNyZXQ=', false, 'AUTH plain (not shown)'],
    ['AUTH', 'AUTH AGFubgBzZWNyZXQ=', false, 'AUTH (not shown)'],
    ['AUTH', 'AUTH secret=word', false, 'AUTH (not shown)'],
    ['AUTH', 'AUTH', false, 'AUTH'],
    ['?', 'PASS swordfish', false, 'PASS …'],
    ['?', 'FOO', false, 'FOO'],
    ['?', 'AGFubgBzZWNyZXQ=', true, '(16 characters that are no command)'],
    ['?', 'x'.repeat(40), false, `${'x'.repeat(32)} …`],
  ])('%s: "%s" after AUTH %s is shown as "%s"', (verb, line, hasSeenAuth, shown) => {
    expect(maskCommand(verb, line, hasSeenAuth)).toBe(shown);
  });

  it('has no answer to a challenge, and no line that is no command once AUTH was seen', () => {
    const kept = record();
    kept.heardCommand('AUTH', 'AUTH LOGIN');
    kept.said('334 VXNlcm5hbWU6\r\n');
    kept.heardSecret();
    kept.heardCommand('?', 'c3dvcmRmaXNo');
    expect(JSON.stringify(kept.lines())).not.toContain('c3dvcmRmaXNo');
    expect(kept.lines().map(({ side, text }) => `${side} ${text}`)).toEqual([
      'client AUTH LOGIN',
      'server 334 VXNlcm5hbWU6',
      'client (not shown)',
      'client (12 characters that are no command)',
    ]);
  });

  it('keeps the beginning and the end of a long session, and says where lines are missing', () => {
    const kept = record();
    for (let count = 0; count < 5000; count++) kept.heardCommand('NOOP', `NOOP ${count}`);
    const lines = kept.lines().map(({ text }) => text);
    expect(lines[0]).toBe('NOOP 0');
    expect(lines.at(-1)).toBe('NOOP 4999');
    expect(lines).toContain('Lines are left out here');
    expect(lines.length).toBeLessThan(400);
  });

  it('gives back what it took of the budget, however many lines were left out', () => {
    const budget = { left: 20_000 };
    const kept = record(budget);
    for (let count = 0; count < 2000; count++) kept.said(`250 ${'x'.repeat(count % 700)}\r\n`);
    expect(budget.left).toBeGreaterThanOrEqual(0);
    expect(budget.left).toBeLessThan(20_000);
    kept.forget();
    expect(budget.left).toBe(20_000);
  });

  it('does not keep the long lines that its short ones were cut from', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const longLine = (start: string): string => Buffer.from(start + 'A'.repeat(60_000)).toString('latin1');
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = used();
    const kept = Array.from({ length: 500 }, () => {
      const one = record();
      one.heardCommand('AUTH', longLine('AUTH SCRAM-SHA-256 '));
      one.heardCommand('NOOP', longLine('NOOP '));
      one.heardCommand('?', longLine('X'));
      return one;
    });
    // 90 MB came in.
    expect(used() - before).toBeLessThan(10_000_000);
    expect(kept).toHaveLength(500);
  });

  it('keeps nothing once the budget is used up, and says so', () => {
    const kept = record({ left: 0 });
    kept.said('220 mail\r\n');
    expect(kept.lines().map(({ text }) => text)).toEqual(['Lines are left out here']);
    expect(kept.lastSaid()).toBe('220 mail');
  });
});

describe('sessions that are over', () => {
  it('are remembered up to a number, the latest first, and the forgotten cost nothing', () => {
    const budget = createRecordBudget();
    const before = budget.left;
    const ended = createEndedSessions();
    const add = (id: string): void => {
      const kept = record(budget);
      kept.said('221 bye\r\n');
      const session = {
        id,
        user: '',
        from: '192.0.2.1',
        hello: '',
        tls: '',
        cipher: '',
        state: 'greeted' as const,
        connectedAt: 1,
        command: 'QUIT',
        messageCount: 0,
        receivedBytes: 0,
        localPort: 25,
        endedAt: 2,
        lastReply: kept.lastSaid(),
      };
      ended.add(session, kept);
    };
    add('first');
    const cost = before - budget.left;
    for (let count = 0; count < 1000; count++) add(`later-${count}`);
    expect(ended.find('first')).toBeUndefined();
    expect(ended.list()).toHaveLength(1000);
    expect(ended.list()[0]?.id).toBe('later-999');
    expect(before - budget.left).toBe(1000 * cost);
  });
});
