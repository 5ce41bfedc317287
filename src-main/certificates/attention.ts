/** What about the certificates in use waits for a person. Pure. */
import type { SystemStatus } from '../api/contract';
import type { CertificateStore } from './store';

const dayMs = 86_400_000;
/** Authorities need days, people need weeks. */
const warningDays = 30;

export interface CertificateUse {
  readonly servers: readonly { readonly id: number; readonly name: string; readonly certificate: string }[];
  readonly store: Pick<CertificateStore, 'list' | 'credentialsOf'>;
  readonly now: number;
}

/** The expired and the missing first, then those that will expire. */
export function findCertificateAttention({ servers, store, now }: CertificateUse): SystemStatus['attention'] {
  const entries = new Map(store.list().map((entry) => [entry.id, entry]));
  const urgent: SystemStatus['attention'] = [];
  const soon: SystemStatus['attention'] = [];
  for (const { id: serverId, name, certificate } of servers) {
    if (certificate === '') continue;
    const entry = entries.get(certificate);
    const item = { serverId, action: 'certificates' as const };
    if (entry?.installed === undefined || store.credentialsOf(certificate) === undefined) {
      const text =
        entry?.installed === undefined
          ? `${name}: its certificate does not exist any more, so nobody can encrypt. Choose another one.`
          : `${name}: the private key of its certificate "${entry.name}" cannot be read, so nobody can encrypt. Choose another certificate, or import this one again.`;
      urgent.push({ ...item, code: 'certificate-missing', text });
      continue;
    }
    const { notAfter, isSelfSigned } = entry.installed.facts;
    const day = new Date(notAfter).toISOString().slice(0, 10);
    const advice = entry.pending
      ? 'A renewal was requested: install the answer of the authority.'
      : isSelfSigned
        ? 'Renew it.'
        : 'Renew it: that makes a request for the authority that issued it.';
    if (notAfter <= now) {
      const text = `${name}: the certificate "${entry.name}" expired on ${day}; clients that check it refuse to encrypt. ${advice}`;
      urgent.push({ ...item, code: 'certificate-expired', text });
    } else if (notAfter - now < warningDays * dayMs) {
      const text = `${name}: the certificate "${entry.name}" expires on ${day}. ${advice}`;
      soon.push({ ...item, code: 'certificate-expires', text });
    }
  }
  return [...urgent, ...soon];
}
