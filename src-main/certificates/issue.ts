/** Making self-signed certificates and requests (PKCS #10) for a host. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { HostName } from './host-names';
import type { NewKey } from './private-key';

const dayMs = 86_400_000;
/** A client whose clock is a little behind must not see a certificate of the future. */
const clockSlackMs = 3_600_000;
/** RFC 5280, 4.1.2.2: at most 20 bytes and positive. */
const serialBytes = 16;

export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
  readonly unit?: string;
  readonly locality?: string;
  readonly state?: string;
  readonly country?: string;
}

/** As JSON of strings with their types: what people typed is never parsed as part of a name. */
export function nameOf(subject: Subject): x509.Name {
  const { commonName, organization, unit, locality, state, country } = subject;
  const parts = [
    { C: country },
    { ST: state },
    { L: locality },
    { O: organization },
    { OU: unit },
    { CN: commonName },
  ] as const;
  return new x509.Name(
    parts.flatMap((part) =>
      Object.entries(part).flatMap(([key, value]) =>
        value === undefined || value === ''
          ? []
          : [{ [key]: [key === 'C' ? { printableString: value } : { utf8String: value }] }],
      ),
    ),
  );
}

export interface SelfSignedFacts {
  readonly names: readonly HostName[];
  readonly days: number;
  readonly key: NewKey;
  readonly now: number;
}

/** PEM. The common name is the first name. */
export async function makeSelfSigned({ names, days, key, now }: SelfSignedFacts): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: createSerial(),
      name: nameOf({ commonName: names[0]?.value ?? '' }),
      notBefore: new Date(now - clockSlackMs),
      notAfter: new Date(now + days * dayMs),
      signingAlgorithm: signingAlgorithm(key),
      keys: key.pair,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...serverExtensions(names, key),
        await x509.SubjectKeyIdentifierExtension.create(key.pair.publicKey, false, globalThis.crypto),
      ],
    },
    globalThis.crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

export interface RequestFacts {
  readonly names: readonly HostName[];
  readonly subject: x509.Name;
  readonly key: NewKey;
}

/** PEM of a PKCS #10 request. */
export async function makeRequest({ names, subject, key }: RequestFacts): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: subject,
      keys: key.pair,
      signingAlgorithm: signingAlgorithm(key),
      extensions: serverExtensions(names, key),
    },
    globalThis.crypto,
  );
  return `${request.toString('pem')}\n`;
}

/** What a request asks for: subject, and the names. */
export function readRequest(pem: string): { readonly subject: string; readonly names: readonly string[] } {
  const request = new x509.Pkcs10CertificateRequest(pem);
  const names = request.extensions.find(
    (extension) => extension instanceof x509.SubjectAlternativeNameExtension,
  );
  return {
    // Plain, for people; the common name, which comes last, first.
    subject: request.subjectName
      .toJSON()
      .flatMap((part) => Object.entries(part).map(([key, values]) => `${key}=${values.join('+')}`))
      .reverse()
      .join(', '),
    names: names?.names.items.map((name) => name.value) ?? [],
  };
}

/** The subject of a certificate, part by part and as it is encoded, for the request that renews it. */
export const subjectOf = (certificate: Buffer): x509.Name =>
  new x509.X509Certificate(new Uint8Array(certificate)).subjectName;

function serverExtensions(names: readonly HostName[], { isRsa }: NewKey): x509.Extension[] {
  // An RSA key may also carry the key exchange of old TLS versions.
  const usages = x509.KeyUsageFlags.digitalSignature | (isRsa ? x509.KeyUsageFlags.keyEncipherment : 0);
  return [
    new x509.KeyUsagesExtension(usages, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names.map(({ type, value }) => ({ type, value }))),
  ];
}

const signingAlgorithm = ({ isRsa }: NewKey) =>
  isRsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', hash: 'SHA-256' };

function createSerial(): string {
  const serial = randomBytes(serialBytes);
  // Positive, and never with a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString('hex');
}
