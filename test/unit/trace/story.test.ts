import { describe, expect, it } from 'vitest';
import { createStatus, parseReply } from '../../../src-main/engine/core/smtp-status';
import type { TraceRecord } from '../../../src-main/engine/core/trace';
import { tellStory } from '../../../src-main/trace/story';
import { formatStory } from '../../../src-main/trace/story-text';

const queueId = '00019d2b5c300000a1b2c3d4';
const at = Date.UTC(2026, 2, 26, 19, 18, 6);
const facts = { serverId: 1, id: queueId };
const remote = { name: 'mx.partner.test', address: '192.0.2.25', port: 25 };
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', isVerified: true };

const accepted: TraceRecord = {
  at,
  kind: 'accepted',
  queueId,
  sender: 'ann@corp.test',
  recipients: ['ben@partner.test', 'cleo@partner.test'],
  subject: '=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
  messageId: '<1@corp.test>',
  sizeBytes: 512,
  source: { kind: 'smtp', sessionId: '1-a', peer: '192.0.2.7', helo: 'scanner', account: 'ann' },
};
const session: TraceRecord = {
  at: at + 1,
  kind: 'session',
  queueId,
  sessionId: '1-a',
  tls: 'TLSv1.3, TLS_AES_256_GCM_SHA384',
  lines: [{ at, side: 'client', text: 'EHLO scanner' }],
};
const attempt = (n: number): TraceRecord => ({
  at: at + n + 5,
  kind: 'attempt',
  queueId,
  recipients: ['ben@partner.test', 'cleo@partner.test'],
  rule: 'Smart host',
  destination: 'mx.partner.test:25',
  startedAt: at + n,
  lines: [{ at: at + n, side: 'server', text: '220 mx.partner.test' }],
});
const deferred: TraceRecord = {
  at: at + 16,
  kind: 'deferred',
  queueId,
  recipient: 'ben@partner.test',
  status: parseReply(451, '4.7.1 Come back later'),
  nextAttemptAt: at + 900_000,
  remote,
  tls,
};
const relayed = (recipient: string, n: number): TraceRecord => ({
  at: at + n,
  kind: 'outcome',
  queueId,
  recipient,
  outcome: 'relayed',
  status: parseReply(250, '2.0.0 Ok: queued as 17'),
  remote,
  tls,
});

describe('the story of a message', () => {
  const whole = [
    accepted,
    session,
    attempt(10),
    deferred,
    relayed('cleo@partner.test', 17),
    attempt(900_010),
    relayed('ben@partner.test', 900_017),
  ];

  it('tells each step in plain words, with host, encryption and the words of the other side', () => {
    const story = tellStory(whole, facts);
    expect(story.steps.map(({ text }) => text)).toEqual([
      'Accepted for 2 recipients: SMTP from 192.0.2.7 (scanner), logged in as ann, encrypted with TLSv1.3, TLS_AES_256_GCM_SHA384.',
      'Tried to deliver to mx.partner.test [192.0.2.25], port 25, encrypted with TLSv1.3.',
      'Not yet: mx.partner.test said 451 4.7.1 Come back later',
      'Handed over: mx.partner.test said 250 2.0.0 Ok: queued as 17',
      'Tried to deliver to mx.partner.test [192.0.2.25], port 25, encrypted with TLSv1.3.',
      'Handed over: mx.partner.test said 250 2.0.0 Ok: queued as 17',
    ]);
    expect(story.steps[0]?.lines).toHaveLength(1);
    expect(story.steps[2]?.reply).toBe('4.7.1 Come back later');
    expect(story.row).toMatchObject({ subject: 'Grüße', outcomes: ['relayed'], recipientCount: 2 });
    expect(story.note).toBeUndefined();
  });

  it('waits for those who have no outcome, and tells a repeated record once', () => {
    const story = tellStory([...whole.slice(0, 5), deferred, relayed('cleo@partner.test', 17)], facts);
    expect(story.recipients).toEqual([
      { address: 'ben@partner.test', outcome: 'waiting' },
      { address: 'cleo@partner.test', outcome: 'relayed' },
    ]);
    expect(story.steps).toHaveLength(4);
  });

  it.each([
    {
      name: 'without its beginning',
      records: [deferred, relayed('ben@partner.test', 20)],
      recipients: [['ben@partner.test', 'relayed']],
      note: 'The beginning is not there: older records were removed, or lost.',
    },
    {
      name: 'of an address that the directory replaced',
      records: [
        accepted,
        {
          at: at + 2,
          kind: 'resolved',
          queueId,
          recipient: 'ben@partner.test',
          addresses: ['b1@partner.test'],
        } as TraceRecord,
        relayed('b1@partner.test', 20),
      ],
      recipients: [
        ['cleo@partner.test', 'waiting'],
        ['b1@partner.test', 'relayed'],
      ],
      note: undefined,
    },
    {
      name: 'of a damaged queue file',
      records: [
        accepted,
        relayed('ben@partner.test', 20),
        {
          at: at + 30,
          kind: 'outcome',
          queueId,
          recipient: '',
          outcome: 'badmail',
          status: createStatus(554, '5.3.0', 'The envelope file is empty.'),
        } as TraceRecord,
      ],
      recipients: [
        ['ben@partner.test', 'relayed'],
        ['cleo@partner.test', 'badmail'],
      ],
      note: undefined,
    },
  ])('$name', ({ records, recipients, note }) => {
    const story = tellStory(records, facts);
    expect(story.recipients.map(({ address, outcome }) => [address, outcome])).toEqual(recipients);
    expect(story.note).toBe(note);
  });

  it('leads to the notification, and from it back', () => {
    const about = '00019d2b5c300001a1b2c3d4';
    const story = tellStory([accepted], {
      ...facts,
      following: [{ queueId: about, at: at + 5, recipients: ['ann@corp.test'] }],
    });
    expect(story.steps[1]).toMatchObject({ kind: 'notification', leadsTo: about });
    const back = tellStory([{ ...accepted, source: { kind: 'notification', about: queueId } }], facts);
    expect(back.about).toBe(queueId);
  });

  it('names who was refused, and why', () => {
    const story = tellStory(
      [
        {
          at,
          kind: 'refused',
          sessionId: '1-a',
          peer: '192.0.2.7',
          sender: 'x@spam.test',
          recipient: 'Nobody@corp.test',
          status: createStatus(550, '5.7.1', 'Unable to relay'),
          lines: [],
        },
      ],
      { serverId: 1, id: '2026-03-26.jsonl:0' },
    );
    expect(story.recipients).toEqual([{ address: 'Nobody@corp.test', outcome: 'refused' }]);
    expect(story.steps[0]?.text).toBe(
      'Recipient Nobody@corp.test from x@spam.test was refused: 550 5.7.1 Unable to relay',
    );
  });

  it('is text for a help desk, without control characters of others', () => {
    const hostile = { ...accepted, subject: 'a\u001b[2Jb' } as TraceRecord;
    const text = formatStory(tellStory([hostile, ...whole.slice(1)], facts), { hasDialogues: true });
    expect(text).toContain('  ben@partner.test: relayed');
    expect(text).toContain('-> EHLO scanner');
    expect(text).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{2}:\d{2} {2}Accepted for 2 recipients/);
    expect(text).not.toContain('\u001b');
  });
});
