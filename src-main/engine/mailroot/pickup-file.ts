/**
 * The envelope of a Pickup file, from its header alone. Pure.
 *
 * As in IIS 6: X-Sender and X-Receiver lines on top are the envelope; else the sender is Sender before From,
 * and the recipients are all of To, Cc and Bcc. X-Sender without X-Receiver, or the other way round, leaves
 * the other half to those headers. Resent-* lines play no part. A file that names no sender comes from the default
 * sender, where one is set.
 * Promises: linear time, bounded output, and either an envelope whose every address can be used or a fault
 * with a sentence for people; never an envelope with some of the recipients left out.
 */
import { domainOf, isAscii, isEnvelopeAddress, localPartOf } from '../core/address';
import type { EnvelopeDraft, NotifyCondition } from '../core/envelope';
import type { BadmailCause } from '../core/event';
import { decodeXtext } from '../core/xtext';
import { parseAddressList } from './address-list';
import { type HeaderField, readHeaderFields } from './header-fields';

/** Header block of a Pickup file; a larger one is not mail but an accident or an attack. */
export const longestHeaderBytes = 1024 * 1024;
/** The largest header could name many more; nobody's mailing does. */
const mostRecipients = 50_000;
/** IIS 6: "error processing a pickup file". */
export const pickupErrorCode = 0xc00402ce;

type DraftRecipient = EnvelopeDraft['recipients'][number];

export interface PickupEnvelope {
  readonly kind: 'envelope';
  readonly sender: string;
  readonly recipients: readonly DraftRecipient[];
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  /** Bytes of X-Sender and X-Receiver lines at the start; they are not sent. */
  readonly envelopeBytes: number;
}

export interface PickupFault {
  readonly kind: 'fault';
  readonly cause: BadmailCause;
  /** One sentence for the person who wrote the program that wrote the file. */
  readonly reason: string;
  /** Code of IIS 6 for this fault, where it had one. */
  readonly code?: number;
  readonly sender?: string;
}

/** Thrown and caught in this file only: a fault found deep inside ends the reading. */
class FaultFound extends Error {}

/**
 * @param header header block, one character a byte (latin1), with or without the blank line that ends it
 * @param facts `defaultDomain` completes addresses that have none; `defaultSender`: '' is none
 */
export function parsePickupHeader(
  header: string,
  facts: { readonly defaultDomain: string; readonly defaultSender?: string },
): PickupEnvelope | PickupFault {
  let sender: string | undefined;
  try {
    if (/^(?:\xff\xfe|\xfe\xff)/.test(header)) {
      throw new FaultFound('The file is written as UTF-16. Write it as plain ASCII or UTF-8.');
    }
    const { fields, faultyLine } = readHeaderFields(header);
    if (faultyLine !== undefined) {
      throw new FaultFound(`Line ${faultyLine} is not a header line, and no blank line stands before it.`);
    }
    const ruleEnd = fields.findIndex((field) => field.name !== 'x-sender' && field.name !== 'x-receiver');
    const envelopeFields = ruleEnd < 0 ? fields : fields.slice(0, ruleEnd);
    const ownSender = readSenderLine(envelopeFields, facts.defaultDomain);
    sender = ownSender?.address ?? senderOfHeader(fields, facts.defaultDomain) ?? facts.defaultSender ?? '';
    if (sender === '' && ownSender === undefined)
      throw new FaultFound(
        'The file names no sender: it has neither an X-Sender line nor a Sender or From line.',
      );
    const own = envelopeFields.filter((field) => field.name === 'x-receiver');
    const recipients =
      own.length > 0
        ? own.map((field) => readReceiverLine(field, facts.defaultDomain))
        : recipientsOfHeader(fields, facts.defaultDomain).map((address) => ({ address }));
    if (recipients.length === 0) {
      const reason =
        'The file names no recipient: it has no X-Receiver line and no address in To, Cc or Bcc.';
      return { kind: 'fault', cause: 'no-recipients', reason, sender };
    }
    if (recipients.length > mostRecipients) {
      throw new FaultFound(`The file names more than ${mostRecipients} recipients.`);
    }
    return {
      kind: 'envelope',
      sender,
      recipients: withoutRepeats(recipients),
      ...(ownSender?.ret === undefined ? {} : { ret: ownSender.ret }),
      ...(ownSender?.envid === undefined ? {} : { envid: ownSender.envid }),
      envelopeBytes: envelopeFields.at(-1)?.end ?? 0,
    };
  } catch (error) {
    if (!(error instanceof FaultFound)) throw error;
    return {
      kind: 'fault',
      cause: 'bad-pickup-file',
      reason: error.message,
      code: pickupErrorCode,
      ...(sender === undefined ? {} : { sender }),
    };
  }
}

interface SenderLine {
  readonly address: string;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
}

function readSenderLine(fields: readonly HeaderField[], defaultDomain: string): SenderLine | undefined {
  const [field, second] = fields.filter((candidate) => candidate.name === 'x-sender');
  if (!field) return undefined;
  if (second) throw new FaultFound('The file has more than one X-Sender line.');
  const { address, parameters } = readEnvelopeLine(field, 'X-Sender');
  const ret = parameters.get('ret')?.toLowerCase();
  const envid = readXtext(parameters.get('envid'));
  return {
    // "X-Sender: <>" is the null reverse-path: a notification.
    address: address === '' ? '' : usableAddress(address, defaultDomain, 'X-Sender'),
    ...(ret === 'full' || ret === 'hdrs' ? { ret } : {}),
    ...(envid === undefined || envid === '' || envid.length > 100 ? {} : { envid }),
  };
}

/** In xtext as over SMTP (RFC 3461 section 4); a program that does not know that writes it plainly. */
function readXtext(value: string | undefined): string | undefined {
  return value === undefined ? undefined : (decodeXtext(value) ?? value);
}

const notifyConditions: readonly string[] = ['success', 'failure', 'delay'] satisfies NotifyCondition[];

/** Each condition once; a typing error must not become NEVER, which nobody would be told of. */
function readNotify(value: string | undefined): NotifyCondition[] | undefined {
  const words = new Set(value?.toLowerCase().split(','));
  const known = [...words].filter((word): word is NotifyCondition => notifyConditions.includes(word));
  return known.length > 0 || words.has('never') ? known : undefined;
}

/** "X-Receiver: <user@example.com> NOTIFY=NEVER ORCPT=rfc822;user@example.com"; the parameters are optional. */
function readReceiverLine(field: HeaderField, defaultDomain: string): DraftRecipient {
  const { address, parameters } = readEnvelopeLine(field, 'X-Receiver');
  const notify = readNotify(parameters.get('notify'));
  const orcpt = readXtext(parameters.get('orcpt'));
  return {
    address: usableAddress(address, defaultDomain, 'X-Receiver'),
    ...(notify === undefined ? {} : { notify }),
    ...(orcpt !== undefined && orcpt.length <= 500 && /^[A-Za-z0-9-]{1,64};./.test(orcpt) ? { orcpt } : {}),
  };
}

function readEnvelopeLine(
  field: HeaderField,
  label: string,
): { address: string; parameters: Map<string, string> } {
  // One address, bare or in brackets, then parameters as in RFC 3461; anything else is read as a list.
  const match = /^(?:<([^<>"]*)>|([^\s<>"(),;]+))((?:\s+[A-Za-z]{3,10}=[\x21-\x7e]*)*)$/.exec(field.value);
  if (match) {
    const parameters = new Map<string, string>();
    for (const word of (match[3] as string).split(/\s+/)) {
      const equals = word.indexOf('=');
      if (equals > 0) parameters.set(word.slice(0, equals).toLowerCase(), word.slice(equals + 1));
    }
    return { address: (match[1] ?? match[2] ?? '').trim(), parameters };
  }
  const { addresses, isMalformed } = parseAddressList(field.value, 1);
  const [address] = addresses;
  if (isMalformed || address === undefined || addresses.length > 1) {
    throw new FaultFound(`The ${label} line ${quote(field.value)} must hold exactly one address.`);
  }
  return { address, parameters: new Map() };
}

function senderOfHeader(fields: readonly HeaderField[], defaultDomain: string): string | undefined {
  for (const [name, label] of [
    ['sender', 'Sender'],
    ['from', 'From'],
  ]) {
    const field = fields.find((candidate) => candidate.name === name && candidate.value !== '');
    if (!field) continue;
    const { addresses, isMalformed } = parseAddressList(field.value, 1000);
    if (isMalformed) throw new FaultFound(`The ${label} line ${quote(field.value)} cannot be understood.`);
    const [first] = addresses;
    if (first !== undefined) return usableAddress(first, defaultDomain, label as string);
  }
  return undefined;
}

function recipientsOfHeader(fields: readonly HeaderField[], defaultDomain: string): string[] {
  const found: string[] = [];
  for (const [name, label] of [
    ['to', 'To'],
    ['cc', 'Cc'],
    ['bcc', 'Bcc'],
  ] as const) {
    for (const field of fields) {
      if (field.name !== name) continue;
      const { addresses, isMalformed } = parseAddressList(field.value, mostRecipients);
      if (isMalformed) throw new FaultFound(`The ${label} line ${quote(field.value)} cannot be understood.`);
      for (const address of addresses) found.push(usableAddress(address, defaultDomain, label));
    }
  }
  return found;
}

/** The address with a domain, its domain in ASCII (RFC 5891); a fault when it can then not be used. */
function usableAddress(address: string, defaultDomain: string, label: string): string {
  const isQualified = address.includes('@') && !address.endsWith('"');
  let full = isQualified ? address : `${address}@${defaultDomain}`;
  if (!isAscii(full)) {
    full = Buffer.from(full, 'latin1').toString('utf8');
    full = `${localPartOf(full)}@${domainOf(full)}`;
  }
  if (full.endsWith('.')) full = full.slice(0, -1);
  // What was no UTF-8 became U+FFFD.
  if (full.includes('\ufffd') || !isEnvelopeAddress(full, { allowsUtf8: true })) {
    throw new FaultFound(`The ${label} line holds an address that cannot be used: ${quote(address)}.`);
  }
  return full;
}

function withoutRepeats(recipients: readonly DraftRecipient[]): DraftRecipient[] {
  const seen = new Map<string, DraftRecipient>();
  for (const recipient of recipients) {
    const { address } = recipient;
    // Only the domain is without case (RFC 5321 section 2.4).
    const key = `${address.slice(0, address.lastIndexOf('@'))}@${domainOf(address)}`;
    if (!seen.has(key)) seen.set(key, recipient);
  }
  return [...seen.values()];
}

/** Hostile text for a sentence: printable, short, in quotation marks. */
function quote(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${clean.length > 100 ? `${clean.slice(0, 100)}...` : clean}"`;
}
