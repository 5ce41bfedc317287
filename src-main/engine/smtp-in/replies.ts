/**
 * Every reply that an inbound session can give, in one table: the words of IIS 6, with the enhanced codes of
 * RFC 3463 as our own status values. Replies without an enhanced code (greeting, HELO, EHLO, HELP, 354;
 * RFC 2034 section 3) are plain text lines.
 */
import { createStatus } from '../core/smtp-status';

export const replies = {
  resetting: createStatus(250, '2.0.0', 'Resetting'),
  ok: createStatus(250, '2.0.0', 'OK'),
  unknownCommand: createStatus(500, '5.3.3', 'Unrecognized command'),
  lineTooLong: createStatus(500, '5.5.2', 'Command line too long'),
  invalidArguments: createStatus(501, '5.5.4', 'Invalid arguments'),
  invalidAddress: createStatus(501, '5.5.4', 'Invalid Address'),
  invalidDomainName: createStatus(501, '5.5.4', 'Invalid domain name'),
  unknownParameter: createStatus(555, '5.5.4', 'Parameter not recognized or not implemented'),
  notAscii: createStatus(553, '5.6.7', 'Address is not ASCII and SMTPUTF8 is not supported'),
  helloFirst: createStatus(503, '5.5.2', 'Send hello first'),
  senderAlreadySpecified: createStatus(503, '5.5.2', 'Sender already specified'),
  needMail: createStatus(503, '5.5.2', 'Need mail command'),
  needRecipient: createStatus(503, '5.5.2', 'Need Rcpt command'),
  tooManyRecipients: createStatus(452, '4.5.3', 'Too many recipients'),
  messageTooLarge: createStatus(552, '5.3.4', 'Message size exceeds fixed maximum message size'),
  sessionTooLarge: createStatus(552, '5.3.4', 'Session size exceeds fixed maximum session size'),
  diskFull: createStatus(452, '4.3.1', 'Insufficient system storage'),
  notAccepted: createStatus(451, '4.3.0', 'Message could not be stored, try again later'),
  internalError: createStatus(451, '4.3.0', 'Command could not be carried out, try again later'),
  connectionRefused: createStatus(554, '5.7.1', 'Connection refused'),
  tooManyConnections: createStatus(421, '4.3.2', 'Too many connections'),
  notAvailable: createStatus(421, '4.3.2', 'Service not available'),
  terminated: createStatus(421, '4.3.2', 'Session terminated'),
  timedOut: createStatus(421, '4.4.2', 'Connection timed out'),
  tooManyErrors: createStatus(421, '4.7.0', 'Too many unrecognized commands'),
  notHttp: createStatus(421, '4.7.0', 'This is not an HTTP server'),

  senderOk: (address: string) => createStatus(250, '2.1.0', `${address}....Sender OK`),
  recipientOk: (address: string) => createStatus(250, '2.1.5', `${address} `),
  unableToRelay: (address: string) => createStatus(550, '5.7.1', `Unable to relay for ${address}`),
  queued: (messageId: string) => createStatus(250, '2.6.0', `${messageId} Queued mail for delivery`),
  cannotVerify: (address: string) =>
    createStatus(252, '2.1.5', `Cannot VRFY user, but will take message for <${address}>`),
  goodbye: (fqdn: string) => createStatus(221, '2.0.0', `${fqdn} Service closing transmission channel`),
} as const;

/** RFC 5321 section 4.3.2: what DATA is answered with. */
export const startMailInput = '354 Start mail input; end with <CRLF>.<CRLF>\r\n';

/** HELP names what really works, in the original's order. */
export const helpText =
  '214-This server supports the following commands:\r\n214 HELO EHLO RCPT DATA RSET MAIL QUIT HELP VRFY\r\n';

/** What greets a new connection; two spaces before the date and one at the end, as the original. */
export function formatBanner(facts: {
  readonly fqdn: string;
  readonly version: string;
  readonly date: string;
}): string {
  return `220 ${facts.fqdn} Mailroot ESMTP MAIL Service, Version: ${facts.version} ready at  ${facts.date} \r\n`;
}

/** EHLO keywords in the original's order, only those that work; ends with the original's "250 OK". */
export function formatKeywords(maxMessageBytes: number): string {
  const size = Number.isFinite(maxMessageBytes) ? `SIZE ${maxMessageBytes}` : 'SIZE';
  return `250-${size}\r\n250-PIPELINING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-8bitmime\r\n250-VRFY\r\n250 OK\r\n`;
}
