/** A message as a person reads it in a terminal: the usual headers and the text, decoded. */
import PostalMime, { decodeWords } from 'postal-mime';
import { cleanLines, cleanText, formatPairs, formatSize } from './text-table';

/** What a message nests deeper than this, or heads with more than this, is made to hurt. */
const limits = { maxNestingDepth: 50, maxHeadersSize: 1024 * 1024 };

/** Headers, text and names of attachments; a message that cannot be parsed is shown as it is. */
export async function formatMessageText(content: Uint8Array): Promise<string> {
  const mail = await PostalMime.parse(content, limits).catch(() => undefined);
  if (!mail) return cleanLines(new TextDecoder().decode(content));
  const header = (name: string): string =>
    decodeWords(mail.headers.find((each) => each.key === name)?.value ?? '');
  const parts = [
    formatPairs([
      ['From', header('from')],
      ['To', header('to')],
      ...(header('cc') ? ([['Cc', header('cc')]] as const) : []),
      ['Subject', mail.subject ?? ''],
      ['Date', header('date')],
    ]),
    describeBody(mail),
    mail.attachments.map((each) => `Attachment: ${describeAttachment(each)}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function describeBody({
  text,
  html,
}: {
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}): string {
  if (text !== undefined) return cleanLines(text.trimEnd());
  return html === undefined
    ? '(no text)'
    : '(HTML only; see it in the console, or write it to a file with message export)';
}

function describeAttachment(part: {
  readonly filename: string | null;
  readonly mimeType: string;
  readonly content: ArrayBuffer | Uint8Array | string;
}): string {
  const bytes = typeof part.content === 'string' ? Buffer.byteLength(part.content) : part.content.byteLength;
  return `${cleanText(part.filename ?? '(no name)')}, ${cleanText(part.mimeType)}, ${formatSize(bytes)}`;
}
