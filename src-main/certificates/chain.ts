/** A certificate and its issuers in the order in which TLS sends them, from any heap of certificates. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Problem, reasonOf } from '../engine/core/problem';
import { isSelfSigned, readCertificate } from './certificate-facts';

/** The clock of an authority may be a little ahead of ours. */
const clockSlackMs = 300_000;
/** Longer chains exist in attacks only. */
const maxChain = 10;

/** Those that belong to `key`, the one that is valid longest first. */
export function findOwn(certificates: readonly X509Certificate[], key: KeyObject): X509Certificate[] {
  return certificates
    .filter((certificate) => certificate.checkPrivateKey(key))
    .sort((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo));
}

/**
 * `leaf`, its issuer, and so on; what does not belong to the chain is left out. The root is left out too when
 * others lead to it: whoever checks has it or does not trust it.
 */
export function orderChain(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf];
  const rest = new Map(others.map((certificate) => [certificate.fingerprint256, certificate]));
  for (let last = leaf; chain.length < maxChain; ) {
    rest.delete(last.fingerprint256);
    const issuer = [...rest.values()].find(
      (other) => last.checkIssued(other) && last.verify(other.publicKey),
    );
    if (issuer === undefined || isSelfSigned(issuer)) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

export interface UsableParts {
  readonly key: KeyObject;
  readonly chain: readonly X509Certificate[];
  readonly now: number;
  /** Where a refusal belongs. */
  readonly field: string;
}

/** Refuses what clients would refuse, before it is stored. Throws Problem 'invalid'. */
export function checkUsable({ key, chain, now, field }: UsableParts): void {
  const [leaf] = chain;
  if (leaf === undefined) throw new Problem('invalid', 'There is no certificate in it.', field);
  const facts = readCertificate(leaf);
  if (!(facts.notAfter > now))
    throw new Problem(
      'invalid',
      `This certificate expired on ${dayOf(facts.notAfter)}. Get a new one.`,
      field,
    );
  if (!(facts.notBefore <= now + clockSlackMs)) {
    throw new Problem(
      'invalid',
      `This certificate is valid from ${dayOf(facts.notBefore)} on. Wait until then, or set the clock of this computer.`,
      field,
    );
  }
  try {
    // The one that decides in the end: it also refuses signatures that are too weak.
    createSecureContext({ key: key.export({ type: 'pkcs8', format: 'pem' }), cert: pemOfChain(chain) });
  } catch (error) {
    throw new Problem('invalid', `This certificate cannot be used for TLS: ${reasonOf(error)}.`, field, {
      cause: error,
    });
  }
}

export const pemOfChain = (chain: readonly X509Certificate[]): string =>
  chain.map((certificate) => certificate.toString()).join('');

const dayOf = (at: number): string =>
  Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : 'no day';

/** undefined: these bytes are no certificate. */
export function parseCertificate(data: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(data);
  } catch {
    return undefined;
  }
}
