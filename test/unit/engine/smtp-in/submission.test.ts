import { describe, expect, it } from 'vitest';
import { replies } from '../../../../src-main/engine/smtp-in/replies';
import {
  decideOffers,
  refuseInClear,
  refuseLogOn,
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
  const none = {
    allowsBasic: false,
    basicRequiresTls: false,
    allowsIntegrated: false,
    allowsChallengeResponse: false,
    requiresTls: false,
  };
  const basic = { ...none, allowsBasic: true };
  const basicBehindTls = { ...basic, basicRequiresTls: true };
  const all = { ...basic, allowsIntegrated: true, allowsChallengeResponse: true };
  const allNames = ['GSSAPI', 'NTLM', 'LOGIN', 'PLAIN', 'SCRAM-SHA-256', 'CRAM-MD5'];
  const withoutPasswords = ['GSSAPI', 'NTLM', 'SCRAM-SHA-256', 'CRAM-MD5'];

  it.each([
    ['nothing by default', none, undefined, false, [], false],
    ['STARTTLS with a certificate', none, undefined, true, [], true],
    ['no STARTTLS again', none, strong, true, [], false],
    ['LOGIN and PLAIN in clear where they may be', basic, undefined, false, ['LOGIN', 'PLAIN'], false],
    ['no password in clear where it needs TLS', basicBehindTls, undefined, true, [], true],
    ['passwords behind TLS', basicBehindTls, strong, true, ['LOGIN', 'PLAIN'], false],
    ['nothing in clear where all needs TLS', { ...all, requiresTls: true }, undefined, true, [], true],
    ['all behind TLS where all needs it', { ...all, requiresTls: true }, strong, true, allNames, false],
    ['all that is switched on, in the order of the original', all, undefined, false, allNames, false],
    [
      'what sends no password in clear, where passwords need TLS',
      { ...all, basicRequiresTls: true },
      undefined,
      false,
      withoutPasswords,
      false,
    ],
    [
      'NTLM and GSSAPI for Integrated Windows Authentication',
      { ...none, allowsIntegrated: true },
      undefined,
      false,
      ['GSSAPI', 'NTLM'],
      false,
    ],
    [
      'SCRAM-SHA-256 and CRAM-MD5 for challenge-response',
      { ...none, allowsChallengeResponse: true },
      undefined,
      false,
      ['SCRAM-SHA-256', 'CRAM-MD5'],
      false,
    ],
  ] as const)('%s', (_title, settings, facts, hasCertificate, auth, tls) => {
    expect(decideOffers({ settings, hasKerberos: true, tls: facts, hasCertificate })).toMatchObject({
      auth,
      tls,
    });
  });

  it('is no GSSAPI without a key for it', () => {
    const offers = decideOffers({ settings: all, hasKerberos: false, tls: undefined, hasCertificate: false });
    expect(offers.auth).toEqual(allNames.slice(1));
  });

  it.each([
    ['CRAM-MD5', basic, undefined, replies.unknownMechanism],
    ['GSSAPI', all, undefined, replies.unknownMechanism],
    ['NTLM', { ...all, basicRequiresTls: true }, undefined, undefined],
    ['PLAIN', { ...all, basicRequiresTls: true }, undefined, replies.encryptionRequired],
    ['LOGIN', { ...all, basicRequiresTls: true }, strong, undefined],
    ['LOGIN', none, strong, replies.unknownMechanism],
  ] as const)('and AUTH %s is answered accordingly', (mechanism, settings, facts, refusal) => {
    expect(refuseLogOn({ mechanism, settings, hasKerberos: false, tls: facts })).toBe(refusal);
  });
});
