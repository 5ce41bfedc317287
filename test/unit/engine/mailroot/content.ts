/** Content and envelopes for tests of what comes after the queue. */
import type { ContentSource } from '../../../../src-main/engine/core/content';
import type { Envelope } from '../../../../src-main/engine/core/envelope';

export function contentOf(text: string | Uint8Array): ContentSource {
  const bytes = Buffer.from(text);
  return {
    sizeBytes: bytes.length,
    read: () => Promise.resolve(bytes),
    async *stream() {
      for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
    },
  };
}

export function createEnvelope(change: Partial<Envelope> = {}): Envelope {
  return {
    version: 1,
    serverId: 1,
    queueId: '019ab0000000000112345678',
    sender: 'app@example.com',
    recipients: [
      { address: 'bob@corp.test', attempts: 0, nextAttemptAt: 0 },
      { address: 'eve@corp.test', attempts: 0, nextAttemptAt: 0 },
    ],
    body: '7bit',
    source: { kind: 'test' },
    arrivedAt: Date.UTC(2026, 10, 23, 9, 30),
    sizeBytes: 100,
    hopCount: 0,
    messageId: '<m1@example.com>',
    subject: 'Order 7',
    ...change,
  };
}
