import { describe, expect, it } from 'vitest';
import type { SessionRow } from '../../../../src-main/api/contract';
import { describeSession } from '../../../../src-renderer/sessions/session-words';

const open: SessionRow = {
  id: '1-1',
  user: 'red.test',
  from: '192.0.2.7',
  hello: 'red.test',
  tls: '',
  cipher: '',
  state: 'greeted',
  connectedAt: 1000,
  command: 'EHLO',
  messageCount: 1,
  receivedBytes: 2048,
  localPort: 25,
};

describe('a session in one line', () => {
  it.each([
    [open, 'red.test at 192.0.2.7, to port 25 · not encrypted · 1 message, 2.0 KB · Between messages'],
    [
      { ...open, user: 'ann', tls: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
      'red.test at 192.0.2.7, to port 25 · logged in as ann · TLSv1.3 (TLS_AES_128_GCM_SHA256) · 1 message, 2.0 KB · Between messages',
    ],
    [
      { ...open, hello: '', user: '', messageCount: 0, endedAt: 62_000, lastReply: '421 4.4.2 x' },
      '192.0.2.7, to port 25 · not encrypted · 0 messages, 2.0 KB · ended after 0:01:01',
    ],
  ])('%#', (session, words) => {
    expect(describeSession(session)).toBe(words);
  });
});
