import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findForServerName, readServerName } from '../../../../src-main/engine/smtp-in/server-name';
import { createCertificate } from '../../../support/certificate';

describe('the name that a client asks for', () => {
  it.each([
    ['Mail.Example.COM', 'mail.example.com'],
    ['mail.example.com.', 'mail.example.com'],
    ['localhost', 'localhost'],
    ['a_b.example.com', 'a_b.example.com'],
    ['', undefined],
    ['.example.com', undefined],
    ['*.example.com', undefined],
    ['a..b', undefined],
    ['mail example.com', undefined],
    ['mail\u0000.example.com', undefined],
    ['mail\r\nexample.com', undefined],
    ['m\u00e4il.example.com', undefined],
    ['x'.repeat(256), undefined],
    [false, undefined],
    [undefined, undefined],
  ])('%j is read as %j', (asked, name) => {
    expect(readServerName(asked)).toBe(name);
  });
});

describe('the certificate that is good for it', () => {
  const names = ['mail.example.com', '*.example.com', 'printer.example.com', '*.other.test'];
  let candidates: { readonly name: string; readonly certificate: X509Certificate }[];
  beforeAll(async () => {
    const made = await Promise.all(names.map((name) => createCertificate(name)));
    candidates = made.map(({ certificatePem }, at) => ({
      name: names[at] as string,
      certificate: new X509Certificate(certificatePem),
    }));
  });
  it.each([
    ['mail.example.com', 'mail.example.com'],
    ['MAIL.example.com', 'mail.example.com'],
    ['printer.example.com', 'printer.example.com'],
    ['scanner.example.com', '*.example.com'],
    ['a.scanner.example.com', undefined],
    ['example.com', undefined],
    ['x.other.test', '*.other.test'],
    ['unknown.test', undefined],
    ['.example.com', undefined],
    ['*.example.com', undefined],
  ])('%s: %s', (asked, name) => {
    expect(findForServerName(candidates, asked)?.name).toBe(name);
  });
});
