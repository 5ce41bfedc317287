/**
 * Builds the message that tells a sender what became of a message: multipart/report with a text for people, a
 * part for programs (RFC 3464) and what was sent (RFC 6522).
 *
 * Promises: what we write has CRLF and short lines, and is ASCII unless the sender's own address is not; nothing
 * that a remote server, a client or the message itself says can break the structure. A large message goes back
 * without being in memory as a whole.
 * Fails: a request for a notification about a notification is a fault of the caller and throws (RFC 3461
 * section 6.1: never to a null reverse-path). Rejects as reading the message does.
 */
import { isAscii } from '../core/address';
import type { BodyType } from '../core/envelope';
import type { NotificationAction, NotificationRequest } from '../core/notification';
import { actionWords, writeForPeople } from './people-text';
import { encodeQuotedPrintable } from './quoted-printable';
import { cleanUnicode, formatReportFields } from './report-fields';
import { foldField, formatDate, plainPhrase } from './report-text';
import { type ReturnedPart, readReturnedPart } from './returned-part';

export interface NotificationFacts {
  readonly fqdn: string;
  /** Address in the From line. */
  readonly postmaster: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Different for each notification. */
  readonly boundarySeed: string;
  /** What goes back of a message whose sender did not say it (RET). Default: headers. */
  readonly returnedContent?: 'headers' | 'full';
  /** A whole message is returned up to this size. Default 1 MiB; Infinity: whatever its size; 0: never. */
  readonly maxReturnedBytes?: number;
}

export interface Notification {
  /** May be called again. Rejects as reading the message does. */
  stream(): AsyncIterable<Uint8Array>;
  /** Null reverse-path. */
  readonly sender: '';
  readonly recipient: string;
  readonly body: BodyType;
  /** The sender's address is in UTF-8, and so is the header of what goes back to it. */
  readonly isUtf8?: true;
}

const defaultReturnedBytes = 1024 * 1024;

export async function buildNotification(
  request: NotificationRequest,
  facts: NotificationFacts,
): Promise<Notification> {
  const { envelope, content, recipients } = request;
  const action = recipients[0]?.action;
  if (envelope.sender === '') throw new Error('A notification never goes to the null reverse-path.');
  if (action === undefined) throw new Error('A notification is about at least one recipient.');
  const wanted = envelope.ret ?? (facts.returnedContent === 'full' ? 'full' : 'hdrs');
  const returned = await readReturnedPart(content, {
    // RFC 3461 section 4.3: RET is about failures alone.
    isFull: wanted === 'full' && action === 'failed',
    maxBytes: facts.maxReturnedBytes ?? defaultReturnedBytes,
    isUtf8: envelope.isUtf8 === true,
  });
  const isUtf8 = !isAscii(envelope.sender);
  const text = textPart(writeForPeople(request, action));
  const report = reportPart(request, { fqdn: facts.fqdn, isUtf8Path: isUtf8 });
  const boundary = await unusedBoundary(facts.boundarySeed, [text.content, report.content], returned);
  const isEightBit = returned.isEightBit || report.isEightBit;
  const head = [
    ...headerLines(request, facts, action),
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    ` boundary="${boundary}"`,
    ...(isEightBit ? ['Content-Transfer-Encoding: 8bit'] : []),
    '',
    'This is a MIME message with a delivery report.',
    '',
  ].join('\r\n');
  const opening = (fields: string): Buffer => Buffer.from(`\r\n--${boundary}\r\n${fields}\r\n`);
  const front = Buffer.concat([
    Buffer.from(head),
    opening(text.fields),
    text.content,
    opening(report.fields),
    report.content,
    opening(returned.fields),
  ]);
  return {
    async *stream() {
      yield front;
      yield* returned.stream();
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    },
    sender: '',
    recipient: envelope.sender,
    body: isEightBit || isUtf8 ? '8bitmime' : '7bit',
    ...(isUtf8 ? { isUtf8 } : {}),
  };
}

function headerLines(
  { envelope }: NotificationRequest,
  facts: NotificationFacts,
  action: NotificationAction,
): string[] {
  const isUsableId = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/.test(envelope.messageId);
  return [
    foldField('From', plainPhrase(facts.postmaster, 320)),
    foldField('To', `<${headerAddress(envelope.sender)}>`),
    `Subject: Delivery Status Notification (${actionWords[action].subject})`,
    `Date: ${formatDate(facts.now)}`,
    foldField('Message-ID', `<dsn-${tokenOf(facts.boundarySeed)}@${plainPhrase(facts.fqdn, 255)}>`),
    ...(isUsableId ? [foldField('References', envelope.messageId)] : []),
    // RFC 3834 section 5: nobody's auto-responder answers it.
    'Auto-Submitted: auto-replied',
  ];
}

/** RFC 6532 section 3.2: a header may have UTF-8 in addresses; controls were refused at the door. */
function headerAddress(address: string): string {
  return isAscii(address) ? plainPhrase(address, 320) : cleanUnicode(address);
}

interface Part {
  readonly fields: string;
  readonly content: Buffer;
  readonly isEightBit: boolean;
}

/** Letters of an address are the only ones that may be outside of ASCII. */
function textPart(text: string): Part {
  return isAscii(text)
    ? {
        fields: 'Content-Type: text/plain; charset=us-ascii\r\n',
        content: Buffer.from(text),
        isEightBit: false,
      }
    : {
        fields: 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n',
        content: encodeQuotedPrintable(Buffer.from(text)),
        isEightBit: false,
      };
}

/**
 * "message/global-delivery-status" (RFC 6533 section 4) where addresses beyond ASCII are named to a sender who used
 * SMTPUTF8; as 8-bit where the way back is SMTPUTF8 too, else encoded, so that every server can carry it. Whoever sent
 * without SMTPUTF8 gets the ASCII form.
 */
function reportPart(
  { envelope, recipients }: NotificationRequest,
  { fqdn, isUtf8Path }: { readonly fqdn: string; readonly isUtf8Path: boolean },
): Part {
  const isUtf8 = envelope.isUtf8 === true || isUtf8Path;
  const fields = formatReportFields(envelope, recipients, { fqdn, isUtf8 });
  const content = Buffer.from(fields);
  if (isAscii(fields))
    return { fields: 'Content-Type: message/delivery-status\r\n', content, isEightBit: false };
  const encoding = isUtf8Path ? '8bit' : 'quoted-printable';
  return {
    fields: `Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: ${encoding}\r\n`,
    content: isUtf8Path ? content : encodeQuotedPrintable(content),
    isEightBit: isUtf8Path,
  };
}

/** Lengthened until no content contains it: the seed may be known to whoever wrote the message. */
async function unusedBoundary(
  seed: string,
  contents: readonly Buffer[],
  returned: ReturnedPart,
): Promise<string> {
  const base = `=_dsn_${tokenOf(seed)}`;
  for (let round = 0; ; round++) {
    const boundary = `${base}_${round}`;
    if (contents.some((content) => content.includes(boundary))) continue;
    if (!(await contains(returned.stream(), boundary))) return boundary;
  }
}

async function contains(pieces: AsyncIterable<Uint8Array>, text: string): Promise<boolean> {
  let before = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (bytes.includes(text)) return true;
    // It may begin in one piece and end in the next.
    const seam = Buffer.concat([before, bytes.subarray(0, text.length)]);
    if (seam.includes(text)) return true;
    before = Buffer.concat([before, bytes.subarray(-text.length)]).subarray(-text.length);
  }
  return false;
}

function tokenOf(seed: string): string {
  return seed.replace(/[^A-Za-z0-9]/g, '').slice(0, 50);
}
