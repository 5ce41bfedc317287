import { describe, expect, it } from 'vitest';
import type { ContractClient } from '../../../src-main/api/http/control-client';
import {
  chooseCertificate,
  namesCertificate,
  replaceCertificateNames,
} from '../../../src-main/service/certificate-choice';

const relay = { id: '00112233445566aa', name: 'Relay' };
const mail = { id: 'ffeeddccbbaa9988', name: 'Mail' };
const twins = [
  { id: '1111111111111111', name: 'Twin' },
  { id: '2222222222222222', name: 'twin' },
];
const rows = [relay, mail, ...twins];
const client = { certificates: { list: async () => rows } } as unknown as ContractClient;
const replace = (...words: string[]) => replaceCertificateNames(client, words);

describe('a certificate is meant', () => {
  it('by its number, or by its name in any case', () => {
    expect(chooseCertificate(rows, relay.id)).toBe(relay);
    expect(chooseCertificate(rows, 'RELAY')).toBe(relay);
  });

  it('by nothing that no certificate has, or several have', () => {
    expect(() => chooseCertificate(rows, 'nobody')).toThrow(
      'There is no certificate named "nobody". mailroot cert list lists them.',
    );
    expect(() => chooseCertificate(rows, 'Twin')).toThrow('2 certificates are called "Twin".');
  });
});

describe('settings that name certificates', () => {
  it.each([
    ['certificate=Relay', `certificate=${relay.id}`],
    ['furtherCertificates=mail, relay', `furtherCertificates=${mail.id},${relay.id}`],
    [`furtherCertificates=${mail.id},relay`, `furtherCertificates=${mail.id},${relay.id}`],
    ['furtherCertificates=', 'furtherCertificates='],
    ['certificate=', 'certificate='],
    [`certificate="${mail.id}"`, `certificate="${mail.id}"`],
    ['smartHost=relay', 'smartHost=relay'],
  ])('%s', async (word, expected) => {
    expect(await replace('maxHops=20', word)).toEqual(['maxHops=20', expected]);
    expect(namesCertificate(word)).toBe(word !== expected);
  });

  it('are refused with the setting', async () => {
    await expect(replace('furtherCertificates=relay,nobody')).rejects.toMatchObject({
      code: 'not-found',
      field: 'furtherCertificates',
      message: 'There is no certificate named "nobody". mailroot cert list lists them.',
    });
  });
});
