import { beforeEach, describe, expect, it } from 'vitest';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import type { TraceRecord } from '../../../../src-main/engine/core/trace';
import type { Session } from '../../../../src-main/engine/smtp-in/session';
import { createRecordBudget, createSessionRecord } from '../../../../src-main/engine/smtp-in/session-record';
import { createSessionTrace, type SessionTrace } from '../../../../src-main/engine/smtp-in/session-trace';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock';

const noRelay = createStatus(550, '5.7.1', 'Unable to relay');
const minuteMs = 60_000;

let clock: FakeClock;
let written: TraceRecord[];
let trace: SessionTrace;
beforeEach(() => {
  clock = createFakeClock();
  written = [];
  trace = createSessionTrace({
    clock,
    trace: {
      write: (record) => {
        written.push(record);
        return undefined;
      },
    },
  });
});

const refusals = () => written.flatMap((record) => (record.kind === 'refused' ? [record] : []));
/** So many refusals are told, one by one or in numbers. */
const toldCount = () => refusals().reduce((sum, { count = 1 }) => sum + count, 0);

function openSession(id: string, { tracesDialogues = true } = {}): Session {
  return {
    id,
    peerAddress: '198.51.100.9',
    lastCommand: 'RCPT',
    record: createSessionRecord(() => clock.now(), createRecordBudget()),
    services: { policy: () => ({ settings: { tracesDialogues } }) },
    traced: { mail: undefined, isOpen: false, queueId: undefined, refusedCount: 0, lastRefusal: undefined },
  } as unknown as Session;
}

function refuseRecipients(session: Session, count: number): void {
  for (let n = 0; n < count; n++) {
    const line = `RCPT TO:<victim${n}@far.test>`;
    session.record.heardCommand('RCPT', line);
    session.record.said('550 5.7.1 Unable to relay\r\n');
    trace.tellAnswer(session, noRelay, line.slice(5));
  }
}

describe('refusals in the trace', () => {
  it('a scanner with 10,000 refused recipients has ten records, and the number of the rest', () => {
    const session = openSession('1');
    refuseRecipients(session, 10_000);
    expect(written).toHaveLength(10);
    trace.tellEnd(session);
    expect(written).toHaveLength(11);
    expect(refusals()[0]).toMatchObject({ recipient: 'victim0@far.test', status: noRelay });
    expect(refusals()[10]).toMatchObject({ sessionId: '1', count: 9_990, lines: [] });
    trace.tellEnd(session);
    expect(toldCount()).toBe(10_000);
  });

  it('each is some kilobytes at the most, whatever the client said before', () => {
    const session = openSession('1');
    for (let n = 0; n < 200; n++) session.record.heardCommand('?', 'x'.repeat(500));
    refuseRecipients(session, 10);
    const address = `<${'y'.repeat(50_000)}@far.test>`;
    session.traced.refusedCount = 0;
    trace.tellAnswer(session, noRelay, `TO:${address}`);
    for (const record of written) expect(JSON.stringify(record).length).toBeLessThan(6 * 1024);
  });

  it('a thousand sessions of ten share three hundred records, and all are counted', async () => {
    for (let n = 0; n < 1000; n++) {
      const session = openSession(String(n));
      refuseRecipients(session, 10);
      trace.tellEnd(session);
    }
    expect(written).toHaveLength(300);
    await clock.advance(minuteMs);
    expect(written).toHaveLength(301);
    expect(refusals().at(-1)).toMatchObject({ sessionId: '', peer: '', count: 9_700 });
    expect(toldCount()).toBe(10_000);
  });

  it('after the first three hundred there is room for twenty a minute', async () => {
    refuseFrom('a', 300);
    for (let minute = 1; minute <= 5; minute++) {
      await clock.advance(minuteMs);
      refuseFrom(`b${minute}-`, 50);
    }
    const single = refusals().filter(({ count }) => count === undefined);
    expect(single).toHaveLength(300 + 5 * 20);
  });

  it('what was only counted is told when the server stops', () => {
    refuseFrom('a', 301);
    expect(toldCount()).toBe(300);
    trace.flush();
    expect(toldCount()).toBe(301);
    expect(clock.timerCount).toBe(0);
  });

  it('nothing that was said is kept where dialogues are not', () => {
    const session = openSession('1', { tracesDialogues: false });
    refuseRecipients(session, 1);
    expect(refusals()[0]?.lines).toEqual([]);
    trace.tellAccepted(session, '000000000000000000000001');
    expect(written).toHaveLength(1);
  });

  /** One refusal in each of so many sessions. */
  function refuseFrom(prefix: string, count: number): void {
    for (let n = 0; n < count; n++) {
      const session = openSession(`${prefix}${n}`);
      refuseRecipients(session, 1);
      trace.tellEnd(session);
    }
  }
});
