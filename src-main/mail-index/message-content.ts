/** Words, names of files and header values of a message's content, each bounded. */
import { type MailPart, readFields, readText, scanMail } from '../mail-content';
import { htmlToWords } from './words';

const longestBody = 100_000;
const mostTextParts = 50;
const mostFileNames = 200;
const longestValue = 500;
const longestHeaders = 16 * 1024;
const mostReferences = 50;

export interface ContentFacts {
  /** Raw values of the first fields of these names, for those who decode them for display. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly fromText: string;
  readonly toText: string;
  readonly body: string;
  readonly fileNames: readonly string[];
  readonly hasAttachments: boolean;
  readonly headers: ReadonlyMap<string, string>;
  readonly messageId: string;
  readonly references: readonly string[];
}

export function readContent(bytes: Uint8Array): ContentFacts {
  const { parts } = scanMail(bytes);
  const [top] = parts;
  const { fields } = top ? readFields(bytes, top) : { fields: [] };
  const headers = new Map<string, string>();
  const first = new Map<string, string>();
  const texts = { from: '', to: '' };
  let length = 0;
  for (const { name: written, raw, decoded } of fields) {
    const name = written.toLowerCase();
    if (!first.has(name)) first.set(name, raw.replace(/\r?\n/g, ''));
    if (name === 'from' || name === 'sender' || name === 'reply-to')
      texts.from += `${decoded.slice(0, 2000)} `;
    if (name === 'to' || name === 'cc' || name === 'bcc') texts.to += `${decoded.slice(0, 20_000)} `;
    if (length >= longestHeaders) continue;
    const value = decoded.slice(0, longestValue);
    length += value.length + name.length;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const value = (name: string): string => first.get(name) ?? '';
  return {
    from: value('from'),
    to: value('to'),
    subject: value('subject'),
    fromText: texts.from,
    toText: texts.to,
    body: bodyOf(bytes, parts),
    fileNames: parts
      .filter(({ fileName }) => fileName !== '')
      .slice(0, mostFileNames)
      .map(({ fileName }) => fileName.slice(0, 300)),
    hasAttachments: parts.some(isAttachment),
    headers,
    messageId: idsIn(value('message-id'))[0] ?? '',
    references: [...idsIn(value('references')), ...idsIn(value('in-reply-to'))].slice(-mostReferences),
  };
}

function isAttachment({
  type,
  disposition,
  fileName,
  contentId,
  isMultipart,
  isMessage,
  parent,
}: MailPart): boolean {
  if (isMultipart) return false;
  if (disposition === 'attachment') return true;
  if (isMessage) return parent >= 0;
  return contentId === '' && (fileName !== '' || !type.startsWith('text/'));
}

/** Of alternatives the plain one, where there is one. */
function bodyOf(bytes: Uint8Array, parts: readonly MailPart[]): string {
  const plainOf = new Set(
    parts
      .filter(({ type, parent }) => type === 'text/plain' && parts[parent]?.type === 'multipart/alternative')
      .map(({ parent }) => parent),
  );
  let body = '';
  let count = 0;
  for (const part of parts) {
    if (body.length >= longestBody || count >= mostTextParts) break;
    const isHtml = part.type === 'text/html';
    if ((!isHtml && part.type !== 'text/plain') || part.disposition === 'attachment') continue;
    if (isHtml && plainOf.has(part.parent)) continue;
    count++;
    const text = readText(bytes, part, longestBody);
    body += `${isHtml ? htmlToWords(text) : text}\n`;
  }
  return body.slice(0, longestBody);
}

function idsIn(text: string): string[] {
  return (text.slice(0, 8192).match(/<[^<>\s]{1,250}>/g) ?? []).map((id) => id.toLowerCase());
}
