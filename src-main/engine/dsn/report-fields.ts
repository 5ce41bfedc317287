/**
 * The machine-readable part of a notification (RFC 3464 section 2). Pure; CRLF, folded.
 *
 * Promises: ASCII, or UTF-8 in addresses where the caller says that the sender reads it (RFC 6533 section 3).
 */
import { embedUnicode, isAscii } from '../core/address';
import type { Envelope, RemoteHost } from '../core/envelope';
import type { NotificationAction, NotifiedRecipient } from '../core/notification';
import type { SmtpStatus } from '../core/smtp-status';
import { foldField, foldLines, formatDate, plainLines, plainPhrase } from './report-text';

export interface ReportFacts {
  readonly fqdn: string;
  /** Addresses stand as they are read; else beyond ASCII as "\x{FC}". */
  readonly isUtf8: boolean;
}

export function formatReportFields(
  envelope: Envelope,
  recipients: readonly NotifiedRecipient[],
  facts: ReportFacts,
): string {
  const groups = [
    messageFields(envelope, facts.fqdn),
    ...recipients.map((recipient) => recipientFields(recipient, envelope, facts)),
  ];
  return groups.map((fields) => `${fields.join('\r\n')}\r\n`).join('\r\n');
}

/** RFC 3464 section 2.2. */
function messageFields(envelope: Envelope, fqdn: string): string[] {
  const { envid, source, arrivedAt } = envelope;
  return [
    // As it was before xtext, to the letter and in one line (RFC 3461 section 6.3): programs compare it.
    ...(envid === undefined ? [] : [`Original-Envelope-Id: ${envid.replace(/[^ -~]/g, '?').slice(0, 800)}`]),
    foldField('Reporting-MTA', `dns; ${hostPhrase(fqdn)}`),
    ...(source.kind === 'smtp' && source.helo !== ''
      ? [foldField('Received-From-MTA', `dns; ${hostPhrase(source.helo)}`)]
      : []),
    foldField('Arrival-Date', formatDate(arrivedAt)),
  ];
}

/** RFC 3464 section 2.3, in its order. */
function recipientFields(recipient: NotifiedRecipient, envelope: Envelope, facts: ReportFacts): string[] {
  const { address, orcpt, action, remote, lastAttemptAt, willRetryUntil } = recipient;
  const original = orcpt === undefined ? undefined : originalRecipient(orcpt, facts.isUtf8);
  const diagnostic = diagnosticLines(recipient);
  return [
    ...(original === undefined ? [] : [foldField('Original-Recipient', original)]),
    foldField('Final-Recipient', finalRecipient(address, facts.isUtf8)),
    `Action: ${action}`,
    `Status: ${statusField(recipient)}`,
    ...(remote ? [foldField('Remote-MTA', `dns; ${hostPhrase(hostName(remote))}`)] : []),
    ...(diagnostic.length === 0 ? [] : [foldLines('Diagnostic-Code', diagnostic)]),
    ...(lastAttemptAt === undefined ? [] : [foldField('Last-Attempt-Date', formatDate(lastAttemptAt))]),
    // Where nobody else was asked, our own log tells more; by this name.
    ...(remote ? [] : [`Final-Log-ID: ${envelope.queueId}`]),
    ...(action === 'delayed' && willRetryUntil !== undefined
      ? [foldField('Will-Retry-Until', formatDate(willRetryUntil))]
      : []),
  ];
}

/** "type; address"; anything without a type is not one (RFC 3461 section 4.2) and is left out. */
function originalRecipient(orcpt: string, isUtf8: boolean): string | undefined {
  const match = /^([A-Za-z0-9-]{1,64});(.+)$/s.exec(orcpt);
  if (!match) return undefined;
  const [, type = '', address = ''] = match;
  const plain = plainPhrase(address);
  return `${type}; ${isUtf8 && type.toLowerCase() === 'utf-8' ? readEmbedded(plain) : plain}`;
}

function finalRecipient(address: string, isUtf8: boolean): string {
  if (isAscii(address)) return `rfc822; ${plainPhrase(address)}`;
  return `utf-8; ${isUtf8 ? cleanUnicode(address) : embedUnicode(address)}`;
}

/** "\x{FC}" of RFC 6533 section 3 as the letter; what is no letter of an address stays as it is. */
export function readEmbedded(text: string): string {
  return text.replace(/\\x\{([0-9A-F]{2,6})\}/g, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16);
    const character = point <= 0x10ffff ? String.fromCodePoint(point) : '';
    return character === '' || cleanUnicode(character) !== character ? whole : character;
  });
}

/** Neither a control nor half a character: nothing that could end a line somewhere. */
export const cleanUnicode = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');

const fallbackStatus: Readonly<Record<NotificationAction, string>> = {
  failed: '5.0.0',
  delayed: '4.0.0',
  delivered: '2.0.0',
  relayed: '2.0.0',
  expanded: '2.0.0',
};

/** The class follows the action (RFC 3464 section 2.3.4): a delay is never 5, a success always 2. */
function statusField({ action, status }: NotifiedRecipient): string {
  const fallback = fallbackStatus[action];
  const match = /^([245])\.(\d{1,3}\.\d{1,3})$/.exec(status.enhanced);
  if (!match) return fallback;
  if (action === 'failed') return match[1] === '2' ? fallback : status.enhanced;
  return `${fallback[0]}.${match[2]}`;
}

/**
 * "smtp; " and the reply as it came, line by line; "X-Mailroot; " and our own words where no server said anything
 * (RFC 3464 section 2.3.6: "smtp" is for replies). Nothing behind a success of ours.
 */
function diagnosticLines({ action, status }: NotifiedRecipient): string[] {
  const [first, ...rest] = replyLines(status);
  if (first !== undefined) return [`smtp; ${first}`, ...rest];
  const isTrouble = action === 'failed' || action === 'delayed';
  return isTrouble ? [`X-Mailroot; ${ownWords(status)}`] : [];
}

/** What the remote server said; empty when nobody did. */
export const replyLines = (status: SmtpStatus): string[] => plainLines(status.reply ?? '');

/** What we say about it. */
export function ownWords(status: SmtpStatus): string {
  const code = Number.isInteger(status.code) && status.code >= 200 && status.code < 600 ? status.code : 451;
  return plainPhrase(`${code} ${status.enhanced} ${status.text}`);
}

/** A name of others, which may be anything, with the characters of a host name or an address literal alone. */
const hostPhrase = (name: string): string => plainPhrase(name, 255).replace(/[^A-Za-z0-9._:[\]-]/g, '?');

/** As RFC 3464 wants a host: its name, or the address as a literal when it has none. */
function hostName(remote: RemoteHost): string {
  const bare = remote.name.replace(/^\[(.*)\]$/, '$1');
  if (/^[0-9.]+$/.test(bare)) return `[${bare}]`;
  return bare.includes(':') ? `[IPv6:${bare.replace(/^ipv6:/i, '')}]` : remote.name;
}
