/**
 * One certificate as a file: what is in it, and the way between file and memory. The private keys in it are sealed.
 * Pure but for the box.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { certificateId } from '../api/contract';
import { Problem } from '../engine/core/problem';
import type { SecretBox } from '../settings/secret-box';
import { type CertificateFacts, readCertificate } from './certificate-facts';
import { pemOfChain } from './chain';
import { readRequest } from './issue';
import { pemOf } from './private-key';

/** A key that the box could not open: the certificate is known, and cannot be used. */
export type KeyOrReason = KeyObject | Problem;

export interface PendingRequest {
  readonly key: KeyOrReason;
  readonly pem: string;
  readonly subject: string;
  readonly names: readonly string[];
}

export interface InstalledCertificate {
  readonly key: KeyOrReason;
  /** The certificate first, then its issuers. */
  readonly chain: readonly X509Certificate[];
  readonly facts: CertificateFacts;
}

/** A certificate, a request that waits for its answer, or both: a certificate that is being renewed. */
export interface CertificateEntry {
  readonly id: string;
  /** Friendly name. */
  readonly name: string;
  readonly installed?: InstalledCertificate;
  readonly pending?: PendingRequest;
}

const text = z.string().min(1).max(500_000);
const entryFile = z
  .object({
    version: z.literal(1),
    id: certificateId,
    name: z.string().min(1).max(100),
    certificate: z.object({ pem: text, key: text }).optional(),
    request: z.object({ pem: text, key: text }).optional(),
  })
  .refine((file) => file.certificate !== undefined || file.request !== undefined, 'It holds nothing.');

/** Throws when the text is no entry. */
export function parseEntry(content: string, box: SecretBox): CertificateEntry {
  const file = entryFile.parse(JSON.parse(content));
  return {
    id: file.id,
    name: file.name,
    ...(file.certificate && { installed: readInstalled(file.certificate, box) }),
    ...(file.request && { pending: readPending(file.request, box) }),
  };
}

function readInstalled({ pem, key }: { pem: string; key: string }, box: SecretBox): InstalledCertificate {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((block) => new X509Certificate(block));
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('There is no certificate in it.');
  return { key: openKey(key, box), chain, facts: readCertificate(leaf) };
}

const readPending = ({ pem, key }: { pem: string; key: string }, box: SecretBox): PendingRequest => ({
  key: openKey(key, box),
  pem,
  ...readRequest(pem),
});

function openKey(sealed: string, box: SecretBox): KeyOrReason {
  try {
    return createPrivateKey(box.open(sealed));
  } catch (error) {
    return error instanceof Problem ? error : new Problem('unavailable', 'The private key is damaged.');
  }
}

/** Throws Problem 'unavailable' when a key of the entry could not be opened: it would be lost by writing. */
export function formatEntry({ id, name, installed, pending }: CertificateEntry, box: SecretBox): string {
  const seal = (key: KeyOrReason): string => box.seal(pemOf(usableKey(key)));
  const file: z.infer<typeof entryFile> = {
    version: 1,
    id,
    name,
    ...(installed && { certificate: { pem: pemOfChain(installed.chain), key: seal(installed.key) } }),
    ...(pending && { request: { pem: pending.pem, key: seal(pending.key) } }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

export function usableKey(key: KeyOrReason): KeyObject {
  if (key instanceof Problem) throw key;
  return key;
}
