/** What this runtime can do for hosts and clients that know nothing newer than TLS 1.1 (decision 0006). */
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsVersion } from '../../settings/schema';

/** OpenSSL 3 signs nothing as TLS 1.0 and 1.1 want it on any higher level. */
export const oldCiphers = 'DEFAULT@SECLEVEL=0';

/** 'version-only': it has no security levels (BoringSSL) and speaks old versions when asked to. */
export type OldTlsSupport = 'full' | 'version-only' | 'none';

/** Tries, with what makes contexts. */
export function probeOldTls(create: (options: SecureContextOptions) => unknown): OldTlsSupport {
  const works = (options: SecureContextOptions): boolean => {
    try {
      create(options);
      return true;
    } catch {
      return false;
    }
  };
  if (works({ minVersion: 'TLSv1', ciphers: oldCiphers })) return 'full';
  return works({ minVersion: 'TLSv1' }) ? 'version-only' : 'none';
}

let probed: OldTlsSupport | undefined;

/** That of this process; tried once. */
export function oldTlsSupport(): OldTlsSupport {
  probed ??= probeOldTls(createSecureContext);
  return probed;
}

export const isOldVersion = (version: TlsVersion): boolean => version === 'TLSv1' || version === 'TLSv1.1';
