import { describe, expect, it } from 'vitest';
import { replies } from '../../../../src-main/engine/smtp-in/replies';
import {
  decideOffers,
  refuseInClear,
  refuseSubmission,
} from '../../../../src-main/engine/smtp-in/submission';
import type { TlsFacts } from '../../../../src-main/engine/smtp-in/tls-facts';

const strong: TlsFacts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', keyBits: 128 };
const weak: TlsFacts = { protocol: 'TLSv1.2', cipher: 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', keyBits: 112 };
const open = { allowsAnonymous: true, requiresTls: false, requires128Bit: false };
const tlsOnly = { ...open, requiresTls: true };
const strongOnly = { ...tlsOnly, requires128Bit: true };
const known = { ...open, allowsAnonymous: false };
const tooWeak = replies.cipherTooWeak(weak.cipher, 112);

describe('who may hand over mail', () => {
  it.each([
    ['everybody by default', open, undefined, undefined, undefined],
    ['nobody in clear where TLS is required', tlsOnly, undefined, undefined, replies.startTlsFirst],
    ['nor with a log-in in clear', tlsOnly, undefined, 'ann', replies.startTlsFirst],
    ['encrypted where TLS is required', tlsOnly, strong, undefined, undefined],
    ['with a weak cipher where only TLS is required', tlsOnly, weak, undefined, undefined],
    ['nobody with a weak cipher where 128 bits are required', strongOnly, weak, 'ann', tooWeak],
    ['with 128 bits where they are required', strongOnly, strong, undefined, undefined],
    ['nobody in clear where 128 bits are required', strongOnly, undefined, 'ann', replies.startTlsFirst],
    ['no stranger without Anonymous access', known, strong, undefined, replies.notAuthenticated],
    ['who has logged in without Anonymous access', known, undefined, 'ann', undefined],
  ] as const)('%s', (_title, settings, tls, account, refusal) => {
    expect(refuseSubmission({ settings, tls, account })).toEqual(refusal);
  });

  it('says which cipher is too weak', () => {
    expect(tooWeak.text).toContain('TLS_RSA_WITH_3DES_EDE_CBC_SHA has 112');
  });

  it.each([
    ['MAIL', true],
    ['RCPT', true],
    ['DATA', true],
    ['AUTH', true],
    ['VRFY', true],
    ['EHLO', false],
    ['HELO', false],
    ['STARTTLS', false],
    ['NOOP', false],
    ['RSET', false],
    ['QUIT', false],
    ['HELP', false],
  ])('%s in clear where TLS is required: refused is %s', (verb, isRefused) => {
    expect(refuseInClear(verb, tlsOnly, undefined)).toBe(isRefused ? replies.startTlsFirst : undefined);
    expect(refuseInClear(verb, tlsOnly, strong)).toBeUndefined();
    expect(refuseInClear(verb, open, undefined)).toBeUndefined();
  });
});

describe('what is offered', () => {
  const basic = { allowsBasic: true, basicRequiresTls: false, requiresTls: false };
  it.each([
    ['nothing by default', { ...basic, allowsBasic: false }, false, false, { auth: false, tls: false }],
    [
      'STARTTLS with a certificate',
      { ...basic, allowsBasic: false },
      false,
      true,
      { auth: false, tls: true },
    ],
    ['no STARTTLS again', { ...basic, allowsBasic: false }, true, true, { auth: false, tls: false }],
    ['AUTH in clear where it may be', basic, false, false, { auth: true, tls: false }],
    [
      'no AUTH in clear where it needs TLS',
      { ...basic, basicRequiresTls: true },
      false,
      true,
      { auth: false, tls: true },
    ],
    ['AUTH behind TLS', { ...basic, basicRequiresTls: true }, true, true, { auth: true, tls: false }],
    [
      'no AUTH in clear where all need TLS',
      { ...basic, requiresTls: true },
      false,
      true,
      { auth: false, tls: true },
    ],
    [
      'AUTH behind TLS where all need it',
      { ...basic, requiresTls: true },
      true,
      true,
      { auth: true, tls: false },
    ],
  ])('%s', (_title, settings, isEncrypted, hasCertificate, offers) => {
    expect(decideOffers({ settings, isEncrypted, hasCertificate })).toMatchObject(offers);
  });
});
