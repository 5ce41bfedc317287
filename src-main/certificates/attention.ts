/** What about the certificates in use waits for a person. Pure. */
import type { SystemStatus } from '../api/contract';
import type { CertificateEntry } from './entry-file';
import type { CertificateStore } from './store';
import { type CertificateSettings, certificatesOf, type NamedCertificate } from './usage';

const dayMs = 86_400_000;
/** Authorities need days, people need weeks. */
const warningDays = 30;

export interface CertificateUse {
  readonly servers: readonly (CertificateSettings & { readonly id: number; readonly name: string })[];
  readonly store: Pick<CertificateStore, 'list' | 'credentialsOf'>;
  readonly now: number;
}

type Item = SystemStatus['attention'][number];

/** The expired and the missing first, then those that will expire. */
export function findCertificateAttention({ servers, store, now }: CertificateUse): Item[] {
  const entries = new Map(store.list().map((entry) => [entry.id, entry]));
  const urgent: Item[] = [];
  const soon: Item[] = [];
  for (const server of servers) {
    const seen = new Set<string>();
    for (const named of certificatesOf(server)) {
      // What is wrong with a certificate is said once for a virtual server, at the place that matters most.
      if (seen.has(named.id)) continue;
      seen.add(named.id);
      const item = { serverId: server.id, action: 'certificates' as const };
      const entry = entries.get(named.id);
      const hasKey = store.credentialsOf(named.id) !== undefined;
      const found =
        entry?.installed === undefined || !hasKey
          ? { code: 'certificate-missing', text: describeMissing(named, entry), isUrgent: true }
          : describeAge(entry, entry.installed.facts, now);
      if (!found) continue;
      const { code, text, isUrgent } = found;
      (isUrgent ? urgent : soon).push({ ...item, code, text: `${server.name}: ${text}` });
    }
  }
  return [...urgent, ...soon];
}

function describeMissing({ role, place }: NamedCertificate, entry: CertificateEntry | undefined): string {
  const whose = {
    server: 'its certificate',
    binding: `the certificate of ${place}`,
    further: 'a further certificate',
  }[role];
  const effect = {
    server: 'so nobody can encrypt',
    binding: 'so nobody can encrypt there',
    further: 'so clients that ask for its names get another one',
  }[role];
  return entry?.installed === undefined
    ? `${whose} does not exist any more, ${effect}. Choose another one.`
    : `the private key of ${whose} "${entry.name}" cannot be read, ${effect}. Choose another certificate, or import this one again.`;
}

function describeAge(
  { name, pending }: CertificateEntry,
  { notAfter, isSelfSigned }: { readonly notAfter: number; readonly isSelfSigned: boolean },
  now: number,
): { readonly code: string; readonly text: string; readonly isUrgent: boolean } | undefined {
  const day = new Date(notAfter).toISOString().slice(0, 10);
  const advice = pending
    ? 'A renewal was requested: install the answer of the authority.'
    : isSelfSigned
      ? 'Renew it.'
      : 'Renew it: that makes a request for the authority that issued it.';
  if (notAfter <= now) {
    const text = `the certificate "${name}" expired on ${day}; clients that check it refuse to encrypt. ${advice}`;
    return { code: 'certificate-expired', text, isUrgent: true };
  }
  if (notAfter - now >= warningDays * dayMs) return undefined;
  const text = `the certificate "${name}" expires on ${day}. ${advice}`;
  return { code: 'certificate-expires', text, isUrgent: false };
}
