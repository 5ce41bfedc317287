/**
 * What a TLS handshake is made with: contexts for a certificate and the oldest version that may be spoken.
 *
 * Promises: old versions and old ciphers are only in contexts whose lowest version asks for them; a context, and with it
 * the keys of its session tickets, lives for a day at most.
 * Fails: `contextFor` throws what the TLS library says about a key or a certificate that it cannot use.
 */
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsVersion } from '../../settings/schema';
import type { Clock } from '../core/clock';
import type { TlsCredentials } from '../core/keyring';
import { isOldVersion, type OldTlsSupport, oldCiphers } from '../tls/old-versions';

/** Forward secrecy and authenticated encryption, by preference (decision 0006). DHE is for Windows before 10. */
const strongCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
].join(':');

const contextLifeMs = 24 * 60 * 60_000;

/** Versions and ciphers of a context whose lowest version is `minimum`. Pure. */
export function contextOptions(minimum: TlsVersion, support: OldTlsSupport): SecureContextOptions {
  if (isOldVersion(minimum) && support === 'version-only') return { minVersion: minimum };
  if (isOldVersion(minimum) && support === 'full') return { minVersion: minimum, ciphers: oldCiphers };
  return { minVersion: isOldVersion(minimum) ? 'TLSv1.2' : minimum, ciphers: strongCiphers };
}

export interface TlsContexts {
  /** Throws when the credentials cannot be used. */
  contextFor(credentials: TlsCredentials, minimum: TlsVersion): SecureContext;
  /** Forgets the contexts of all other certificates. */
  keepOnly(fingerprints: ReadonlySet<string>): void;
}

export function createTlsContexts(options: {
  readonly sessionIdContext: string;
  readonly clock: Clock;
  readonly support: () => OldTlsSupport;
}): TlsContexts {
  const made = new Map<
    string,
    { readonly fingerprint: string; readonly context: SecureContext; readonly madeAt: number }
  >();
  return {
    contextFor({ fingerprint, keyPem, certificatePem }, minimum) {
      const key = `${minimum} ${fingerprint}`;
      const now = options.clock.now();
      const known = made.get(key);
      if (known && now - known.madeAt < contextLifeMs) return known.context;
      const context = createSecureContext({
        ...contextOptions(minimum, options.support()),
        key: keyPem,
        cert: certificatePem,
        dhparam: 'auto',
        honorCipherOrder: true,
        // Refused with an alert; nobody needs it, and it costs the server more than the client.
        secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
        sessionIdContext: options.sessionIdContext,
      });
      made.set(key, { fingerprint, context, madeAt: now });
      return context;
    },
    keepOnly(fingerprints) {
      for (const [key, { fingerprint }] of made) if (!fingerprints.has(fingerprint)) made.delete(key);
    },
  };
}
