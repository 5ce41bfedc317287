/** Which of several certificates a client gets that asks for a server by name (SNI). Pure. */
import type { X509Certificate } from 'node:crypto';

/** The name as it can stand in a certificate; undefined: it is no host name. */
export function readServerName(asked: unknown): string | undefined {
  if (typeof asked !== 'string' || asked.length > 255) return undefined;
  const name = asked.replace(/\.$/, '').toLowerCase();
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name) ? name : undefined;
}

/** The first that names the host itself, else the first with a fitting wildcard; undefined: none is good for it. */
export function findForServerName<T extends { readonly certificate: X509Certificate }>(
  candidates: readonly T[],
  asked: unknown,
): T | undefined {
  const name = readServerName(asked);
  if (name === undefined) return undefined;
  const isGood = (wildcards: boolean) => (candidate: T) =>
    candidate.certificate.checkHost(name, { wildcards, partialWildcards: false }) !== undefined;
  return candidates.find(isGood(false)) ?? candidates.find(isGood(true));
}
