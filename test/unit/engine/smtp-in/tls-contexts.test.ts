import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { contextOptions, createTlsContexts } from '../../../../src-main/engine/smtp-in/tls-contexts';
import { type OldTlsSupport, probeOldTls } from '../../../../src-main/engine/tls/old-versions';
import type { TlsVersion } from '../../../../src-main/settings/schema';
import { createManualClock } from '../../../protocol/manual-clock';
import { createCertificate } from '../../../support/certificate';

describe('versions and ciphers', () => {
  it.each<[TlsVersion, OldTlsSupport, string, RegExp | undefined]>([
    ['TLSv1.2', 'full', 'TLSv1.2', /^TLS_AES_256_GCM_SHA384:.*ECDHE-RSA-AES128-GCM-SHA256/],
    ['TLSv1.3', 'full', 'TLSv1.3', /^TLS_AES_256_GCM_SHA384:/],
    ['TLSv1', 'full', 'TLSv1', /^DEFAULT@SECLEVEL=0$/],
    ['TLSv1.1', 'full', 'TLSv1.1', /^DEFAULT@SECLEVEL=0$/],
    ['TLSv1', 'version-only', 'TLSv1', undefined],
    ['TLSv1.1', 'none', 'TLSv1.2', /^TLS_AES_256_GCM_SHA384:/],
    ['TLSv1.2', 'none', 'TLSv1.2', /^TLS_AES_256_GCM_SHA384:/],
  ])('from %s on, with %s support for old ones: from %s on', (minimum, support, minVersion, ciphers) => {
    const options = contextOptions(minimum, support);
    expect(options.minVersion).toBe(minVersion);
    if (ciphers === undefined) expect(options.ciphers).toBeUndefined();
    else expect(options.ciphers).toMatch(ciphers);
  });

  it('hold nothing old, weak or without forward secrecy unless it is asked for', () => {
    const names = contextOptions('TLSv1.2', 'full').ciphers?.split(':') ?? [];
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(name).toMatch(/^(?:TLS_|(?:ECDHE|DHE)-)(?=.*(?:GCM|CHACHA20)).*$/);
  });
});

describe('what a runtime can do for old clients', () => {
  const refusing =
    (refused: (options: SecureContextOptions) => boolean) => (options: SecureContextOptions) => {
      if (refused(options)) throw new Error('INVALID_COMMAND');
    };
  it.each<[string, OldTlsSupport, (options: SecureContextOptions) => boolean]>([
    ['with security levels', 'full', () => false],
    ['without them (BoringSSL)', 'version-only', ({ ciphers }) => ciphers !== undefined],
    ['without old versions', 'none', ({ minVersion }) => minVersion === 'TLSv1'],
  ])('%s: %s', (_, support, refused) => {
    expect(probeOldTls(refusing(refused))).toBe(support);
  });

  it('is found out for this one', () => {
    expect(probeOldTls(createSecureContext)).toBe(process.versions.electron ? 'version-only' : 'full');
  });
});

describe('contexts', () => {
  it('are made once for a certificate and a version, and anew after a day', async () => {
    const clock = createManualClock();
    const contexts = createTlsContexts({ sessionIdContext: 'test', clock, support: () => 'full' });
    const [one, two] = await Promise.all([createCertificate('a.test'), createCertificate('b.test')]);
    const first = contexts.contextFor(one, 'TLSv1.2');
    expect(contexts.contextFor(one, 'TLSv1.2')).toBe(first);
    expect(contexts.contextFor(one, 'TLSv1')).not.toBe(first);
    expect(contexts.contextFor(two, 'TLSv1.2')).not.toBe(first);
    contexts.keepOnly(new Set([one.fingerprint]));
    expect(contexts.contextFor(one, 'TLSv1.2')).toBe(first);
    clock.advance(24 * 60 * 60_000);
    expect(contexts.contextFor(one, 'TLSv1.2')).not.toBe(first);
  });

  it('of a certificate that is no longer in use are forgotten', async () => {
    const clock = createManualClock();
    const contexts = createTlsContexts({ sessionIdContext: 'test', clock, support: () => 'full' });
    const certificate = await createCertificate('a.test');
    const first = contexts.contextFor(certificate, 'TLSv1.2');
    contexts.keepOnly(new Set());
    expect(contexts.contextFor(certificate, 'TLSv1.2')).not.toBe(first);
  });
});
