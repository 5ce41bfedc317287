import { describe, expect, it } from 'vitest';
import { findCertificateAttention } from '../../../src-main/certificates';
import type { CertificateEntry } from '../../../src-main/certificates/entry-file';
import type { CertificateStore } from '../../../src-main/certificates/store';
import { usesCertificate } from '../../../src-main/certificates/usage';
import type { ServerSettingsInput } from '../../../src-main/settings/schema';
import { createServerSettings } from '../../support/settings';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 5, 15);
const id = '00000000000000aa';

function entryThat(facts: {
  daysLeft: number;
  isSelfSigned?: boolean;
  isRequested?: boolean;
}): CertificateEntry {
  const { daysLeft, isSelfSigned = true, isRequested = false } = facts;
  return {
    id,
    name: 'Mail',
    installed: { facts: { notAfter: now + daysLeft * dayMs, isSelfSigned } },
    ...(isRequested ? { pending: {} } : {}),
  } as CertificateEntry;
}

function attentionFor(
  entry: CertificateEntry | undefined,
  certificate = id,
  hasKey = true,
  more: Partial<ServerSettingsInput> = {},
) {
  const store = {
    list: () => (entry === undefined ? [] : [entry]),
    credentialsOf: () => (hasKey ? ({} as ReturnType<CertificateStore['credentialsOf']>) : undefined),
  };
  const server = { id: 3, name: 'Relay', certificate, ...more };
  return findCertificateAttention({ servers: [createServerSettings(server)], store, now });
}

describe('what a certificate asks of a person', () => {
  it.each([
    ['is nothing while it is valid for months', entryThat({ daysLeft: 90 }), []],
    ['is nothing on the thirtieth day', entryThat({ daysLeft: 30 }), []],
    ['is renewal from then on', entryThat({ daysLeft: 29.9 }), ['certificate-expires']],
    ['is more urgent when it has expired', entryThat({ daysLeft: 0 }), ['certificate-expired']],
    ['is another one when it is gone', undefined, ['certificate-missing']],
    [
      'is another one when it is a request only',
      { id, name: 'Mail' } as CertificateEntry,
      ['certificate-missing'],
    ],
  ])('%s', (_, entry, codes) => {
    const found = attentionFor(entry);
    expect(found.map((item) => item.code)).toEqual(codes);
    for (const item of found) expect(item).toMatchObject({ serverId: 3, action: 'certificates' });
  });

  it('is nothing for a virtual server without one', () => {
    expect(attentionFor(entryThat({ daysLeft: -5 }), '')).toEqual([]);
  });

  it('is another one when its key cannot be read', () => {
    const [found] = attentionFor(entryThat({ daysLeft: 90 }), id, false);
    expect(found?.code).toBe('certificate-missing');
    expect(found?.text).toMatch(/private key of its certificate "Mail"/);
  });

  it('says what to do next', () => {
    const textFor = (facts: Parameters<typeof entryThat>[0]) => attentionFor(entryThat(facts))[0]?.text;
    expect(textFor({ daysLeft: 5 })).toBe('Relay: the certificate "Mail" expires on 2026-06-20. Renew it.');
    expect(textFor({ daysLeft: 5, isSelfSigned: false })).toMatch(/makes a request for the authority/);
    expect(textFor({ daysLeft: 5, isSelfSigned: false, isRequested: true })).toMatch(/install the answer/);
  });

  it('names the identity whose certificate it is, or the further certificates', () => {
    const gone = 'ffffffffffffffff';
    const bindings = [
      { address: '192.0.2.1', port: 465, encryption: 'implicit' as const, certificate: gone },
    ];
    const texts = attentionFor(entryThat({ daysLeft: 90 }), id, true, {
      bindings,
      furtherCertificates: ['eeeeeeeeeeeeeeee'],
    }).map(({ text }) => text);
    expect(texts).toEqual([
      'Relay: the certificate of 192.0.2.1:465 does not exist any more, so nobody can encrypt there. Choose another one.',
      'Relay: a further certificate does not exist any more, so clients that ask for its names get another one. Choose another one.',
    ]);
  });

  it('is said once for a certificate that is named at several places', () => {
    const bindings = [{ address: '192.0.2.1', port: 465, certificate: id }];
    expect(
      attentionFor(entryThat({ daysLeft: -1 }), id, true, { bindings, furtherCertificates: [id] }),
    ).toHaveLength(1);
  });
});

describe('a certificate is in use', () => {
  it.each([
    ['as that of the virtual server', { certificate: id }, true],
    ['as that of an identity', { bindings: [{ port: 465, certificate: id }] }, true],
    ['as a further one', { furtherCertificates: [id] }, true],
    ['nowhere', {}, false],
  ])('%s', (_, settings, isUsed) => {
    expect(usesCertificate(createServerSettings(settings), id)).toBe(isUsed);
  });
});
