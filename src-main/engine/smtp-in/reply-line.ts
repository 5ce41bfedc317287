/** One line of a reply as it goes to the client: bounded, and of nothing that could begin a reply of the peer's making. */

/** RFC 5321 section 4.5.3.1.5: 512 with the line's end. A hostile Message-ID may not make it longer. */
const longestReply = 510;

/** @param isUtf8 the client takes UTF-8 in replies (RFC 6531 section 3.7.4.1); without it what is not ASCII becomes "?" */
export function cleanReplyLine(text: string, isUtf8: boolean): string {
  if (text.length <= longestReply && !/[^ -~]/.test(text)) return text;
  if (!isUtf8) return text.slice(0, longestReply).replace(/[^ -~]/g, '?');
  let octets = 0;
  let clean = '';
  for (const character of text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '?')) {
    octets += Buffer.byteLength(character);
    if (octets > longestReply) break;
    clean += character;
  }
  return clean;
}
