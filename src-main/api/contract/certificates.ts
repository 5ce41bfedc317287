/** Procedures about certificates. A certificate belongs to this computer; virtual servers refer to it by id. */
import { z } from 'zod';
import { administrator, viewer } from './base';
import { serverId } from './values';

export const certificateId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'Enter the number of a certificate: 16 hexadecimal digits.');
export const keyKinds = ['ec-p256', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** A certificate or a request that waits for its answer. Private keys are never in here. */
export const certificateRow = z.object({
  id: certificateId,
  /** Friendly name. */
  name: z.string(),
  state: z.enum(['ready', 'requested']),
  /** "CN=mail.example.com, O=Example". */
  subject: z.string(),
  issuer: z.string(),
  /** DNS names and IP addresses that it is good for. */
  names: z.array(z.string()),
  /** "RSA 2048", "EC P-256". */
  key: z.string(),
  /** Fit for "Require 128-bit encryption" and today's clients; false for RSA below 2048 bits. */
  isKeyStrong: z.boolean(),
  isSelfSigned: z.boolean(),
  /** Undefined for a request. */
  notBefore: z.number().optional(),
  notAfter: z.number().optional(),
  /** SHA-256, "AB:CD:...". */
  fingerprint: z.string().optional(),
  /** Virtual servers that use it. */
  usedBy: z.array(serverId),
  /** Renewing was asked for and the answer has not been installed; the certificate in use stays. */
  isRenewalRequested: z.boolean(),
});
export type CertificateRow = z.infer<typeof certificateRow>;

const friendlyName = z.string().trim().min(1, 'Enter a name.').max(100, 'At most 100 characters.');
const hostNames = z
  .array(z.string().trim().min(1, 'Enter a name.').max(255, 'A name has at most 255 characters.'))
  .min(1, 'Enter at least one name.')
  .max(100, 'At most 100 names.');
const key = z.enum(keyKinds).default('ec-p256');
/** A certificate keeps it in UTF-8, and programs show it in one line. */
const subjectPart = z
  .string()
  .max(100, 'At most 100 characters.')
  .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'Enter text without control characters.')
  .default('');
const pem = z.string().max(200_000, 'This is longer than certificates are: at most 200,000 characters.');
const ofCertificate = z.object({ id: certificateId });

export const certificates = {
  list: viewer.output(z.array(certificateRow)),
  createSelfSigned: administrator
    .input(
      z.object({
        name: friendlyName,
        names: hostNames,
        days: z.number().int().min(1).max(3650).default(825),
        key,
      }),
    )
    .output(certificateRow),
  /** Makes a key and a request (PKCS #10); the answer of the authority is installed by `installAnswer`. */
  createRequest: administrator
    .input(
      z.object({
        name: friendlyName,
        names: hostNames,
        organization: subjectPart,
        unit: subjectPart,
        country: z
          .string()
          .regex(/^(?:[A-Za-z]{2})?$/, 'Enter the two letters of a country.')
          .default(''),
        state: subjectPart,
        locality: subjectPart,
        key,
      }),
    )
    .output(z.object({ row: certificateRow, pem: z.string() })),
  /** The request that waits for its answer, once more. */
  request: administrator.input(ofCertificate).output(z.object({ pem: z.string() })),
  /** PEM of the certificate, and of its chain. Refused when it does not belong to the key. */
  installAnswer: administrator.input(ofCertificate.extend({ pem })).output(certificateRow),
  /** Old RC2/3DES files too. */
  importPfx: administrator
    .input(
      z.object({
        name: friendlyName,
        contentBase64: z.string().max(1_500_000),
        password: z.string().max(1000),
      }),
    )
    .output(certificateRow),
  importPem: administrator
    .input(
      z.object({
        name: friendlyName,
        certificatePem: pem,
        keyPem: pem,
        password: z.string().max(1000).default(''),
      }),
    )
    .output(certificateRow),
  /** With a password: certificate, chain and key as PFX. Without: certificate and chain as PEM, no key. */
  export: administrator
    .input(
      ofCertificate.extend({ password: z.string().min(8, 'At least 8 characters.').max(1000).optional() }),
    )
    .output(z.object({ fileName: z.string(), contentBase64: z.string() })),
  /**
   * A self-signed certificate is made anew with the same names and stays the same entry; for another one a request
   * with a new key is made, and the certificate in use stays until the answer is installed.
   */
  renew: administrator
    .input(ofCertificate.extend({ days: z.number().int().min(1).max(3650).default(825) }))
    .output(z.object({ row: certificateRow, requestPem: z.string().optional() })),
  rename: administrator.input(ofCertificate.extend({ name: friendlyName })).output(certificateRow),
  /** Refused while a virtual server uses it. */
  remove: administrator.input(ofCertificate).output(z.object({})),
};
