/** What the results of SPF, DKIM, DMARC and ARC mean, and what to do. Pure. */
import type { AuthenticationResult } from '../api/contract';
import { plainPlace } from './finding';

/** As long as nobody asked for DNS. */
export const notChecked: readonly AuthenticationResult[] = (['spf', 'dkim', 'dmarc', 'arc'] as const).map(
  (method) => ({ method, result: 'not-checked', domain: '', text: 'Not checked yet.' }),
);

type Result = AuthenticationResult['result'];

const results: readonly string[] = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'policy',
  'temperror',
  'permerror',
];
/** A result as RFC 8601 names it; what is none is taken as permanent error. */
export const resultOf = (text: string): Result => (results.includes(text) ? (text as Result) : 'permerror');

const tryAgain = 'DNS did not answer. Check again later, or look at the DNS servers of the virtual server.';

export interface SpfFacts {
  readonly result: Result;
  readonly domain: string;
  readonly ip: string;
}

export function spfWords({ result, domain, ip }: SpfFacts): string {
  switch (result) {
    case 'pass':
      return `${domain} allows ${ip} to send its mail.`;
    case 'fail':
      return `${domain} says that ${ip} may not send its mail. If it should, add the address to the SPF record of ${domain}.`;
    case 'softfail':
      return `${domain} says that ${ip} should not send its mail, but asks nobody to refuse it (~all). If it should, add the address to the SPF record.`;
    case 'neutral':
      return `${domain} says nothing about ${ip} (?all, or no rule fits).`;
    case 'none':
      return `${domain} has no SPF record. Add one that names the hosts that send its mail.`;
    case 'temperror':
      return tryAgain;
    default:
      return `The SPF record of ${domain} cannot be used: it is written wrongly, there are several, or it needs more than ten look-ups.`;
  }
}

export interface DkimFacts {
  readonly result: Result;
  readonly domain: string;
  readonly selector: string;
  readonly isAligned: boolean;
  /** Reason as the verifier names it. */
  readonly comment: string;
  /** There is more of the body than the signature covers. */
  readonly isPartly: boolean;
}

/** What the verifier calls neutral and RFC 8601 does not: a signature that is plainly wrong, and a key that is. */
export function dkimResult(result: string, comment: string): Result {
  if (result !== 'neutral') return resultOf(result);
  if (/body hash|bad signature|expired|invalid expiration/.test(comment)) return 'fail';
  return 'permerror';
}

export function dkimWords(facts: DkimFacts): string {
  const { result, domain, selector, isAligned, comment, isPartly } = facts;
  const key = `${selector}._domainkey.${domain}`;
  switch (result) {
    case 'pass':
      return [
        `${domain} signed this message, and it was not changed since.`,
        ...(isAligned ? [] : ['It is not the domain of From, so the signature does not count for DMARC.']),
        ...(isPartly ? ['The end of the message is not signed: anybody could have added it.'] : []),
      ].join(' ');
    case 'fail':
      if (/body hash/.test(comment))
        return 'The text was changed after it was signed. Look for a program on the way that adds footers or converts content.';
      if (/expir/.test(comment)) return 'The signature has expired, or its times are wrong.';
      return `The signature does not fit the header or the key at ${key}: a signed field was changed, or the key is another one.`;
    case 'policy':
      return `The key at ${key} is too short to be trusted. Make one of 2048 bits.`;
    case 'temperror':
      return tryAgain;
    case 'none':
      return 'The message has no DKIM signature. Sign mail of your domain, so that receivers can tell it from forgeries.';
    default:
      if (/no key/.test(comment))
        return `DNS has no key at ${key}. Publish it, or use the selector that is published.`;
      if (/public key|key type|key version/.test(comment))
        return `The record at ${key} is no key that can be used. Copy it there again.`;
      return 'The signature cannot be used: its algorithm is unknown, or a part of it is missing.';
  }
}

export interface DmarcFacts {
  readonly result: Result;
  readonly domain: string;
  readonly policy: string;
  readonly isSpfAligned: boolean;
  readonly isDkimAligned: boolean;
}

const policyWords: Record<string, string> = {
  none: 'asks receivers to do nothing (p=none)',
  quarantine: 'asks receivers to treat it as suspicious (p=quarantine)',
  reject: 'asks receivers to refuse it (p=reject)',
};

export function dmarcWords(facts: DmarcFacts): string {
  const { result, domain, policy, isSpfAligned, isDkimAligned } = facts;
  switch (result) {
    case 'pass': {
      const by = [...(isDkimAligned ? ['DKIM'] : []), ...(isSpfAligned ? ['SPF'] : [])].join(' and ');
      return `The domain of From is proved${by === '' ? '' : ` by ${by}`}.`;
    }
    case 'fail':
      return `Neither SPF nor DKIM passes for the domain of From. ${domain} ${policyWords[policy.toLowerCase()] ?? 'has a policy that is not understood'}.`;
    case 'none':
      return `${domain} has no DMARC record. Without one receivers decide alone what to do with forgeries.`;
    case 'temperror':
      return tryAgain;
    default:
      return 'From has no single address, so DMARC cannot be checked.';
  }
}

export interface ArcFacts {
  readonly result: Result;
  readonly domain: string;
  readonly hops: number;
  readonly comment: string;
  /** What the last host that sealed it had found: "dmarc=pass". */
  readonly found: string;
}

export function arcWords({ result, domain, hops, comment, found }: ArcFacts): string {
  if (result === 'none') return 'No forwarder left a seal. That is usual for mail that came directly.';
  if (result === 'pass')
    return [
      `${domain} passed this message on${hops > 1 ? ` as the last of ${hops} hosts` : ''}, and nothing was changed since.`,
      ...(found === '' ? [] : [`It had found ${found}.`]),
      'This counts as far as you trust that host.',
    ].join(' ');
  if (/no key|public key|key type|key version/.test(comment))
    return `The key of a seal cannot be used (${plainPlace(comment, 120)}).`;
  return 'The seals of forwarders are broken: the message was changed after the last one, or a seal is missing.';
}
