/** Certificates for tests, made in a few milliseconds: self-signed ones, and authorities. Nothing else may trust them. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { TlsCredentials } from '../../src-main/engine/core/keyring';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export async function createCertificate(name: string): Promise<TlsCredentials> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return credentialsOf(certificate, keys);
}

async function credentialsOf(
  certificate: x509.X509Certificate,
  keys: CryptoKeyPair,
): Promise<TlsCredentials> {
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    keyPem: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
    certificatePem: certificate.toString('pem'),
    fingerprint: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
  };
}

interface IssuedNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  /** Milliseconds from now. Default: from an hour ago for a day. */
  readonly validFromMs?: number;
  readonly validForMs?: number;
}

export interface TestAuthority {
  readonly certificatePem: string;
  /** Without names the common name alone says "smart.test". */
  issue(names: IssuedNames): Promise<TlsCredentials>;
}

/** An authority of its own. */
export async function createAuthority(name: string): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 30 * 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  let serial = 1;
  return {
    certificatePem: root.toString('pem'),
    async issue({ dns = [], ip = [], validFromMs = -3_600_000, validForMs = 86_400_000 }) {
      const own = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const notBefore = Date.now() + validFromMs;
      const names = [
        ...dns.map((value) => ({ type: 'dns' as const, value })),
        ...ip.map((value) => ({ type: 'ip' as const, value })),
      ];
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: (++serial).toString(16).padStart(2, '0'),
        subject: 'CN=smart.test',
        issuer: root.subject,
        notBefore: new Date(notBefore),
        notAfter: new Date(notBefore + validForMs),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
      });
      return credentialsOf(certificate, own);
    },
  };
}
