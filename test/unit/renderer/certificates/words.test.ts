import { describe, expect, it } from 'vitest';
import type { CertificateRow } from '../../../../src-main/api/contract';
import { type CertificateVerb, whyNot } from '../../../../src-renderer/certificates/certificate-verbs';
import {
  commonNameOf,
  describeExpiry,
  describeIssuer,
  describeUse,
  judgeCertificate,
} from '../../../../src-renderer/certificates/certificate-words';
import {
  decodeBase64,
  encodeBase64,
  parseDays,
  parseNames,
  textOfFile,
} from '../../../../src-renderer/certificates/typed';

const now = Date.UTC(2026, 5, 15, 12);
const dayMs = 86_400_000;
const row = (part: Partial<CertificateRow> = {}): CertificateRow => ({
  id: '00000000000000aa',
  name: 'Mail',
  state: 'ready',
  subject: 'CN=mail.example.com',
  issuer: 'CN=Example CA, O=Example',
  names: ['mail.example.com'],
  key: 'EC P-256',
  isKeyStrong: true,
  isSelfSigned: false,
  notBefore: now - dayMs,
  notAfter: now + 400 * dayMs,
  fingerprint: 'AA',
  usedBy: [],
  isRenewalRequested: false,
  ...part,
});
const requested = (): CertificateRow => {
  const { notBefore: _, notAfter: __, fingerprint: ___, ...rest } = row({ state: 'requested', issuer: '' });
  return rest;
};

describe('what must be known of a certificate first', () => {
  it.each<[string, CertificateRow, string, string]>([
    ['is nothing when all is well', row(), 'good', ''],
    ['is nothing on the thirtieth day', row({ notAfter: now + 30 * dayMs }), 'good', ''],
    ['is how many days are left', row({ notAfter: now + 29.5 * dayMs }), 'warning', '29 days left'],
    ['is one day', row({ notAfter: now + 1.5 * dayMs }), 'warning', '1 day left'],
    ['is today', row({ notAfter: now + 1000 }), 'warning', 'Expires today'],
    ['is that it has expired, at that very moment', row({ notAfter: now }), 'bad', 'Expired'],
    ['is that it is of the future', row({ notBefore: now + 1000 }), 'bad', 'Not yet valid'],
    ['is a weak key', row({ isKeyStrong: false }), 'warning', 'Weak key'],
    ['is the answer that it waits for', requested(), 'good', 'Waits for its answer'],
  ])('%s', (_, certificate, standing, word) => {
    const judged = judgeCertificate(certificate, now);
    expect(judged).toMatchObject({ standing, word });
    expect(judged.advice === '').toBe(word === '');
  });

  it('stands beside the day', () => {
    expect(describeExpiry(row({ notAfter: now + 3.5 * dayMs }), now)).toMatch(/2026, 3 days left$/);
    expect(describeExpiry(row(), now)).toMatch(/2027$/);
    expect(describeExpiry(requested(), now)).toBe('Waits for its answer');
  });
});

describe('words for a certificate', () => {
  it.each([
    ['CN=Example CA, O=Example', 'Example CA'],
    ['O=Example, CN=Smith, Jones and Sons, C=GB', 'Smith, Jones and Sons'],
    ['O=Example', 'O=Example'],
    ['', ''],
  ])('the common name of %j is %j', (name, common) => expect(commonNameOf(name)).toBe(common));

  it('name the issuer only where there is one', () => {
    expect(describeIssuer(row())).toBe('Example CA');
    expect(describeIssuer(row({ isSelfSigned: true }))).toBe('Self-signed');
    expect(describeIssuer(requested())).toBe('');
  });

  it('name the virtual servers, one that is not known by its number', () => {
    expect(describeUse(row({ usedBy: [1, 7] }), [{ id: 1, name: 'Relay' }])).toBe('Relay, no. 7');
  });
});

describe('what can be done with a certificate', () => {
  const facts = { row: row(), selectedId: '', isAdministrator: true, users: '' };
  const allowed = (change: Partial<Parameters<typeof whyNot>[1]>): CertificateVerb[] =>
    (
      ['create', 'create-request', 'import', 'install-answer', 'export', 'renew', 'rename', 'remove'] as const
    ).filter((verb) => whyNot(verb, { ...facts, ...change }) === undefined);
  const always = ['create', 'create-request', 'import'];

  it.each<[string, Partial<typeof facts> & { row?: CertificateRow | undefined }, string[]]>([
    ['everything but an answer nobody asked for', {}, [...always, 'export', 'renew', 'rename', 'remove']],
    ['without one: what needs none', { row: undefined as never }, always],
    [
      'a request: install its answer',
      { row: requested() },
      [...always, 'install-answer', 'rename', 'remove'],
    ],
    [
      'while a renewal is under way: no second one',
      { row: row({ isRenewalRequested: true }) },
      [...always, 'install-answer', 'export', 'rename', 'remove'],
    ],
    ['in use: not remove', { users: 'Relay' }, [...always, 'export', 'renew', 'rename']],
    ['chosen in the sheet: not remove', { selectedId: row().id }, [...always, 'export', 'renew', 'rename']],
    ['who may only look: nothing', { isAdministrator: false }, []],
  ])('%s', (_, change, verbs) => expect(allowed(change)).toEqual(verbs));
});

describe('what people type and choose', () => {
  it('names are divided by lines, commas and spaces', () => {
    expect(parseNames(' a.example,b.example\r\n\n c.example;d.example ')).toEqual([
      'a.example',
      'b.example',
      'c.example',
      'd.example',
    ]);
    expect(parseNames(' \n ')).toEqual([]);
  });

  it.each([
    ['1', 1],
    [' 825 ', 825],
    ['3650', 3650],
    ['3651', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('%j days are %j', (text, days) => expect(parseDays(text)).toBe(days));

  it('a binary file becomes PEM, a text stays as it is', () => {
    const bytes = Uint8Array.from([0x30, 0x82, ...Array.from({ length: 100 }, (_, at) => at)]);
    const pem = textOfFile(bytes, 'CERTIFICATE');
    expect(pem).toMatch(
      /^-----BEGIN CERTIFICATE-----\n[\w+/]{64}\n[\w+/=]{1,64}\n[\w+/=]+\n-----END CERTIFICATE-----\n$/,
    );
    expect(textOfFile(new TextEncoder().encode('-----BEGIN'), 'CERTIFICATE')).toBe('-----BEGIN');
  });

  it('bytes of any number come back from base64', () => {
    for (const length of [0, 1, 8191, 8192, 8193, 20_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 256);
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }
  });
});
