/**
 * A message as the console shows it: plain data that crosses from the worker. Everything in it was written by
 * a stranger; names and values are bounded here, shown as text, and HTML is never used but through
 * `sanitise-html.ts`.
 */
import PostalMime, { type Address, decodeWords, type Email } from 'postal-mime';

export interface ParsedAddress {
  readonly name: string;
  readonly address: string;
}

export interface ParsedHeader {
  /** As written. */
  readonly name: string;
  /** Unfolded, encoded words decoded. */
  readonly value: string;
}

export interface ParsedAttachment {
  /** As sent; '' when the part has no name. Clean it before it becomes a file name. */
  readonly name: string;
  /** Lower-case MIME type. */
  readonly type: string;
  /** Without the angle brackets; '' when there is none. */
  readonly contentId: string;
  /** Shown inside the HTML part. */
  readonly isInline: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface ParsedMail {
  readonly subject: string;
  readonly from: ParsedAddress | undefined;
  /** Lower-case addresses of To, Cc and Bcc: who the header names. */
  readonly headerRecipients: readonly string[];
  readonly headers: readonly ParsedHeader[];
  /** True when there are more headers than are listed. */
  readonly isHeaderListCut: boolean;
  readonly html: string | undefined;
  readonly text: string | undefined;
  readonly attachments: readonly ParsedAttachment[];
}

/** More header than this is an attack on the reader: the message is then shown as source only. */
export const maxHeaderBytes = 1024 * 1024;
const maxShownHeaders = 500;
const maxHeaderValueCharacters = 10_000;

/**
 * Reads a message. Rejects what is too deeply nested or has too much header.
 *
 * @param bytes the raw message; not changed
 */
export async function parseMail(bytes: Uint8Array<ArrayBuffer>): Promise<ParsedMail> {
  const email = await PostalMime.parse(bytes, {
    maxHeadersSize: maxHeaderBytes,
    // A returned message inside a notification is an attachment, not more text of the notification.
    forceRfc822Attachments: true,
    attachmentEncoding: 'arraybuffer',
  });
  return toParsedMail(email);
}

function toParsedMail(email: Email): ParsedMail {
  const recipients = [...(email.to ?? []), ...(email.cc ?? []), ...(email.bcc ?? [])].flatMap(mailboxesOf);
  const [from] = email.from ? mailboxesOf(email.from) : [];
  return {
    subject: email.subject ?? '',
    from,
    headerRecipients: [...new Set(recipients.map((mailbox) => mailbox.address.toLowerCase()))],
    headers: email.headers.slice(0, maxShownHeaders).map((header) => ({
      name: header.originalKey,
      value: boundText(decodeWords(header.value), maxHeaderValueCharacters),
    })),
    isHeaderListCut: email.headers.length > maxShownHeaders,
    html: email.html,
    text: email.text,
    attachments: email.attachments.map((attachment) => ({
      name: attachment.filename ?? '',
      type: attachment.mimeType,
      contentId: (attachment.contentId ?? '').replace(/^<|>$/g, ''),
      isInline: attachment.related === true || isReferred(email.html, attachment.contentId),
      bytes: toBytes(attachment.content),
    })),
  };
}

function isReferred(html: string | undefined, contentId: string | undefined): boolean {
  const id = contentId?.replace(/^<|>$/g, '') ?? '';
  return id !== '' && html !== undefined && html.includes(`cid:${id}`);
}

function mailboxesOf(address: Address): ParsedAddress[] {
  return address.group ? address.group.map(({ name, address }) => ({ name, address })) : [address];
}

function boundText(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
}

function toBytes(content: ArrayBuffer | Uint8Array | string): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  return content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array(content);
}

/** Base64 as the engine writes it. Throws on anything else. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
