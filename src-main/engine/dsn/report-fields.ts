/** The machine-readable part of a notification (RFC 3464 section 2). Pure; ASCII, CRLF, folded. */
import { embedUnicode, isAscii } from '../core/address';
import type { Envelope, RemoteHost } from '../core/envelope';
import type { NotifiedRecipient } from '../core/notification';
import type { SmtpStatus } from '../core/smtp-status';
import { foldField, formatDate, plainPhrase } from './report-text';

export function formatReportFields(
  envelope: Envelope,
  recipients: readonly NotifiedRecipient[],
  fqdn: string,
): string {
  const groups = [messageFields(envelope, fqdn), ...recipients.map(recipientFields)];
  return groups.map((fields) => `${fields.join('\r\n')}\r\n`).join('\r\n');
}

/** RFC 3464 section 2.2. */
function messageFields(envelope: Envelope, fqdn: string): string[] {
  const { envid, source, arrivedAt } = envelope;
  return [
    ...(envid === undefined ? [] : [foldField('Original-Envelope-Id', plainPhrase(envid))]),
    foldField('Reporting-MTA', `dns; ${plainPhrase(fqdn)}`),
    ...(source.kind === 'smtp' && source.helo !== ''
      ? [foldField('Received-From-MTA', `dns; ${plainPhrase(source.helo, 255)}`)]
      : []),
    foldField('Arrival-Date', formatDate(arrivedAt)),
  ];
}

/** RFC 3464 section 2.3, in its order. */
function recipientFields(recipient: NotifiedRecipient): string[] {
  const { address, orcpt, action, status, remote, lastAttemptAt, willRetryUntil } = recipient;
  const original = orcpt === undefined ? undefined : originalRecipient(orcpt);
  const isTrouble = action === 'failed' || action === 'delayed';
  return [
    ...(original === undefined ? [] : [foldField('Original-Recipient', original)]),
    foldField('Final-Recipient', finalRecipient(address)),
    `Action: ${action}`,
    `Status: ${statusField(recipient)}`,
    ...(remote ? [foldField('Remote-MTA', `dns; ${plainPhrase(hostName(remote), 300)}`)] : []),
    ...(isTrouble ? [foldField('Diagnostic-Code', `smtp; ${diagnostic(status)}`)] : []),
    ...(lastAttemptAt === undefined ? [] : [foldField('Last-Attempt-Date', formatDate(lastAttemptAt))]),
    ...(action === 'delayed' && willRetryUntil !== undefined
      ? [foldField('Will-Retry-Until', formatDate(willRetryUntil))]
      : []),
  ];
}

/** "type; address"; anything without a type is not one (RFC 3461 section 4.2) and is left out. */
function originalRecipient(orcpt: string): string | undefined {
  const match = /^([A-Za-z0-9-]{1,64});(.+)$/s.exec(orcpt);
  return match ? `${match[1]}; ${plainPhrase(match[2] as string)}` : undefined;
}

/** In ASCII in any case (RFC 6533 section 3), so that every server takes the report. */
function finalRecipient(address: string): string {
  return isAscii(address) ? `rfc822; ${plainPhrase(address)}` : `utf-8; ${embedUnicode(address)}`;
}

/** The class follows the action (RFC 3464 section 2.3.4): a delay is never 5, a success always 2. */
function statusField({ action, status }: NotifiedRecipient): string {
  const fallback = { failed: '5.0.0', delayed: '4.0.0', delivered: '2.0.0', relayed: '2.0.0' }[action];
  const match = /^([245])\.(\d{1,3}\.\d{1,3})$/.exec(status.enhanced);
  if (!match) return fallback;
  if (action === 'failed') return match[1] === '2' ? fallback : status.enhanced;
  return `${fallback[0]}.${match[2]}`;
}

export function diagnostic(status: SmtpStatus): string {
  const code = Number.isInteger(status.code) && status.code >= 200 && status.code < 600 ? status.code : 451;
  return plainPhrase(`${code} ${status.enhanced} ${status.text}`);
}

/** As RFC 3464 wants a host: its name, or the address as a literal when it has none. */
function hostName(remote: RemoteHost): string {
  const bare = remote.name.replace(/^\[(.*)\]$/, '$1');
  if (/^[0-9.]+$/.test(bare)) return `[${bare}]`;
  return bare.includes(':') ? `[IPv6:${bare.replace(/^ipv6:/i, '')}]` : remote.name;
}
