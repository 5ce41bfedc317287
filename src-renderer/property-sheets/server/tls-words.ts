/** Versions of TLS in words. Pure. */
import { type TlsVersion, tlsVersions } from '../../../src-main/api/contract';

const newest = tlsVersions.at(-1);

/** "TLS 1.2 and newer", "TLS 1.3 only" */
export const lowestTlsWords = (version: TlsVersion): string =>
  `TLS ${numberOf(version)} ${version === newest ? 'only' : 'and newer'}`;

const numberOf = (version: TlsVersion): string =>
  version === 'TLSv1' ? '1.0' : version.slice('TLSv'.length);

/** Broken by today's measure: only for devices that know nothing better. */
export const isOldTls = (version: TlsVersion): boolean => version === 'TLSv1' || version === 'TLSv1.1';

export const tlsChoices: readonly { readonly value: TlsVersion; readonly label: string }[] = tlsVersions.map(
  (value) => ({ value, label: lowestTlsWords(value) }),
);
