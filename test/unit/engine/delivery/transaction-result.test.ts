import { describe, expect, it } from 'vitest';
import { formatStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  isTooManyRecipients,
  readTransaction,
  type TransactionReplies,
} from '../../../../src-main/engine/delivery/transaction-result';

/** An error as nodemailer makes it for a reply. */
const errorOf = (response: string): Error =>
  Object.assign(new Error(response), { response, responseCode: Number(response.slice(0, 3)) });
const lost = Object.assign(new Error('Connection closed unexpectedly'), { code: 'ECONNECTION' });
const timeout = Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' });
const localFault = Object.assign(new Error('EIO: i/o error'), { code: 'ESTREAM' });

const read = (replies: Partial<TransactionReplies>): [string[], string | undefined] => {
  const { answers, failure } = readTransaction({
    recipientCount: 3,
    mailReply: '250 ok',
    rcptReplies: ['250 ok', '250 ok', '250 ok'],
    contentProgress: 'not-started',
    ...replies,
  });
  return [
    answers.map((status) => (status ? formatStatus(status) : '-')),
    failure && `${failure.kind}: ${failure.reason}`,
  ];
};

const mixed = ['250 ok', '550 5.1.1 no such user', '450 4.2.0 greylisted'];
const ok = '250 2.0.0 queued as 1';
const nobody = ['-', '-', '-'];
const doubt =
  '451 4.4.2 The connection was lost after the message was sent; whether it arrived is unknown, it is sent again';

describe('readTransaction', () => {
  const rows: [string, Partial<TransactionReplies>, string[], string?][] = [
    [
      'all taken',
      { finalReply: ok, contentProgress: 'final-dot-sent' },
      Array(3).fill('250 2.0.0 queued as 1'),
    ],
    [
      "a log-in that is missing is nobody's refusal",
      { mailReply: '530 5.7.0 Authentication required' },
      nobody,
      'login: It wants a log-in (530 Authentication required)',
    ],
    [
      'nor is it when it is said to each recipient',
      { rcptReplies: Array(3).fill('530 5.7.57 Client not authenticated to send mail') },
      nobody,
      'login: It wants a log-in (530 Client not authenticated to send mail)',
    ],
    [
      'encryption that is missing neither',
      { mailReply: '530 5.7.0 Must issue a STARTTLS command first' },
      nobody,
      'security: It wants an encrypted connection (530 Must issue a STARTTLS command first)',
    ],
    [
      'taken before its end: it cannot have it',
      { rcptReplies: mixed, finalReply: ok, contentProgress: 'started' },
      ['-', '550 5.1.1 no such user', '450 4.2.0 greylisted'],
      'session: the remote server answered to the message before its end',
    ],
    [
      'good news that is an error is no good news',
      { error: errorOf('250 2.0.0 ok') },
      nobody,
      'session: 250 ok',
    ],
    [
      'nor is it after the final dot',
      { error: errorOf('354 go on'), contentProgress: 'final-dot-sent' },
      Array(3).fill(doubt),
      'session: 354 go on',
    ],
    [
      'a refusal of one reply in two codes, or of more than three digits, is none',
      { rcptReplies: ['5500 no', '550-no\n250 yes', '550no'], error: errorOf('550no') },
      ['451 4.0.0 5500 no', '451 4.0.0 no yes', '451 4.0.0 550no'],
    ],
    [
      'each recipient has its own reply',
      { rcptReplies: mixed, finalReply: ok, contentProgress: 'final-dot-sent' },
      ['250 2.0.0 queued as 1', '550 5.1.1 no such user', '450 4.2.0 greylisted'],
    ],
    [
      'a refused sender is refused for all, whatever follows',
      {
        mailReply: '550 5.7.1 not you',
        rcptReplies: Array(3).fill('503 5.5.1 MAIL first'),
        error: errorOf('550 5.7.1 not you'),
      },
      Array(3).fill('550 5.7.1 not you'),
    ],
    [
      'a deferred sender waits for all',
      { mailReply: '451 4.3.0 later', rcptReplies: [], error: errorOf('451 4.3.0 later') },
      Array(3).fill('451 4.3.0 later'),
    ],
    [
      'all recipients refused',
      { rcptReplies: ['550 a', '551 b', '450 c'], error: errorOf('450 c') },
      ['550 5.0.0 a', '551 5.0.0 b', '450 4.0.0 c'],
    ],
    [
      'refused DATA is for those who were accepted',
      { rcptReplies: mixed, error: errorOf('554 5.7.1 policy') },
      ['554 5.7.1 policy', '550 5.1.1 no such user', '450 4.2.0 greylisted'],
    ],
    [
      'refused content is for those who were accepted',
      { rcptReplies: mixed, contentProgress: 'final-dot-sent', error: errorOf('552 5.3.4 too big') },
      ['552 5.3.4 too big', '550 5.1.1 no such user', '450 4.2.0 greylisted'],
    ],
    [
      'content refused half way: an answer, and the end of the session',
      { contentProgress: 'started', error: errorOf('552 5.3.4 too big') },
      Array(3).fill('552 5.3.4 too big'),
      'session: 552 too big',
    ],
    [
      '421 to MAIL answers nobody',
      { mailReply: '421 4.3.2 bye', rcptReplies: [], error: errorOf('421 4.3.2 bye') },
      nobody,
      'session: 421 bye',
    ],
    [
      '421 to a recipient keeps what was answered before it',
      { rcptReplies: ['550 5.1.1 no', '421 4.3.2 bye'], error: errorOf('421 4.3.2 bye') },
      ['550 5.1.1 no', '-', '-'],
      'session: 421 bye',
    ],
    [
      '421 after the final dot: not taken, may go elsewhere',
      { contentProgress: 'final-dot-sent', error: errorOf('421 4.3.2 bye') },
      nobody,
      'session: 421 bye',
    ],
    [
      'lost before the content',
      { rcptReplies: ['250 ok', '550 5.1.1 no'], error: lost },
      ['-', '550 5.1.1 no', '-'],
      'session: Connection closed unexpectedly',
    ],
    [
      'lost in the content',
      { contentProgress: 'started', error: timeout },
      nobody,
      'session: no answer in time',
    ],
    [
      'lost after the final dot: in doubt, never offered elsewhere at once',
      { rcptReplies: mixed, contentProgress: 'final-dot-sent', error: lost },
      [doubt, '550 5.1.1 no such user', '450 4.2.0 greylisted'],
      'session: Connection closed unexpectedly',
    ],
    [
      'our own content unreadable',
      { contentProgress: 'started', error: localFault },
      nobody,
      'local: EIO: i/o error',
    ],
    [
      'a refused RSET answers nobody',
      { mailReply: undefined, rcptReplies: [], error: errorOf('500 5.5.1 what') },
      nobody,
      'session: 500 what',
    ],
    [
      'the words of a hostile peer are cut and cleaned',
      { rcptReplies: Array(3).fill(`550 5.1.1 \u001b[31m${'x'.repeat(5000)}`), error: errorOf('550 x') },
      Array(3).fill(`550 5.1.1 [31m${'x'.repeat(996)}`),
    ],
  ];
  it.each(rows)('%s', (_claim, replies, answers, failure) => {
    expect(read(replies)).toEqual([answers, failure]);
  });
});

it('knows "too many recipients" from a full disk', () => {
  const status = (enhanced: string, code = 452) => ({ code, enhanced, text: '' });
  expect(isTooManyRecipients(status('4.5.3'))).toBe(true);
  expect(isTooManyRecipients(status('4.0.0'))).toBe(true);
  expect(isTooManyRecipients(status('4.3.1'))).toBe(false);
  expect(isTooManyRecipients(status('4.5.3', 450))).toBe(false);
});
