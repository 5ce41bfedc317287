/** What the access settings of a draft mean, as one sentence a group. Pure. */

import type { Binding, CertificateRow, DomainSettings, TlsVersion } from '../../../../src-main/api/contract';
import { isOpenRelay, readEntry } from '../../../../src-main/api/contract';
import { isOldTls, lowestTlsWords } from '../tls-words';

export interface AccessDraft {
  readonly allowsAnonymous: boolean;
  readonly allowsBasic: boolean;
  readonly basicRequiresTls: boolean;
  readonly allowsIntegrated: boolean;
  readonly allowsChallengeResponse: boolean;
  readonly certificate: string;
  readonly bindings: readonly Binding[];
  readonly minimumTls: TlsVersion;
  readonly oldTlsList: readonly string[];
  readonly requiresTls: boolean;
  readonly requires128Bit: boolean;
  readonly connectionMode: 'only' | 'except';
  readonly connectionList: readonly string[];
  readonly relayMode: 'only' | 'except';
  readonly relayList: readonly string[];
  readonly relaysForAuthenticated: boolean;
  readonly domains: readonly DomainSettings[];
}

export interface Meaning {
  readonly text: string;
  /** What should not stay so. */
  readonly warning?: string;
  /** Others are harmed by it. */
  readonly error?: string;
}

const clearPasswords = 'Passwords may cross the network in clear text.';
const noEncryption = 'Without a certificate there is no encryption, and nobody can log in.';
const noEncryptionForBasic =
  'Without a certificate there is no encryption, and nobody can log in by Basic authentication.';

type LogInDraft = Pick<AccessDraft, 'allowsBasic' | 'allowsIntegrated' | 'allowsChallengeResponse'>;

function waysOf({ allowsBasic, allowsIntegrated, allowsChallengeResponse }: LogInDraft): string[] {
  return [
    ...(allowsBasic ? ['Basic'] : []),
    ...(allowsIntegrated ? ['Integrated Windows'] : []),
    ...(allowsChallengeResponse ? ['challenge-response'] : []),
  ];
}

/** Whether a client can log in by any way. */
export const takesLogIn = (draft: LogInDraft): boolean => waysOf(draft).length > 0;

export function describeAuthentication(draft: AccessDraft): Meaning {
  const ways = waysOf(draft);
  if (ways.length === 0) return { text: 'Clients send without logging in.' };
  const whether = draft.allowsAnonymous
    ? 'Clients may log in as one of the accounts, or send without logging in.'
    : 'Clients must log in as one of the accounts.';
  // Basic alone is what everybody expects.
  const how = ways.length === 1 && draft.allowsBasic ? '' : ` By ${joinWords(ways)} authentication.`;
  const warning = findPasswordRisk(draft);
  return warning === undefined ? { text: whether + how } : { text: whether + how, warning };
}

/** undefined: passwords cross encrypted, or not at all. */
export function findPasswordRisk(draft: AccessDraft): string | undefined {
  const { allowsBasic, basicRequiresTls, requiresTls } = draft;
  if (!allowsBasic) return undefined;
  if (basicRequiresTls) {
    if (hasCertificate(draft)) return undefined;
    return waysOf(draft).length > 1 ? noEncryptionForBasic : noEncryption;
  }
  return requiresTls && hasCertificate(draft) ? undefined : clearPasswords;
}

/** Of the virtual server, or of one of its identities. */
export const hasCertificate = ({ certificate, bindings }: AccessDraft): boolean =>
  certificate !== '' || bindings.some((each) => each.certificate !== '');

/** @param now milliseconds since 1970 UTC */
export function describeSecurity(
  draft: AccessDraft,
  certificates: readonly CertificateRow[] | undefined,
  { now, formatDate }: { readonly now: number; readonly formatDate: (at: number) => string },
): Meaning {
  if (draft.certificate === '')
    return {
      text: hasCertificate(draft)
        ? 'Some identities have a certificate of their own. On the others connections are not encrypted.'
        : 'No certificate is chosen: connections are not encrypted, STARTTLS is not offered.',
    };
  // Until the list is here nothing is said about it.
  if (certificates === undefined) return { text: 'A certificate is chosen.' };
  const row = certificates.find((each) => each.id === draft.certificate);
  if (row === undefined)
    return {
      text: 'The chosen certificate is not on this computer any more.',
      warning: 'Choose another certificate; until then STARTTLS cannot be offered.',
    };
  const offer = draft.requiresTls
    ? `Mail is taken on encrypted connections only${draft.requires128Bit ? ', 128 bits or more' : ''}.`
    : 'STARTTLS is offered; clients may use it.';
  const name = `Certificate "${row.name}"`;
  const versions = describeVersions(draft);
  if (row.notAfter === undefined) return { text: `${offer} ${name} has no answer yet.${versions}` };
  if (row.notAfter < now)
    return {
      text: `${offer} ${name}.${versions}`,
      warning: `The certificate expired on ${formatDate(row.notAfter)}; clients that check it will not connect.`,
    };
  const text = `${offer} ${name}, valid until ${formatDate(row.notAfter)}.${versions}`;
  return isOldTls(draft.minimumTls) ? { text, warning: oldTlsForAll } : { text };
}

const oldTlsForAll =
  'TLS 1.0 and 1.1 are broken, and every client may use them. Rather name the devices that need them.';

const usualTls: TlsVersion = 'TLSv1.2';

/** What is not as usual, with a space before it. */
function describeVersions({ minimumTls, oldTlsList }: AccessDraft): string {
  const lowest = minimumTls === usualTls ? '' : ` ${lowestTlsWords(minimumTls)}.`;
  return oldTlsList.length === 0 ? lowest : `${lowest} Old TLS for ${describeList(oldTlsList)}.`;
}

export function describeConnection({ connectionMode, connectionList }: AccessDraft): Meaning {
  const list = describeList(connectionList);
  if (connectionMode === 'except')
    return {
      text: list === '' ? 'Every computer may connect.' : `Every computer may connect, except ${list}.`,
    };
  return list === ''
    ? {
        text: 'Only the computers in the list may connect.',
        warning: 'The list is empty: nobody may connect.',
      }
    : { text: `Only ${list} may connect.` };
}

/** "Relays for this computer and 10.0.4.0/24, and for authenticated users." */
export function describeRelay(draft: AccessDraft): Meaning {
  const list = describeList(draft.relayList);
  if (draft.relayMode === 'except')
    return {
      text: `Relays for everybody${list === '' ? '' : ` except ${list}`}.`,
      error: openToAll,
    };
  const whom = [
    ...(list === '' ? [] : [`for ${list}`]),
    ...(draft.relaysForAuthenticated && takesLogIn(draft) ? ['for authenticated users'] : []),
    ...describeOpenDomains(draft.domains),
  ];
  const text = whom.length === 0 ? 'Relays for nobody.' : `Relays ${joinParts(whom)}.`;
  return isOpenRelay(draft) ? { text, error: openToStrangers } : { text };
}

const openToAll = 'This is an open relay: anybody who can connect may send mail to anywhere.';
const openToStrangers =
  'This is an open relay: the list holds far more computers than your own, and strangers among them may send mail to anywhere.';

/** A remote domain that allows relay takes mail for itself from everybody. */
function describeOpenDomains(domains: readonly DomainSettings[]): string[] {
  const open = domains.flatMap((domain) =>
    domain.type === 'remote' && domain.isRelayAllowed ? [domain.name] : [],
  );
  return open.length === 0 ? [] : [`for everybody to ${joinNames(open)}`];
}

const ownAddresses = new Set(['127.0.0.1', '::1', '127.0.0.0/8']);

/** "this computer, 10.0.4.0/24 and 3 more"; '' for an empty list. */
export function describeList(texts: readonly string[]): string {
  const names = new Set<string>();
  for (const text of texts) {
    const reading = readEntry(text);
    const written = 'entry' in reading ? reading.entry.text : text;
    names.add(ownAddresses.has(written) ? 'this computer' : written);
  }
  return joinNames([...names]);
}

const mostNames = 4;

function joinNames(names: readonly string[]): string {
  if (names.length <= mostNames) return joinWords(names);
  const shown = names.slice(0, mostNames - 1);
  return joinWords([...shown, `${(names.length - shown.length).toLocaleString('en-US')} more`]);
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Parts hold "and" themselves. */
const joinParts = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
