import { getCiphers } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { keyBitsOf } from '../../../../src-main/engine/smtp-in/tls-facts';

describe('length of a cipher key', () => {
  it.each([
    ['TLS_AES_256_GCM_SHA384', 256],
    ['TLS_AES_128_GCM_SHA256', 128],
    ['TLS_AES_128_CCM_8_SHA256', 128],
    ['TLS_CHACHA20_POLY1305_SHA256', 256],
    ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 256],
    ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 128],
    ['TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA', 256],
    ['TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256', 128],
    ['TLS_RSA_WITH_SEED_CBC_SHA', 128],
    ['TLS_RSA_WITH_IDEA_CBC_SHA', 128],
    ['TLS_RSA_WITH_RC4_128_SHA', 128],
    ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 112],
    ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 112],
    ['TLS_RSA_WITH_DES_CBC_SHA', 56],
    ['TLS_RSA_EXPORT_WITH_DES40_CBC_SHA', 40],
    ['TLS_RSA_EXPORT_WITH_RC4_40_MD5', 40],
    ['TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5', 40],
    ['TLS_KRB5_WITH_DES_CBC_40_SHA', 40],
    ['TLS_RSA_WITH_NULL_SHA256', 0],
    ['TLS_SHA256_SHA256', 0],
    ['', 0],
    ['TLS_SOMETHING_NEW', 0],
    ['AES_128_', 0],
  ])('%s: %i', (suite, bits) => {
    expect(keyBitsOf(suite)).toBe(bits);
  });

  it('is known for the suites of TLS 1.3 that this computer offers', () => {
    const suites = getCiphers().filter((name) => name.startsWith('tls_'));
    expect(suites.length).toBeGreaterThan(0);
    for (const suite of suites) expect(keyBitsOf(suite.toUpperCase()), suite).toBeGreaterThanOrEqual(128);
  });
});
