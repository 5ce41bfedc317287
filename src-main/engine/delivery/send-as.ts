/**
 * "Send as": every message comes from one address, for providers that take mail of their own mailboxes only. Pure.
 *
 * Promises: afterwards there is exactly one From field, with that address and, where it can be read for certain, the
 *   name that stood there; whoever answers reaches the one whom From named before; no Sender field says otherwise;
 *   every other byte stays as it is. A header that is too long (header-edit) stays as it is.
 * Trusts: nothing in the message.
 */
import type { ContentSource } from '../core/content';
import { changeHeader, editHeader } from './header-edit';

/** @param address of a mailbox, in ASCII */
export const sendContentAs = (content: ContentSource, address: string): Promise<ContentSource> =>
  changeHeader(content, (block) => sendHeaderAs(block, address));

/**
 * The block with another From; the block itself when it comes from that address already.
 *
 * @param block the header of a message with its blank line, or all of a message
 */
export function sendHeaderAs(block: Buffer, mailbox: string): Buffer {
  let hasReplyTo = false;
  let fromCount = 0;
  let isReplyToAdded = false;
  editHeader(block, (name, value) => {
    // An empty one tells nobody where answers go.
    if (name === 'reply-to' && value.includes('@')) hasReplyTo = true;
    if (name === 'from' && fromCount++ === 0)
      isReplyToAdded = value.includes('@') && !readFrom(value, mailbox).isOnly;
    return undefined;
  });
  isReplyToAdded &&= !hasReplyTo;
  let isFirst = true;
  const edited = editHeader(block, (name, value) => {
    if (name === 'sender' || (name === 'reply-to' && isReplyToAdded)) return { fields: '' };
    if (name !== 'from') return undefined;
    if (!isFirst) return { fields: '' };
    isFirst = false;
    const { phrase, isOnly } = readFrom(value, mailbox);
    if (isOnly) return undefined;
    const from = `From:${nameAndAddress(phrase, mailbox)}\r\n`;
    return { fields: isReplyToAdded ? `${from}Reply-To:${ended(value)}` : from };
  });
  if (fromCount > 0) return edited;
  // No header begins with a folded line; it is the body, and must not become a part of the field.
  const end = /^[ \t]/.test(block.toString('latin1', 0, 1)) ? '\r\n' : '';
  return Buffer.concat([Buffer.from(`From: <${mailbox}>\r\n${end}`, 'latin1'), edited]);
}

/** A message may end in the middle of its header. */
const ended = (value: string): string => (value.endsWith('\n') ? value : `${value}\r\n`);

/** RFC 5322 section 2.1.1 would like lines of 78 characters. */
const niceLine = 78;

function nameAndAddress(phrase: string, mailbox: string): string {
  if (phrase === '') return ` <${mailbox}>`;
  const lastLine = phrase.slice(phrase.lastIndexOf('\n') + 1);
  const isLong = 'From: '.length + lastLine.length + mailbox.length + 3 > niceLine;
  return ` ${phrase}${isLong ? '\r\n <' : ' <'}${mailbox}>`;
}

/** Longer than any name; a phrase this long is no name. */
const longestPhrase = 500;
/** Atoms, encoded words, quoted strings and dots, perhaps over several lines (RFC 5322 sections 3.2.5 and 4.1). */
const phrasePattern =
  /^(?:[^\u0000-\u0020"(),:;<>@[\\\]\u007f]|"(?:[^"\\\u0000-\u001f\u007f]|\\[ -~])*"|[ \t]|\r?\n(?=[ \t]+\S))*$/;

/** The name in front of the only address, or of the first; `isOnly`: nothing else than this mailbox stands there. */
function readFrom(value: string, mailbox: string): { readonly phrase: string; readonly isOnly: boolean } {
  const text = value.trim();
  const open = angleOf(text);
  if (open < 0) return { phrase: '', isOnly: isSame(text, mailbox) };
  const phrase = text.slice(0, open).trim();
  const isName = phrase.length <= longestPhrase && phrasePattern.test(phrase);
  const isOnly = isName && text.endsWith('>') && isSame(text.slice(open + 1, -1).trim(), mailbox);
  return { phrase: isName ? phrase : '', isOnly };
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Index of the first angle bracket outside of quotes; -1: none, or a comma or colon comes first. */
function angleOf(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '<') return at;
    else if (char === ',' || char === ':' || char === ';') return -1;
  }
  return -1;
}
