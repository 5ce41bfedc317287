/** The beginning of an answer to a message: to whom, about what, and what it quotes. */
import type { MessageAddress } from '../../src-main/api/contract';
import type { MailSummary } from '../../src-main/mail-content';
import type { ConsoleClient } from '../client';
import { openMail } from './mail-reader';
import { folderSource } from './mail-sources';

export interface ReplyDraft {
  readonly to: string;
  /** The recipient that answers; '' where the envelope names nobody. */
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  /** "Name: value", one in a line. */
  readonly headers: string;
}

const mostQuotedLines = 200;
const mostQuotedCharacters = 20_000;
/** More would make a line that no server takes. */
const mostReferences = 20;

/** Reads a message for answering it. Rejects when it is gone. */
export async function readReplyDraft(client: ConsoleClient, address: MessageAddress): Promise<ReplyDraft> {
  const source = folderSource(client, address);
  const mail = await openMail(source);
  try {
    const recipients = source.row?.recipients ?? [];
    return draftReply(mail.content?.summary, {
      sender: source.row?.sender ?? '',
      recipient: recipients[0] ?? '',
      subject: source.row?.subject ?? '',
    });
  } finally {
    mail.close();
  }
}

/** @param known what the folder says, for a message that cannot be taken apart */
export function draftReply(
  summary:
    | Pick<MailSummary, 'from' | 'replyTo' | 'subject' | 'text' | 'messageId' | 'references'>
    | undefined,
  known: { readonly sender: string; readonly recipient: string; readonly subject: string },
): ReplyDraft {
  const author = summary?.replyTo[0]?.address ?? summary?.from?.address ?? known.sender;
  const subject = oneLine(summary?.subject ?? known.subject);
  const text = summary?.text ?? '';
  const quoted = text
    .slice(0, mostQuotedCharacters)
    .split(/\r\n|\r|\n/)
    .slice(0, mostQuotedLines)
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
  return {
    to: author,
    from: known.recipient,
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    text: text.trim() === '' ? '' : `\n\n${author} wrote:\n${quoted.trimEnd()}\n`,
    headers: threadFields(summary),
  };
}

function threadFields(summary: Pick<MailSummary, 'messageId' | 'references'> | undefined): string {
  const id = summary?.messageId ?? '';
  if (!isMessageId(id)) return '';
  const references = [...(summary?.references ?? []), id].filter(isMessageId).slice(-mostReferences);
  return `In-Reply-To: ${id}\nReferences: ${references.join(' ')}`;
}

const isMessageId = (id: string): boolean => /^<[!-;=?-~]{1,250}>$/.test(id);
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 480);
