/**
 * What the queue adds to a message's header (RFC 5321 section 4.4, RFC 5322 section 3.6): one piece put in
 * front of the content, so that the content itself passes through untouched. Pure.
 *
 * Promises: the body is never changed; added lines are ASCII, end in CRLF and stay below 998 characters,
 *   whatever a peer called itself.
 */
import type { QueueId } from '../core/ids';
import { decideIdentity, type IdentityFacts } from './default-sender';
import { type FieldRange, scanHeader } from './header-scan';

export interface StampFacts {
  readonly queueId: QueueId;
  readonly fqdn: string;
  readonly productVersion: string;
  /** Arrival, milliseconds since 1970 UTC. */
  readonly at: number;
  /** Minutes east of UTC, for the dates that people read. */
  readonly offsetMinutes: number;
  /** See IntakeOptions. */
  readonly receivedFrom?: string;
  readonly protocol?: string;
  readonly isBccStripped?: boolean;
  /** Who sent it, when it may have to be told. Absent: it is not looked at, and stays as it is. */
  readonly identity?: IdentityFacts;
}

export interface StampedHeader {
  /** What stands on top of the message now, then the block's own pieces; nothing is copied. */
  readonly pieces: readonly Uint8Array[];
  /** Received lines in the block as it arrived. */
  readonly hopCount: number;
  /** With angle brackets: the one found, else the one added. */
  readonly messageId: string;
  readonly subject: string;
  /** Reverse-path as it is now; undefined without `identity`. */
  readonly sender: string | undefined;
}

/**
 * Stamps a header.
 *
 * @param block the first bytes of the message: the header with its blank line, or, when there is none, any
 *   part of the message
 */
export function stampHeader(block: Uint8Array, facts: StampFacts): StampedHeader {
  const found = scanHeader(block);
  const ownId = `<${facts.queueId}@${facts.fqdn}>`;
  let added = '';
  if (facts.receivedFrom !== undefined) added += receivedLine(facts.receivedFrom, facts);
  if (!found.hasMessageId) added += `Message-ID: ${ownId}\r\n`;
  const identity = facts.identity && decideIdentity(facts.identity, found);
  if (identity?.from !== undefined) added += `From: <${identity.from}>\r\n`;
  if (!found.hasDate) added += `Date: ${formatDate(facts.at, facts.offsetMinutes)}\r\n`;
  added += `X-OriginalArrivalTime: ${formatArrivalTime(facts.at)}\r\n`;
  // A message that is all body gets the blank line that ends the header it now has.
  if (!(found.hasFields || beginsWithBlankLine(block))) added += '\r\n';

  const pieces: Uint8Array[] = [Buffer.from(added, 'latin1')];
  let kept = 0;
  const removed: readonly FieldRange[] = [
    ...(facts.isBccStripped ? found.bcc : []),
    ...(identity?.from === undefined ? [] : found.from),
  ];
  for (const { from, to } of removed.toSorted((one, other) => one.from - other.from)) {
    if (from > kept) pieces.push(block.subarray(kept, from));
    kept = to;
  }
  if (kept < block.length) pieces.push(kept === 0 ? block : block.subarray(kept));
  return {
    pieces,
    hopCount: found.receivedCount,
    messageId: found.messageId ?? ownId,
    subject: found.subject,
    sender: identity?.sender,
  };
}

function beginsWithBlankLine(block: Uint8Array): boolean {
  return block[0] === 10 || (block[0] === 13 && block[1] === 10);
}

/** RFC 5321 section 4.4; the date stands on a line of its own, as the original folded it. */
function receivedLine(receivedFrom: string, facts: StampFacts): string {
  const from = cleanText(receivedFrom);
  const by =
    facts.protocol === undefined
      ? `by ${facts.fqdn} with Mailroot`
      : `by ${facts.fqdn} with Mailroot ${cleanText(facts.protocol)} (${facts.productVersion}) id ${facts.queueId}`;
  return `Received: ${from} ${by};\r\n\t${formatDate(facts.at, facts.offsetMinutes)}\r\n`;
}

/** A HELO name is the peer's text: nothing in it may end the line, leave ASCII or make the line too long. */
function cleanText(text: string): string {
  return text.slice(0, 500).replace(/[^\u0020-\u007e]/g, '?');
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;
const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** RFC 5322 section 3.3: "Thu, 26 Mar 2026 20:18:06 +0100". */
export function formatDate(atMs: number, offsetMinutes: number): string {
  const local = new Date(atMs + offsetMinutes * 60_000);
  const minutes = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`;
  return `${dayNames[local.getUTCDay()]}, ${dayAndTime(local)} ${zone}`;
}

/**
 * "26 Mar 2026 19:18:06.0171 (UTC) FILETIME=[4E1A2B30:01DCBD56]", as the original wrote it: milliseconds
 * with four digits; the count of 100 ns since 1601, low half first.
 */
export function formatArrivalTime(atMs: number): string {
  const utc = new Date(atMs);
  const ticks = (BigInt(Math.trunc(atMs)) + 11_644_473_600_000n) * 10_000n;
  const hex = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0');
  const filetime = `${hex(ticks & 0xffff_ffffn)}:${hex(ticks >> 32n)}`;
  const milliseconds = String(utc.getUTCMilliseconds()).padStart(4, '0');
  return `${dayAndTime(utc)}.${milliseconds} (UTC) FILETIME=[${filetime}]`;
}

function dayAndTime(date: Date): string {
  const time = `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`;
  return `${twoDigits(date.getUTCDate())} ${monthNames[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time}`;
}
