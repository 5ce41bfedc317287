/**
 * Every reply that an inbound session can give, in one table: the words of IIS 6, with the enhanced codes of
 * RFC 3463 as our own status values. Replies without an enhanced code (greeting, HELO, EHLO, HELP, 354;
 * RFC 2034 section 3) are plain text lines.
 */
import type { SwitchableVerb } from '../../settings/schema/protocol';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import type { MechanismName } from './sasl-mechanism';

/** What EHLO and HELP name besides what is always there. */
export interface Offers {
  /** Log-in mechanisms, in the order in which they are named; empty: no AUTH. */
  readonly auth: readonly MechanismName[];
  readonly tls: boolean;
  readonly turn: boolean;
  readonly atrn: boolean;
  readonly etrn: boolean;
}

export const replies = {
  resetting: createStatus(250, '2.0.0', 'Resetting'),
  ok: createStatus(250, '2.0.0', 'OK'),
  unknownCommand: createStatus(500, '5.3.3', 'Unrecognized command'),
  lineTooLong: createStatus(500, '5.5.2', 'Command line too long'),
  invalidArguments: createStatus(501, '5.5.4', 'Invalid arguments'),
  invalidAddress: createStatus(501, '5.5.4', 'Invalid Address'),
  invalidDomainName: createStatus(501, '5.5.4', 'Invalid domain name'),
  unknownParameter: createStatus(555, '5.5.4', 'Parameter not recognized or not implemented'),
  notImplemented: createStatus(502, '5.5.1', 'Command not implemented'),
  notAscii: createStatus(553, '5.6.7', 'Address is not ASCII and SMTPUTF8 was not requested'),
  notUtf8: createStatus(553, '5.6.7', 'Address is neither ASCII nor UTF-8'),
  helloFirst: createStatus(503, '5.5.2', 'Send hello first'),
  senderAlreadySpecified: createStatus(503, '5.5.2', 'Sender already specified'),
  needMail: createStatus(503, '5.5.2', 'Need mail command'),
  needRecipient: createStatus(503, '5.5.2', 'Need Rcpt command'),
  notAfterChunk: createStatus(503, '5.5.1', 'Not possible between the chunks of a message'),
  binaryNeedsChunks: createStatus(503, '5.5.1', 'BINARYMIME content must be sent with BDAT'),
  badChunkSize: createStatus(501, '5.5.4', 'Chunk size cannot be read, closing transmission channel'),
  chunkTooLarge: createStatus(552, '5.3.4', 'Chunk is far too large, closing transmission channel'),
  bareLineEnding: createStatus(550, '5.6.11', 'Lines must end with CR and LF, never with one of them alone'),
  tooManyRecipients: createStatus(452, '4.5.3', 'Too many recipients'),
  messageTooLarge: createStatus(552, '5.3.4', 'Message size exceeds fixed maximum message size'),
  sessionTooLarge: createStatus(552, '5.3.4', 'Session size exceeds fixed maximum session size'),
  diskFull: createStatus(452, '4.3.1', 'Insufficient system storage'),
  notAccepted: createStatus(451, '4.3.0', 'Message could not be stored, try again later'),
  internalError: createStatus(451, '4.3.0', 'Command could not be carried out, try again later'),
  outOfStep: createStatus(421, '4.3.0', 'Command could not be carried out, closing transmission channel'),
  connectionUndecided: createStatus(421, '4.4.3', 'Your host name cannot be looked up, try again later'),
  hostNameUndecided: createStatus(451, '4.4.3', 'Your host name cannot be looked up, try again later'),
  connectionRefused: createStatus(554, '5.7.1', 'Connection refused'),
  tooManyConnections: createStatus(421, '4.3.2', 'Too many connections'),
  notAvailable: createStatus(421, '4.3.2', 'Service not available'),
  terminated: createStatus(421, '4.3.2', 'Session terminated'),
  timedOut: createStatus(421, '4.4.2', 'Connection timed out'),
  tooManyConnectionsOfAddress: createStatus(421, '4.7.0', 'Too many connections from your address'),
  lockedOut: createStatus(421, '4.7.0', 'Too many failed authentications from your address, try again later'),
  tooManyErrors: createStatus(421, '4.7.0', 'Too many errors'),
  tooManyCommands: createStatus(421, '4.7.0', 'Too many commands without a message'),
  tooSlow: createStatus(421, '4.4.2', 'Message is coming in too slowly'),
  sessionTooOld: createStatus(421, '4.3.2', 'Connection has been open too long'),
  spokeTooEarly: createStatus(554, '5.5.1', 'Client spoke before it was greeted'),
  notHttp: createStatus(421, '4.7.0', 'This is not an HTTP server'),

  authenticated: createStatus(235, '2.7.0', 'Authentication successful.'),
  notAuthentic: createStatus(535, '5.7.3', 'Authentication unsuccessful'),
  tooManyLogOnFailures: createStatus(421, '4.7.0', 'Too many failed authentications'),
  accountsUnavailable: createStatus(454, '4.7.0', 'Temporary authentication failure'),
  authenticationCancelled: createStatus(501, '5.7.0', 'Authentication cancelled'),
  badBase64: createStatus(501, '5.5.2', 'Cannot decode response'),
  responseTooLong: createStatus(500, '5.5.6', 'Authentication response too long'),
  unknownMechanism: createStatus(504, '5.7.4', 'Unrecognized authentication type'),
  encryptionRequired: createStatus(538, '5.7.11', 'Encryption required for this authentication type'),
  alreadyAuthenticated: createStatus(503, '5.5.1', 'Already authenticated'),
  notDuringMail: createStatus(503, '5.5.1', 'Not possible during a mail transaction'),
  notAuthenticated: createStatus(530, '5.7.0', 'Client was not authenticated'),

  startTlsFirst: createStatus(530, '5.7.0', 'Must issue a STARTTLS command first'),
  startTls: createStatus(220, '2.0.0', 'SMTP server ready'),
  noCertificate: createStatus(554, '5.7.3', 'Unable to initialize security subsystem'),
  alreadyEncrypted: createStatus(503, '5.5.1', 'Already encrypted'),
  cipherTooWeak: (cipher: string, keyBits: number) =>
    createStatus(530, '5.7.10', `Encryption of 128 bits or more is required, but ${cipher} has ${keyBits}`),

  queuingStarted: (node: string) => createStatus(250, '2.0.0', `Queuing for ${node} started`),
  nothingHeld: (node: string) => createStatus(251, '2.0.0', `No messages waiting for node ${node}`),
  pendingStarted: (node: string) => createStatus(252, '2.0.0', `Pending messages for node ${node} started`),
  someStarted: (node: string, count: number) =>
    createStatus(253, '2.0.0', `${count} pending messages for node ${node} started`),
  cannotQueue: (node: string) => createStatus(458, '4.3.3', `Unable to queue messages for node ${node}`),
  nodeNotAllowed: (node: string) =>
    createStatus(459, '4.7.1', `Node ${node} not allowed: no mail is held for it here`),
  reversing: createStatus(250, '2.0.0', 'OK now reversing the connection'),
  turnRefused: (verb: string) => createStatus(450, '4.7.1', `${verb} request refused`),
  noMailToTurn: createStatus(453, '4.2.0', 'You have no mail'),

  senderOk: (address: string) => createStatus(250, '2.1.0', `${address}....Sender OK`),
  recipientOk: (address: string) => createStatus(250, '2.1.5', `${address} `),
  unableToRelay: (address: string) => createStatus(550, '5.7.1', `Unable to relay for ${address}`),
  chunkReceived: (sizeBytes: number) => createStatus(250, '2.0.0', `${sizeBytes} octets received`),
  queued: (messageId: string) => createStatus(250, '2.6.0', `${messageId} Queued mail for delivery`),
  cannotVerify: (address: string) =>
    createStatus(252, '2.1.5', `Cannot VRFY user, but will take message for <${address}>`),
  goodbye: (fqdn: string) => createStatus(221, '2.0.0', `${fqdn} Service closing transmission channel`),
} as const;

/** Refusals behind which nothing more can be said, because nobody knows where the next command begins, or should. */
const closing: ReadonlySet<SmtpStatus> = new Set([
  replies.sessionTooLarge,
  replies.badChunkSize,
  replies.chunkTooLarge,
]);

/** The connection ends behind this reply; so it does behind 421. */
export const closesConnection = (status: SmtpStatus): boolean => status.code === 221 || closing.has(status);

/** RFC 5321 section 4.3.2: what DATA is answered with. */
export const startMailInput = '354 Start mail input; end with <CRLF>.<CRLF>\r\n';

/** Answers whether an extension or command is switched on. */
export type IsOn = (verb: SwitchableVerb) => boolean;

/** HELP names what really works, in the original's order. */
export function formatHelp(offers: Offers, isOn: IsOn): string {
  const verbs = [
    'HELO EHLO',
    ...(offers.tls ? ['STARTTLS'] : []),
    'RCPT DATA RSET MAIL QUIT HELP',
    ...(offers.auth.length > 0 ? ['AUTH'] : []),
    ...(offers.turn && isOn('TURN') ? ['TURN'] : []),
    ...(offers.atrn && isOn('ATRN') ? ['ATRN'] : []),
    ...(offers.etrn && isOn('ETRN') ? ['ETRN'] : []),
    ...(isOn('CHUNKING') ? ['BDAT'] : []),
    ...(isOn('VRFY') ? ['VRFY'] : []),
  ].join(' ');
  return `214-This server supports the following commands:\r\n214 ${verbs}\r\n`;
}

/**
 * What greets a new connection; two spaces before the date and one at the end, as the original.
 *
 * @param facts.greeting text of one's own behind the name; '' for the usual one
 */
export function formatBanner(facts: {
  readonly fqdn: string;
  readonly version: string;
  readonly date: string;
  readonly greeting: string;
}): string {
  if (facts.greeting !== '') return `220 ${facts.fqdn} ${facts.greeting}\r\n`;
  return `220 ${facts.fqdn} Mailroot ESMTP MAIL Service, Version: ${facts.version} ready at  ${facts.date} \r\n`;
}

/** EHLO keywords in the original's order, only those that work; ends with the original's "250 OK". */
export function formatKeywords(maxMessageBytes: number, offers: Offers, isOn: IsOn): string {
  return [
    ...(offers.auth.length > 0 ? [`AUTH ${offers.auth.join(' ')}`] : []),
    // For clients from before RFC 2554.
    ...(offers.auth.includes('LOGIN') ? ['AUTH=LOGIN'] : []),
    ...(offers.turn && isOn('TURN') ? ['TURN'] : []),
    ...(offers.atrn && isOn('ATRN') ? ['ATRN'] : []),
    Number.isFinite(maxMessageBytes) ? `SIZE ${maxMessageBytes}` : 'SIZE',
    ...(offers.etrn && isOn('ETRN') ? ['ETRN'] : []),
    ...(isOn('PIPELINING') ? ['PIPELINING'] : []),
    ...(isOn('DSN') ? ['DSN'] : []),
    ...(isOn('ENHANCEDSTATUSCODES') ? ['ENHANCEDSTATUSCODES'] : []),
    ...(isOn('8BITMIME') ? ['8bitmime'] : []),
    ...(isOn('BINARYMIME') ? ['BINARYMIME'] : []),
    ...(isOn('CHUNKING') ? ['CHUNKING'] : []),
    ...(isOn('SMTPUTF8') ? ['SMTPUTF8'] : []),
    ...(isOn('VRFY') ? ['VRFY'] : []),
    ...(offers.tls ? ['TLS', 'STARTTLS'] : []),
  ]
    .map((keyword) => `250-${keyword}\r\n`)
    .concat('250 OK\r\n')
    .join('');
}
