import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../../src-main/engine/core/envelope';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { formatEnvelope, parseEnvelope } from '../../../../src-main/engine/queue/envelope-file';
import { envelopeOf, recipientOf, someId } from './fixture';

const full: Envelope = envelopeOf({
  sender: '',
  ret: 'hdrs',
  envid: 'abc',
  source: { kind: 'smtp', sessionId: 's1', peer: '192.0.2.1', helo: 'printer' },
  recipients: [
    recipientOf({ notify: [], orcpt: 'rfc822;x@y', outcome: 'relayed', attempts: 3 }),
    recipientOf({
      notify: ['success', 'delay'],
      delayNotified: true,
      last: {
        at: 5,
        status: { code: 554, enhanced: '4.4.7', text: 'Message expired', cause: 'none' },
        remote: { name: 'mx', address: '192.0.2.2', port: 25 },
        tls: { version: 'TLSv1.3', cipher: 'TLS_A', isVerified: false, fault: 'it expired', policy: 'route' },
      },
    }),
    recipientOf({ last: { at: 6, status: createStatus(451, '4.0.0', '') } }),
  ],
});

describe('envelope file', () => {
  it('gives back exactly what was written', () => {
    expect(parseEnvelope(formatEnvelope(full), someId)).toEqual({ isValid: true, envelope: full });
  });

  it.each([
    { kind: 'pickup', file: 'a b.eml' } as const,
    { kind: 'smtp', sessionId: 's1', peer: '192.0.2.1', helo: 'printer', account: 'CORP\\ann' } as const,
    { kind: 'notification', about: someId } as const,
    { kind: 'test' } as const,
    { kind: 'resend', of: 'drop/a.eml', by: 'ann' } as const,
  ])('knows the source %j', (source) => {
    const parsed = parseEnvelope(formatEnvelope(envelopeOf({ source })), someId);
    expect(parsed).toMatchObject({ isValid: true, envelope: { source } });
  });

  it('keeps addresses in UTF-8, and what they and binary content need', () => {
    const envelope = envelopeOf({
      sender: 'j\u00fcrgen@example.com',
      isUtf8: true,
      body: 'binarymime',
      recipients: [recipientOf({ address: '\u7528\u6237@b\u00fccher.test' })],
    });
    expect(parseEnvelope(formatEnvelope(envelope), someId)).toEqual({ isValid: true, envelope });
  });

  const whole = Buffer.from(formatEnvelope(full)).toString();
  const rows: [claim: string, file: string, reason: RegExp][] = [
    ['an empty file', '', /empty/],
    ['half a file', whole.slice(0, 100), /not JSON/],
    ['zero bytes, as a crash leaves them', '\u0000'.repeat(600), /not JSON/],
    ['another kind of JSON', '[]', /damaged/],
    ['no recipients', JSON.stringify({ ...full, recipients: [] }), /recipients/],
    ['an unknown version', JSON.stringify({ ...full, version: 2 }), /version/],
    ['a file name as queue id', JSON.stringify({ ...full, queueId: '../../etc/passwd' }), /queueId/],
    ['the id of another message', whole.replaceAll(someId, 'f'.repeat(24)), /belongs to message ffff/],
    [
      'a recipient that ends the line',
      whole.replace('b@remote.test', 'b@x\\r\\nDATA'),
      /recipients\.0\.address/,
    ],
    ['a sender that ends the line', whole.replace('"sender":""', '"sender":"a\\nb"'), /sender/],
    ['an outcome that does not exist', whole.replace('"relayed"', '"eaten"'), /outcome/],
    ['a time that no calendar has', JSON.stringify({ ...full, arrivedAt: 1e300 }), /arrivedAt/],
    ['text that is not UTF-8', 'latin1', /not JSON/],
  ];
  it.each(rows)('refuses %s and says why', (_claim, file, reason) => {
    const content =
      file === 'latin1' ? Buffer.from(whole.replace('Hello', 'H\u00e4llo'), 'latin1') : Buffer.from(file);
    const parsed = parseEnvelope(content, someId);
    expect(parsed.isValid).toBe(false);
    expect(parsed.isValid ? '' : parsed.reason).toMatch(reason);
  });
});

describe('what operators chose', () => {
  it.each([
    { kind: 'smart-host' },
    { kind: 'remote-domain', name: '*.corp.test' },
    { kind: 'mx' },
    { kind: 'drop' },
    { kind: 'host', host: '[192.0.2.1]', port: 2525 },
  ] as const)('the way %j and a hold are given back', (way) => {
    const envelope = envelopeOf({ recipients: [recipientOf({ way, isHeld: true })] });
    expect(parseEnvelope(formatEnvelope(envelope), someId)).toEqual({ isValid: true, envelope });
  });

  it.each([
    { kind: 'host', host: 'a\r\nb', port: 25 },
    { kind: 'host', host: '', port: 25 },
    { kind: 'host', host: 'a', port: 0 },
    { kind: 'remote-domain', name: 'a'.repeat(300) },
    { kind: 'elsewhere' },
  ])('the way %j is damage', (way) => {
    const envelope = envelopeOf({ recipients: [recipientOf({ way: way as never })] });
    expect(parseEnvelope(formatEnvelope(envelope), someId).isValid).toBe(false);
  });
});
