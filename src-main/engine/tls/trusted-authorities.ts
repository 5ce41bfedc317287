/**
 * Whose certificates are believed where a host's certificate is verified: the authorities that come with Node, those in
 * NODE_EXTRA_CA_CERTS, and, where Node can ask for them (22.15 and later), those that this computer trusts, so that an
 * authority of the company's own counts as soon as the system knows it.
 *
 * Promises: the system is asked once in a process; a change there counts after a restart.
 */
// As a whole: not every Node has the function that is asked for below.
import tls, { type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsVersion } from '../../settings/schema';
import { isOldVersion, oldCiphers, oldTlsSupport } from './old-versions';

/** Not in the types of Node 20. */
type ReadAuthorities = (type: 'default' | 'system') => string[];

let known: { readonly ca: readonly string[] | undefined } | undefined;

/** As PEM; undefined: Node's own, which is all there is before Node 22.15. */
function trustedAuthorities(): readonly string[] | undefined {
  known ??= { ca: readAuthorities((tls as { getCACertificates?: ReadAuthorities }).getCACertificates) };
  return known.ca;
}

function readAuthorities(read: ReadAuthorities | undefined): readonly string[] | undefined {
  if (!read) return undefined;
  try {
    const all = new Set([...read('default'), ...read('system')]);
    return all.size > 0 ? [...all] : undefined;
  } catch {
    // Electron may have the function without the store behind it; then Node's own authorities count.
    return undefined;
  }
}

const contexts = new Map<TlsVersion, SecureContext>();

/** What a client's handshake is made with. One for all connections: making one reads all authorities each time. */
export function clientContext(minimum: TlsVersion): SecureContext {
  let context = contexts.get(minimum);
  if (!context) {
    const ca = trustedAuthorities();
    context = tls.createSecureContext({ ...versionOptions(minimum), ...(ca ? { ca: [...ca] } : {}) });
    contexts.set(minimum, context);
  }
  return context;
}

function versionOptions(minimum: TlsVersion): SecureContextOptions {
  if (!isOldVersion(minimum)) return { minVersion: minimum };
  const support = oldTlsSupport();
  if (support === 'none') return { minVersion: 'TLSv1.2' };
  return { minVersion: minimum, ...(support === 'full' ? { ciphers: oldCiphers } : {}) };
}
