/** Reading a certificate: what people and settings want to know of it. Pure. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { canonicalIp } from './host-names';
import { describeKeyObject } from './private-key';

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly key: string;
  readonly isKeyStrong: boolean;
  readonly isSelfSigned: boolean;
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256, "AB:CD:...". */
  readonly fingerprint: string;
}

/** A certificate that names thousands of hosts is cut in lists. */
const maxNames = 1000;
const maxNameLength = 1000;

export function readCertificate(certificate: X509Certificate): CertificateFacts {
  const key = describeKeyObject(certificate.publicKey);
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    names: namesOf(certificate),
    key: key?.text ?? 'of another kind',
    isKeyStrong: key?.isStrong ?? false,
    isSelfSigned: isSelfSigned(certificate),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
}

/** Not by `checkIssued`, which wants the right to sign others: that of a host has none. */
export function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
}

/** DNS names and IP addresses; the common name where an old certificate has none. */
function namesOf(certificate: X509Certificate): string[] {
  const names = splitAlternativeNames(certificate.subjectAltName ?? '').flatMap((entry) => {
    if (entry.startsWith('DNS:')) return entry.slice(4);
    const address = entry.startsWith('IP Address:') ? entry.slice(11) : '';
    return isIP(address) === 0 ? [] : canonicalIp(address);
  });
  const commonName = /(?:^|\n)CN=(.*)/.exec(certificate.subject ?? '')?.[1];
  return (names.length > 0 || !commonName ? names : [commonName]).slice(0, maxNames);
}

/** Node writes 'DNS:a, IP Address:b', and an entry with anything odd in it as a JSON string. */
function splitAlternativeNames(text: string): string[] {
  const entries = text.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? [];
  return entries.map((entry) =>
    entry.trim().replace(/"(?:\\.|[^"\\])*"/g, (quoted) => {
      try {
        return String(JSON.parse(quoted));
      } catch {
        return quoted;
      }
    }),
  );
}

/** Node's "C=DE\nO=Example\nCN=mail" as "CN=mail, O=Example, C=DE" (RFC 4514: the last comes first). */
function formatName(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ').slice(0, maxNameLength);
}
