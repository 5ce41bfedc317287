/** A message as a person reads it in a terminal: the usual headers and the text, decoded. */
import {
  findField,
  type MailAttachment,
  type MailPart,
  type MailSummary,
  readFields,
  scanMail,
  summariseMail,
} from '../mail-content';
import { cleanLines, cleanText, formatPairs, formatSize } from './text-table';

/** Headers, text and names of attachments. */
export function formatMessageText(content: Uint8Array): string {
  const structure = scanMail(content);
  const fields = readFields(content, structure.parts[0] as MailPart);
  const mail = summariseMail(content, { structure });
  const header = (name: string): string => findField(fields, name)?.decoded ?? '';
  const parts = [
    formatPairs([
      ['From', header('from')],
      ['To', header('to')],
      ...(header('cc') ? ([['Cc', header('cc')]] as const) : []),
      ['Subject', mail.subject],
      ['Date', header('date')],
    ]),
    describeBody(mail),
    mail.attachments.map((each) => `Attachment: ${describeAttachment(each)}`).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function describeBody({ text, html }: MailSummary): string {
  if (text !== undefined) return cleanLines(text.trimEnd());
  return html === undefined
    ? '(no text)'
    : '(HTML only; see it in the console, or write it to a file with message export)';
}

function describeAttachment({ name, type, sizeBytes }: MailAttachment): string {
  return `${cleanText(name === '' ? '(no name)' : name)}, ${cleanText(type)}, ${formatSize(sizeBytes)}`;
}
