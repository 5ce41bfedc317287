import { describe, expect, it } from 'vitest';
import {
  isCancelled,
  kindOfFailure,
  reasonOfHandshake,
  sayFailure,
} from '../../../../src-main/engine/smtp-in/tls-failure';

const failure = (reason: string, isImplicit = false) => ({
  peerAddress: '192.0.2.7',
  localPort: 465,
  isImplicit,
  reason,
});

describe('a failed handshake', () => {
  it.each([
    ['wrong version number', true, 'in-clear'],
    ['http request', true, 'in-clear'],
    ['wrong version number', false, 'other'],
    ['unsupported protocol', false, 'too-old'],
    ['version too low', true, 'too-old'],
    ['no shared cipher', true, 'too-old'],
    ['tlsv1 alert unknown ca', false, 'other'],
  ])('"%s" (implicit: %s) is %s', (reason, isImplicit, kind) => {
    expect(kindOfFailure(failure(reason, isImplicit))).toBe(kind);
  });

  it('says what to do', () => {
    expect(sayFailure(failure('no shared cipher'), false)).toMatch(/"Clients that may use old TLS"/);
    expect(sayFailure(failure('no shared cipher'), true)).not.toMatch(/Clients that may/);
    expect(sayFailure(failure('wrong version number', true), false)).toMatch(/^192\.0\.2\.7 .*port 465/);
  });

  it('that the client cancelled is none', () => {
    expect(isCancelled('sslv3 alert close notify')).toBe(true);
    expect(isCancelled('tlsv1 alert user cancelled')).toBe(true);
    expect(isCancelled('tlsv1 alert unknown ca')).toBe(false);
  });

  it('has the same words whichever library says them', () => {
    const boring = Object.assign(new Error('x'), { reason: 'NO_SHARED_CIPHER' });
    const open = Object.assign(new Error('x'), { reason: 'no shared cipher' });
    expect(reasonOfHandshake(boring)).toBe(reasonOfHandshake(open));
    expect(reasonOfHandshake(new Error('plain'))).toBe('plain');
  });
});
