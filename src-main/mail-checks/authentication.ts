/// <reference path="./mailauth.d.ts" />
/**
 * Who a message is really from: SPF, DKIM, DMARC and ARC, by mailauth.
 *
 * Promises: asks DNS and nobody else, few questions within one time; at most `mostSignatures` signatures; a pure
 *   function of message, envelope, time and what DNS answers.
 * Trusts: nothing in a message. What is not known (the host it came from) is said, never guessed from its header.
 * Runs in the worker, and loads mailauth when it is first needed.
 */
import { isIP } from 'node:net';
import type { AuthenticationResult } from '../api/contract';
import { type MailField, readFields, scanMail } from '../mail-content';
import {
  arcWords,
  dkimResult,
  dkimWords,
  dmarcWords,
  notChecked,
  resultOf,
  spfWords,
} from './authentication-words';
import { type BoundedDns, openBoundedDns } from './bounded-dns';
import { plainPlace } from './finding';
import { addressesIn, domainOf } from './header-checks';

export interface AuthenticationInput {
  readonly bytes: Uint8Array;
  readonly dnsServers: readonly string[];
  /** Of the envelope; '' is the null reverse-path. Absent: nobody knows. */
  readonly sender?: string | undefined;
  /** Address of the host that brought it. */
  readonly peer?: string | undefined;
  readonly hello?: string | undefined;
  readonly now: number;
}

const mostSignatures = 10;
const mostHeaderBytes = 1024 * 1024;
/** Shorter keys are refused by the large receivers too. */
const leastKeyBits = 1024;

const unchecked = (text: string): AuthenticationResult[] => notChecked.map((each) => ({ ...each, text }));

export async function authenticate(input: AuthenticationInput): Promise<AuthenticationResult[]> {
  const [root] = scanMail(input.bytes).parts;
  if (!root) return unchecked('There is no message.');
  if (root.headerEnd - root.headerStart > mostHeaderBytes)
    return unchecked('The header is larger than 1 MB, so it was not checked.');
  const { fields } = readFields(input.bytes, root);
  const signatures = fields.filter(({ name }) => name.toLowerCase() === 'dkim-signature');
  const bytes = withoutFields(input.bytes, signatures.slice(mostSignatures));
  const dns = openBoundedDns({ servers: input.dnsServers });
  try {
    return await check({ ...input, bytes, fields, signatures, dns });
  } finally {
    dns.close();
  }
}

interface Check extends AuthenticationInput {
  readonly fields: readonly MailField[];
  readonly signatures: readonly MailField[];
  readonly dns: BoundedDns;
}

async function check(input: Check): Promise<AuthenticationResult[]> {
  const [{ dkimVerify }, { dmarc }, { arc }] = await Promise.all([
    import('mailauth/lib/dkim/verify.js'),
    import('mailauth/lib/dmarc/index.js'),
    import('mailauth/lib/arc/index.js'),
  ]);
  const { bytes, dns, now } = input;
  const resolver = dns.resolve;
  const spf = await checkSpf(input);
  const verified = await dkimVerify(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    resolver,
    minBitLength: leastKeyBits,
    curTime: new Date(now),
  });
  const authors = input.fields
    .filter(({ name }) => name.toLowerCase() === 'from')
    .flatMap(({ raw }) => addressesIn(raw));
  const author = authors.length === 1 ? domainOf(authors[0] ?? '') : '';
  const found = verified.results.map(
    ({ signingDomain, selector, status, canonBodyLength, canonBodyLengthTotal }) => {
      const comment = status.comment ?? '';
      const result = status.result === 'none' ? 'none' : dkimResult(status.result, comment);
      const isAligned = Boolean(status.aligned);
      const domain = plainPlace(signingDomain ?? '', 255).toLowerCase();
      const isPartly = (canonBodyLengthTotal ?? 0) > (canonBodyLength ?? 0);
      const text = dkimWords({ result, domain, selector: selector ?? '', isAligned, comment, isPartly });
      return {
        method: 'dkim' as const,
        result,
        domain,
        ...(selector === undefined ? {} : { selector: plainPlace(selector, 100) }),
        ...(result === 'none' ? {} : { isAligned }),
        text,
      };
    },
  );
  const dkim = [
    ...found.filter(({ result }) => result !== 'none' || input.signatures.length === 0),
    ...unusable(input.signatures, found),
  ];
  const arcResult = await arc(verified.arc, { resolver, minBitLength: leastKeyBits });
  const spfDomain = spf.result === 'pass' ? spf.domain : undefined;
  const dmarcResult = await dmarc({
    headerFrom: verified.headerFrom,
    spfDomains: spfDomain === undefined ? [] : [spfDomain],
    dkimDomains: verified.results
      .filter(({ status }) => status.result === 'pass')
      .map(({ id, signingDomain, status }) => ({
        id,
        domain: signingDomain ?? '',
        aligned: status.aligned,
        underSized: status.underSized,
      })),
    arcResult,
    resolver,
  });
  const sealer = arcResult.signature ? arcResult.signature : undefined;
  const arcDomain = plainPlace(sealer?.signingDomain ?? '', 255);
  const arcState = resultOf(arcResult.status.result);
  const hops = arcResult.i === false ? 0 : arcResult.i;
  const before = arcResult.authenticationResults?.dmarc?.result;
  return [
    spf.domain === '' || spf.result === 'not-checked' || author === ''
      ? spf
      : { ...spf, isAligned: isSameOwner(spf.domain, author, dmarcResult) },
    ...dkim,
    judgeDmarc(dmarcResult, spf, author),
    {
      method: 'arc',
      result: arcState,
      domain: arcDomain,
      ...(sealer?.selector === undefined ? {} : { selector: plainPlace(sealer.selector, 100) }),
      text: arcWords({
        result: arcState,
        domain: arcDomain,
        hops,
        comment: arcResult.status.comment ?? '',
        found: before === undefined ? '' : `dmarc=${plainPlace(before, 20)}`,
      }),
    },
  ];
}

interface Alignment {
  readonly alignment?: {
    readonly spf?: { readonly result?: string };
    readonly dkim?: { readonly result?: string };
  };
}
type Dmarc = Awaited<ReturnType<typeof import('mailauth/lib/dmarc/index.js')['dmarc']>>;

const alignmentOf = (result: Dmarc): Alignment['alignment'] =>
  result === false ? undefined : (result as Alignment).alignment;

/** SPF passes for a domain of From's owner, by the rules of its DMARC record where there is one. */
function isSameOwner(domain: string, author: string, dmarc: Dmarc): boolean {
  const judged = alignmentOf(dmarc)?.spf?.result;
  return judged ? true : domain === author;
}

async function checkSpf({ sender, peer, hello, dns }: Check): Promise<AuthenticationResult> {
  const base = {
    method: 'spf' as const,
    domain: plainPlace(domainOf(sender || hello || ''), 255).toLowerCase(),
  };
  if (peer === undefined || isIP(peer) === 0 || sender === undefined)
    return {
      ...base,
      result: 'not-checked',
      text: 'Nobody knows which host this message came from. SPF can be checked for mail that this computer received by SMTP and still has in its trace.',
    };
  const { spf } = await import('mailauth/lib/spf/index.js');
  const helo = hello !== undefined && /^[\x21-\x7e]{1,255}$/.test(hello) ? hello : peer;
  const found = await spf({
    resolver: dns.resolve,
    sender: sender || `postmaster@${helo}`,
    ip: peer,
    helo,
    mta: 'mailroot',
  });
  const result = resultOf(found.status.result);
  const domain = plainPlace(found.domain, 255);
  return { ...base, domain, result, text: spfWords({ result, domain, ip: peer }) };
}

function judgeDmarc(found: Dmarc, spf: AuthenticationResult, author: string): AuthenticationResult {
  const base = { method: 'dmarc' as const, domain: author };
  if (found === false)
    return {
      ...base,
      result: 'permerror',
      text: dmarcWords({
        result: 'permerror',
        domain: '',
        policy: '',
        isSpfAligned: false,
        isDkimAligned: false,
      }),
    };
  const result = resultOf(found.status.result);
  const domain = plainPlace(found.domain, 255);
  const aligned = alignmentOf(found);
  if (result === 'fail' && spf.result === 'not-checked')
    return {
      method: 'dmarc',
      domain,
      result: 'not-checked',
      text: `No DKIM signature passes for ${domain}, and whether SPF did is not known, because nobody knows which host the message came from.`,
    };
  return {
    method: 'dmarc',
    domain,
    result,
    text: dmarcWords({
      result,
      domain,
      policy: found.policy ?? '',
      isSpfAligned: Boolean(aligned?.spf?.result),
      isDkimAligned: Boolean(aligned?.dkim?.result),
    }),
  };
}

/** Signatures that the verifier passes over: an algorithm that nobody knows, or no domain. And those beyond the limit. */
function unusable(
  signatures: readonly MailField[],
  found: readonly AuthenticationResult[],
): AuthenticationResult[] {
  const judged = found.map(({ domain, selector }) => `${selector} ${domain}`);
  const missing = signatures.slice(0, mostSignatures).flatMap(({ raw }): AuthenticationResult[] => {
    const tag = (name: string): string =>
      plainPlace(new RegExp(`(?:^|;)\\s*${name}\\s*=([^;]{0,500})`).exec(raw)?.[1] ?? '', 255);
    const [domain, selector] = [tag('d').toLowerCase(), tag('s')];
    const at = judged.indexOf(`${selector} ${domain}`);
    if (at !== -1) {
      judged.splice(at, 1);
      return [];
    }
    const text = dkimWords({
      result: 'permerror',
      domain,
      selector,
      isAligned: false,
      comment: '',
      isPartly: false,
    });
    return [{ method: 'dkim', result: 'permerror', domain, selector, text }];
  });
  const rest = signatures.length - mostSignatures;
  if (rest > 0)
    missing.push({
      method: 'dkim',
      result: 'policy',
      domain: '',
      text: `There are ${signatures.length} signatures; the first ${mostSignatures} were checked.`,
    });
  return missing;
}

/** The message without some fields of its header, which stand in their order. */
function withoutFields(bytes: Uint8Array, fields: readonly MailField[]): Uint8Array {
  if (fields.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of fields) {
    pieces.push(bytes.subarray(at, start));
    const lineFeed = bytes.indexOf(10, end);
    at = lineFeed === -1 ? bytes.length : lineFeed + 1;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
