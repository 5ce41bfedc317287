import { describe, expect, it } from 'vitest';
import { binding, type CertificateRow, serverSettings } from '../../../../../src-main/api/contract';
import {
  type AccessDraft,
  describeAuthentication,
  describeConnection,
  describeList,
  describeRelay,
  describeSecurity,
} from '../../../../../src-renderer/property-sheets/server/access/words';

const draft = (change: Partial<AccessDraft> = {}): AccessDraft => ({
  ...serverSettings.parse({
    id: 1,
    name: 'A',
    homeDirectory: '/a',
    bindings: [{ address: '', port: 25 }],
    domains: [{ type: 'default', name: 'a.test' }],
  }),
  ...change,
});
const partner = {
  type: 'remote',
  name: 'partner.test',
  isRelayAllowed: true,
} as AccessDraft['domains'][number];

describe('the sentence about relaying', () => {
  it.each([
    [{}, 'Relays for nobody.'],
    [{ relayList: ['127.0.0.1', '::1'] }, 'Relays for this computer.'],
    [
      { relayList: ['127.0.0.1', '10.0.4.0/24'], allowsBasic: true },
      'Relays for this computer and 10.0.4.0/24, and for authenticated users.',
    ],
    [{ allowsBasic: true }, 'Relays for authenticated users.'],
    [{ allowsIntegrated: true }, 'Relays for authenticated users.'],
    [{ allowsChallengeResponse: true }, 'Relays for authenticated users.'],
    [{ allowsBasic: true, relaysForAuthenticated: false }, 'Relays for nobody.'],
    [{ relaysForAuthenticated: true, allowsBasic: false }, 'Relays for nobody.'],
    [{ domains: [partner] }, 'Relays for everybody to partner.test.'],
    [
      { relayList: ['10.0.4.7'], domains: [partner], allowsBasic: true },
      'Relays for 10.0.4.7, for authenticated users, and for everybody to partner.test.',
    ],
  ] as [Partial<AccessDraft>, string][])('%j: %s', (change, text) => {
    expect(describeRelay(draft(change))).toEqual({ text });
  });

  it.each([
    [{ relayMode: 'except' }, 'Relays for everybody.'],
    [{ relayMode: 'except', relayList: ['10.0.4.7'] }, 'Relays for everybody except 10.0.4.7.'],
    [{ relayList: ['0.0.0.0/0'] }, 'Relays for 0.0.0.0/0.'],
    [{ relayList: ['com'] }, 'Relays for com.'],
  ] as [Partial<AccessDraft>, string][])('%j names the open relay', (change, text) => {
    expect(describeRelay(draft(change))).toEqual({
      text,
      error: expect.stringContaining('This is an open relay'),
    });
  });

  it('counts what does not fit', () => {
    const list = ['127.0.0.1', '::1', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'];
    expect(describeList(list)).toBe('this computer, 10.0.0.1, 10.0.0.2 and 3 more');
  });
});

describe('the sentence about connecting', () => {
  it.each([
    [{}, { text: 'Every computer may connect.' }],
    [{ connectionList: ['10.0.4.7'] }, { text: 'Every computer may connect, except 10.0.4.7.' }],
    [
      { connectionMode: 'only', connectionList: ['10.0.4.7', 'corp.test'] },
      { text: 'Only 10.0.4.7 and corp.test may connect.' },
    ],
    [
      { connectionMode: 'only' },
      {
        text: 'Only the computers in the list may connect.',
        warning: 'The list is empty: nobody may connect.',
      },
    ],
  ] as [Partial<AccessDraft>, object][])('%j', (change, meaning) => {
    expect(describeConnection(draft(change))).toEqual(meaning);
  });
});

describe('the sentence about logging in', () => {
  const may = 'Clients may log in as one of the accounts, or send without logging in.';
  it.each([
    [{}, 'Clients send without logging in.'],
    [{ allowsBasic: true }, may],
    [{ allowsIntegrated: true }, `${may} By Integrated Windows authentication.`],
    [
      { allowsAnonymous: false, allowsBasic: true, allowsIntegrated: true, allowsChallengeResponse: true },
      'Clients must log in as one of the accounts. By Basic, Integrated Windows and challenge-response authentication.',
    ],
  ] as [Partial<AccessDraft>, string][])('%j: %s', (change, text) => {
    expect(describeAuthentication(draft(change)).text).toBe(text);
  });
});

describe('the warning about passwords', () => {
  const certificate = '0123456789abcdef';
  const bindings = [{ ...binding.parse({}), certificate }];
  it.each([
    [{}, undefined],
    [{ allowsBasic: true }, 'Passwords may cross the network in clear text.'],
    [{ allowsBasic: true, certificate }, 'Passwords may cross the network in clear text.'],
    [{ allowsBasic: true, certificate, basicRequiresTls: true }, undefined],
    [{ allowsBasic: true, bindings, basicRequiresTls: true }, undefined],
    [{ allowsIntegrated: true, allowsChallengeResponse: true }, undefined],
    [
      { allowsBasic: true, basicRequiresTls: true, allowsIntegrated: true },
      'Without a certificate there is no encryption, and nobody can log in by Basic authentication.',
    ],
    [{ allowsBasic: true, certificate, requiresTls: true }, undefined],
    [
      { allowsBasic: true, basicRequiresTls: true },
      'Without a certificate there is no encryption, and nobody can log in.',
    ],
  ] as [Partial<AccessDraft>, string | undefined][])('with %j: %s', (change, warning) => {
    expect(describeAuthentication(draft(change)).warning).toBe(warning);
  });
});

describe('the sentence about encryption', () => {
  const id = '0123456789abcdef';
  const now = Date.UTC(2026, 0, 1);
  const row = (notAfter: number | undefined) => ({ id, name: 'Mail', notAfter }) as CertificateRow;
  const say = (change: Partial<AccessDraft>, rows?: CertificateRow[]) =>
    describeSecurity(draft(change), rows, {
      now,
      formatDate: (at) => new Date(at).toISOString().slice(0, 10),
    });

  it('says that there is none without a certificate', () => {
    expect(say({}).text).toContain('not encrypted');
  });

  it('names the certificate and its end', () => {
    expect(say({ certificate: id }, [row(Date.UTC(2027, 5, 1))])).toEqual({
      text: 'STARTTLS is offered; clients may use it. Certificate "Mail", valid until 2027-06-01.',
    });
    expect(
      say({ certificate: id, requiresTls: true, requires128Bit: true }, [row(Date.UTC(2027, 5, 1))]).text,
    ).toContain('Mail is taken on encrypted connections only, 128 bits or more.');
  });

  it('says where only identities have a certificate', () => {
    expect(say({ bindings: [{ ...binding.parse({}), certificate: id }] }).text).toContain('of their own');
  });

  it('tells a lowest version and old devices, and warns of old TLS for everybody', () => {
    const rows = [row(Date.UTC(2027, 5, 1))];
    expect(say({ certificate: id, minimumTls: 'TLSv1.3', oldTlsList: ['10.0.0.9'] }, rows)).toEqual({
      text: 'STARTTLS is offered; clients may use it. Certificate "Mail", valid until 2027-06-01. TLS 1.3 only. Old TLS for 10.0.0.9.',
    });
    expect(say({ certificate: id, minimumTls: 'TLSv1.1' }, rows).warning).toContain(
      'every client may use them',
    );
  });

  it('warns of one that has expired, and of one that is gone', () => {
    expect(say({ certificate: id }, [row(Date.UTC(2025, 5, 1))]).warning).toContain('expired on 2025-06-01');
    expect(say({ certificate: id }, []).warning).toContain('Choose another certificate');
  });

  it('claims nothing about a certificate before the list is here', () => {
    expect(say({ certificate: id })).toEqual({ text: 'A certificate is chosen.' });
  });
});
