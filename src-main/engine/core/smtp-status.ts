/**
 * One status value for everything that can be said about a message or a command: reply code, enhanced
 * code (RFC 3463), public text, private cause. Temporary or permanent is derived from it and nowhere
 * else; what is unknown counts as temporary, so that no mail is returned by mistake.
 */

import { ownText } from './own-text';

export interface SmtpStatus {
  /** Three-digit reply code, RFC 5321 section 4.2. */
  readonly code: number;
  /** "class.subject.detail", RFC 3463; always of the same class as `code`. */
  readonly enhanced: string;
  /** One line for the peer or for a notification. Names no path and no policy. */
  readonly text: string;
  /** For the log only. */
  readonly cause?: string;
  /** What a remote server said, whole and as it came, lines joined by "\n". Absent: these are our own words. */
  readonly reply?: string;
}

/** Builds a status. The enhanced code's class must be the reply code's class. */
export function createStatus(code: number, enhanced: string, text: string, cause?: string): SmtpStatus {
  return cause === undefined ? { code, enhanced, text } : { code, enhanced, text, cause };
}

export const isSuccess = (status: SmtpStatus): boolean => status.code >= 200 && status.code < 300;
export const isPermanent = (status: SmtpStatus): boolean => status.code >= 500 && status.code < 600;
/** Everything that is neither success nor permanent. */
export const isTemporary = (status: SmtpStatus): boolean => !isSuccess(status) && !isPermanent(status);

/** A longer reply says nothing more, and it stays with the recipient for as long as that waits. */
const longestReply = 2000;

const enhancedPattern = /^([245])\.(\d{1,3})\.(\d{1,3})(?:\s+|$)/;

/**
 * Reads a remote server's reply. The enhanced code is taken from the text only when its class agrees
 * with the reply code (RFC 2034 section 4); otherwise "class.0.0" stands in.
 *
 * @param code reply code; anything outside 200..599 becomes 451
 * @param text the reply's text, lines joined by "\n", with or without the leading reply code
 */
export function parseReply(code: number | undefined, text: string): SmtpStatus {
  const known = code !== undefined && code >= 200 && code < 600 ? code : 451;
  const bare = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\d{3}[ -]/, ''))
    .join(' ')
    .trim();
  const cut = text.length > longestReply ? ownText(text.slice(0, longestReply)) : text;
  const said = code === undefined ? {} : { reply: cut };
  const match = enhancedPattern.exec(bare);
  const replyClass = String(known < 300 ? 2 : known < 500 ? 4 : 5);
  if (match && match[1] === replyClass) {
    return {
      code: known,
      enhanced: `${match[1]}.${match[2]}.${match[3]}`,
      text: bare.slice(match[0].length) || bare,
      ...said,
    };
  }
  return { code: known, enhanced: `${replyClass}.0.0`, text: bare, ...said };
}

/** "550 5.7.1 Unable to relay", the form used in replies, notifications and lists. */
export function formatStatus(status: SmtpStatus): string {
  return `${status.code} ${status.enhanced} ${status.text}`;
}
