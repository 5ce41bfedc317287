/** What a certificate is, in words for people. Pure; the current time is an argument. */
import type { CertificateRow } from '../../src-main/api/contract';
import { plural } from '../client/words';

const dayMs = 86_400_000;
/** From here on a certificate is told to be renewed. */
const warningDays = 30;

export type Standing = 'good' | 'warning' | 'bad';

export interface CertificateStanding {
  readonly standing: Standing;
  /** One or two words; '' where nothing needs to be said. */
  readonly word: string;
  /** What it means and what to do, in a sentence. */
  readonly advice: string;
}

/** The one thing about a certificate that a person must know first. */
export function judgeCertificate(row: CertificateRow, now: number): CertificateStanding {
  if (row.state === 'requested') {
    return {
      standing: 'good',
      word: 'Waits for its answer',
      advice: 'Send the request to a certification authority. Install its answer here when it has come.',
    };
  }
  const { notBefore = 0, notAfter = 0 } = row;
  if (notAfter <= now) {
    return {
      standing: 'bad',
      word: 'Expired',
      advice: 'Clients that check certificates refuse it. Renew it, or choose another one.',
    };
  }
  if (notBefore > now) {
    return {
      standing: 'bad',
      word: 'Not yet valid',
      advice: `It is valid from ${formatDay(notBefore)}. Check the clock of this computer.`,
    };
  }
  const days = Math.floor((notAfter - now) / dayMs);
  if (days < warningDays) {
    return {
      standing: 'warning',
      word: days === 0 ? 'Expires today' : `${plural(days, 'day')} left`,
      advice: 'Renew it before it expires; mail clients refuse an expired one.',
    };
  }
  if (!row.isKeyStrong) {
    return {
      standing: 'warning',
      word: 'Weak key',
      advice: 'Its key is too short for today. Some clients refuse it: make a new one.',
    };
  }
  return { standing: 'good', word: '', advice: '' };
}

/** "12 Mar 2027". */
function formatDay(at: number, locale?: string): string {
  return new Date(at).toLocaleDateString(locale, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The day, and how near it is when it is near. */
export function describeExpiry(row: CertificateRow, now: number): string {
  const { word } = judgeCertificate(row, now);
  if (row.notAfter === undefined) return word;
  return word === '' ? formatDay(row.notAfter) : `${formatDay(row.notAfter)}, ${word.toLowerCase()}`;
}

/** "RSA 2048, strong". */
export function describeKey(row: CertificateRow): string {
  return `${row.key}, ${row.isKeyStrong ? 'strong' : 'too short for today'}`;
}

export function describeIssuer(row: CertificateRow): string {
  if (row.state === 'requested') return '';
  return row.isSelfSigned ? 'Self-signed' : commonNameOf(row.issuer);
}

/** "CN=Example CA, O=Example" -> "Example CA"; the whole where there is no common name. */
export function commonNameOf(distinguishedName: string): string {
  return /(?:^|, )CN=(.*?)(?=, [A-Za-z0-9.]+=|$)/.exec(distinguishedName)?.[1] ?? distinguishedName;
}

/** Names of the virtual servers that use it. */
export function describeUse(
  row: CertificateRow,
  servers: readonly { readonly id: number; readonly name: string }[],
): string {
  return row.usedBy.map((id) => servers.find((server) => server.id === id)?.name ?? `no. ${id}`).join(', ');
}
