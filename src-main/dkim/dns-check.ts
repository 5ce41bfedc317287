/**
 * What DNS says about a DKIM key, and about SPF and DMARC of its domain, in words for people. Pure.
 *
 * Trusts: nothing in an answer: what is repeated of it is cut.
 */
import type { DkimRecordCheck, DkimRecordState, DomainPolicy } from '../api/contract';
import type { KeyFacts } from './key';
import { isKeyIn, readTags } from './record';

/** Texts at one name; the strings of one record are joined. */
export type TxtAnswer =
  | { readonly kind: 'records'; readonly records: readonly string[] }
  | { readonly kind: 'none' | 'unknown' }
  | { readonly kind: 'failed'; readonly reason: string };

const mostShown = 5;
const longestShown = 2_000;

const shownOf = (answer: TxtAnswer): string[] =>
  answer.kind === 'records'
    ? answer.records.slice(0, mostShown).map((text) => text.slice(0, longestShown))
    : [];

type Judgement = readonly [DkimRecordState, string];

/** The record of a key, as hosts that verify a signature read it (RFC 6376 section 6.1.2). */
export function checkRecord(name: string, answer: TxtAnswer, facts: KeyFacts): Omit<DkimRecordCheck, 'at'> {
  const [state, text] = judgeAnswer(name, answer, facts);
  return { state, text, found: shownOf(answer) };
}

function judgeAnswer(name: string, answer: TxtAnswer, facts: KeyFacts): Judgement {
  if (answer.kind === 'failed') return ['unknown', `DNS could not be asked for ${name}: ${answer.reason}.`];
  if (answer.kind !== 'records')
    return [
      'missing',
      `DNS has no TXT record at ${name} yet. Put it there; it may take up to a day until it is seen everywhere.`,
    ];
  const [record, ...more] = answer.records;
  if (record === undefined || more.length > 0)
    return [
      'several',
      `DNS has ${answer.records.length} TXT records at ${name}. There must be one only, else none counts.`,
    ];
  return judgeRecord(name, record, facts);
}

function judgeRecord(name: string, record: string, facts: KeyFacts): Judgement {
  const invalid = (why: string): Judgement => [
    'invalid',
    `The TXT record at ${name} is not right: ${why}. Copy it there again.`,
  ];
  if (/["\\]/.test(record)) return invalid('quotation marks or backslashes have become a part of it');
  const tags = readTags(record);
  if (!tags) return invalid('it is no list of tags such as v=DKIM1; k=rsa; p=…');
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v'))
    return invalid('it has to begin with v=DKIM1');
  const p = tags.get('p')?.replace(/\s+/g, '');
  if (p === undefined) return invalid('p= with the public key is missing');
  if (p === '')
    return [
      'revoked',
      `The TXT record at ${name} revokes the key (p= is empty): no signature of it is believed.`,
    ];
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(p)) return invalid('p= is no base64; something was lost on the way');
  const type = facts.algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519';
  const otherType = (tags.get('k') ?? 'rsa') !== type;
  if (otherType || !isKeyIn(p, facts))
    return [
      'other-key',
      `DNS has another key at ${name} than this one, so signatures of this key are taken for forged. Replace the record, or use another selector.`,
    ];
  const hashes = tags
    .get('h')
    ?.split(':')
    .map((hash) => hash.trim());
  if (hashes && !hashes.includes('sha256')) return invalid('h= does not allow sha256');
  const services = tags
    .get('s')
    ?.split(':')
    .map((service) => service.trim());
  if (services && !services.includes('*') && !services.includes('email'))
    return invalid('s= does not allow the key for mail');
  const flags =
    tags
      .get('t')
      ?.split(':')
      .map((flag) => flag.trim()) ?? [];
  if (flags.includes('y'))
    return [
      'testing',
      `The TXT record at ${name} is right, and says that the domain is only testing DKIM (t=y): many hosts treat its mail as if it were not signed. Take t=y out when all is well.`,
    ];
  return ['published', `The TXT record at ${name} is right.`];
}

/** @param answer the TXT records of the domain itself */
export function checkSpf(domain: string, answer: TxtAnswer): DomainPolicy {
  if (answer.kind === 'failed')
    return {
      state: 'unknown',
      text: `SPF of ${domain} could not be asked for: ${answer.reason}.`,
      found: [],
    };
  const found = shownOf(answer).filter((text) => /^v=spf1(?: |$)/i.test(text));
  const [record, ...more] = found;
  if (record === undefined)
    return {
      state: 'missing',
      text: `${domain} has no SPF record, which would say which hosts may send its mail. Most large receivers expect one.`,
      found,
    };
  if (more.length > 0)
    return {
      state: 'invalid',
      text: `${domain} has ${found.length} SPF records; only one is allowed.`,
      found,
    };
  const last = /(?:^| )([+?~-]?)all(?: |$)/i.exec(record);
  const rest =
    last === null
      ? /(?:^| )redirect=/i.test(record)
        ? 'the rest is decided by another domain'
        : 'it does not say what to do with other hosts'
      : {
          '-': 'mail from other hosts is to be refused',
          '~': 'mail from other hosts is suspicious',
          '?': 'it says nothing about other hosts',
          '+': 'every host of the world may send its mail, which protects nobody',
          '': 'every host of the world may send its mail, which protects nobody',
        }[last[1] ?? ''];
  return {
    state: 'found',
    text: `${domain} has an SPF record: ${rest}. See that it lists the host through which this mail leaves.`,
    found,
  };
}

const mostParents = 5;

/** Where the DMARC record of a domain may be, the nearest first (RFC 7489 section 6.6.3). */
export function dmarcNamesOf(domain: string): string[] {
  const labels = domain.toLowerCase().split('.');
  const names: string[] = [];
  for (let at = 0; at === 0 || (at <= labels.length - 2 && at <= mostParents); at++)
    names.push(`_dmarc.${labels.slice(at).join('.')}`);
  return names;
}

const policyWords: Readonly<Record<string, string>> = {
  none: 'receivers only watch',
  quarantine: 'mail that passes neither SPF nor DKIM goes to the junk folder',
  reject: 'mail that passes neither SPF nor DKIM is refused',
};

/** @param asked names of `dmarcNamesOf` with their answers; the first one with a record counts */
export function checkDmarc(
  domain: string,
  asked: readonly { readonly name: string; readonly answer: TxtAnswer }[],
): DomainPolicy {
  for (const { name, answer } of asked) {
    if (answer.kind === 'failed')
      return {
        state: 'unknown',
        text: `DMARC of ${domain} could not be asked for: ${answer.reason}.`,
        found: [],
      };
    const found = shownOf(answer).filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text));
    const [record, ...more] = found;
    if (record === undefined) continue;
    const tags = more.length > 0 ? undefined : readTags(record);
    const own = name === `_dmarc.${domain.toLowerCase()}`;
    const policy = (own ? undefined : tags?.get('sp')) ?? tags?.get('p');
    const words = policyWords[policy?.toLowerCase() ?? ''];
    if (!tags || words === undefined)
      return {
        state: 'invalid',
        text: `The DMARC record at ${name} is not right, so it does not count.`,
        found,
      };
    const strict =
      tags.get('adkim')?.toLowerCase() === 's'
        ? ' Signatures count only of the very domain of the From address (adkim=s).'
        : '';
    return {
      state: 'found',
      text: `${domain} has a DMARC policy at ${name}: ${words} (${policy}).${strict}`,
      found,
    };
  }
  return {
    state: 'missing',
    text: `${domain} has no DMARC record, which would tell receivers what to do with forged mail. Most large receivers expect one.`,
    found: [],
  };
}
