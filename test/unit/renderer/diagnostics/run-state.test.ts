import { describe, expect, it } from 'vitest';
import type { TestEvent } from '../../../../src-main/api/contract';
import {
  describeRecipient,
  describeRun,
  emptyRun,
  formatDialogue,
  readConnection,
  withEvent,
} from '../../../../src-renderer/diagnostics/run-state';

const status = { code: 250, enhanced: '2.0.0', text: 'OK' };
const queueId = '0'.repeat(24);
const recipient = (
  outcome: Extract<TestEvent, { kind: 'recipient' }>['outcome'],
  name = 'ann@corp.test',
): Extract<TestEvent, { kind: 'recipient' }> => ({
  kind: 'recipient',
  at: 2,
  recipient: name,
  outcome,
  status,
});
const stateAfter = (...events: TestEvent[]) => events.reduce(withEvent, emptyRun);
const accepted: TestEvent = { kind: 'accepted', at: 1, queueId };
const end: TestEvent = { kind: 'end', at: 3, text: 'Done.' };

describe('a test message', () => {
  it.each([
    ['nothing yet', [], 'busy', 'Handing the message over'],
    ['accepted', [accepted], 'busy', 'Accepted; on its way'],
    ['dropped', [accepted, recipient('dropped'), end], 'good', 'The message lies in Drop'],
    ['relayed', [accepted, recipient('relayed'), end], 'good', 'The message was delivered'],
    ['deferred', [accepted, recipient('deferred'), end], 'waiting', 'The message waits in Queue'],
    ['out of time', [accepted, end], 'waiting', 'The message waits in Queue'],
    [
      'one of two bounced',
      [accepted, recipient('relayed'), recipient('bounced', 'bob@far.test'), end],
      'bad',
      'Not everybody gets the message',
    ],
    ['refused', [{ kind: 'refused', at: 1, text: '550' }, end], 'bad', 'The message was not accepted'],
    [
      'refused for one of two',
      [accepted, { kind: 'refused', at: 1, text: '550' }, recipient('dropped'), end],
      'bad',
      'Not everybody gets the message',
    ],
  ] satisfies [string, TestEvent[], string, string][])('%s', (_, events, mood, headline) => {
    expect(describeRun(stateAfter(...events))).toEqual({ mood, headline });
  });

  it('keeps the last word about a recipient', () => {
    const state = stateAfter(accepted, recipient('deferred'), recipient('relayed'));
    expect(state.recipients.map(({ outcome }) => outcome)).toEqual(['relayed']);
  });

  it('names the host that took or refused it', () => {
    const remote = { name: 'mx.far.test', address: '192.0.2.1' };
    expect(describeRecipient({ ...recipient('relayed'), remote })).toBe(
      'Handed to mx.far.test (192.0.2.1): 250 2.0.0 OK',
    );
    expect(describeRecipient({ ...recipient('bounced'), remote })).toContain('mx.far.test (192.0.2.1) said');
  });

  it('copies both dialogues with their sides told apart', () => {
    const line = (side: 'client' | 'server', text: string): TestEvent => ({
      kind: 'line',
      leg: 'submission',
      line: { at: 0, side, text },
    });
    const text = formatDialogue(
      stateAfter(line('server', '220 hello'), line('client', 'EHLO x'), recipient('dropped')),
    );
    expect(text).toContain('00:00:00.000 ← 220 hello');
    expect(text).toContain('00:00:00.000 → EHLO x');
    expect(text).toContain('ann@corp.test: In the Drop folder.');
  });
});

describe('the connection of a test', () => {
  const note = (text: string): TestEvent => ({
    kind: 'line',
    leg: 'submission',
    line: { at: 1, side: 'note', text },
  });
  const tls = note('TLSv1.3 begins, TLS_AES_256_GCM_SHA384; the certificate is not trusted');
  it.each([
    ['nothing was said', [], '127.0.0.1', false],
    ['plain', [note('Connecting to 127.0.0.1, port 25')], '127.0.0.1', false],
    ['over TLS', [note('Connecting to 127.0.0.1, port 25'), tls], '127.0.0.1', true],
    ['to an own address', [note('Connecting to 192.0.2.5, port 25'), tls], '192.0.2.5', true],
    [
      'again without TLS',
      [note('Connecting to ::1, port 25'), tls, note('Connecting to ::1, port 25')],
      '::1',
      false,
    ],
  ] as const)('%s', (_, events, clientAddress, isEncrypted) => {
    expect(readConnection(stateAfter(...events))).toEqual({ clientAddress, isEncrypted });
  });
});
