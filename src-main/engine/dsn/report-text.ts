/**
 * Text of others inside a notification: made ASCII, single-line, bounded and folded, so that nothing a remote
 * server or a client says can end a line, a field or a part. Pure.
 */

/** Longer replies say nothing more; a field with its name stays far below 998 (RFC 5322 section 2.1.1). */
const longestPhrase = 800;
const lineWidth = 76;

/** Printable ASCII on one line; what is not becomes "?", runs of white space one space. */
export function plainPhrase(text: string, maxLength = longestPhrase): string {
  const clean = text
    .slice(0, maxLength * 4)
    .replace(/[\u0000-\u0020\u007f]+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 3)}...` : clean;
}

/** Most lines of a reply that go into a notification; a server that says more says it to nobody. */
const mostReplyLines = 20;

/** A reply of several lines, each made printable and none empty. */
export function plainLines(text: string): string[] {
  const lines = text.slice(0, 4 * longestPhrase).split(/\r?\n/);
  return lines
    .slice(0, mostReplyLines)
    .map((line) => plainPhrase(line))
    .filter((line) => line !== '');
}

/** An address as people read it: letters of all languages, nothing else that is not ASCII. */
export function addressPhrase(address: string, maxLength = longestPhrase): string {
  return [...address.slice(0, maxLength)]
    .map((character) => (/[\p{L}\p{M}\p{N}]/u.test(character) ? character : plainPhrase(character)))
    .join('');
}

/** "Name: value" folded at spaces (RFC 5322 section 2.2.3), without the line break at its end. */
export function foldField(name: string, value: string): string {
  return wrap(`${name}: ${value}`, { width: lineWidth, continuation: ' ' }).join('\r\n');
}

/** The same for a value of several lines: each begins a line of its own. */
export function foldLines(name: string, lines: readonly string[]): string {
  return lines
    .flatMap((line, at) =>
      wrap(at === 0 ? `${name}: ${line}` : ` ${line}`, { width: lineWidth, continuation: ' ' }),
    )
    .join('\r\n');
}

/** What somebody else wrote, word for word, marked as quoted. */
export function quoteLines(lines: readonly string[], indent: string): string[] {
  const mark = `${indent}> `;
  return lines.flatMap((line) => wrap(mark + line, { width: lineWidth, continuation: mark }));
}

/** Lines of running text. A word that is longer than a line stays whole. */
export function wrapText(text: string, indent = ''): string[] {
  return wrap(indent + text, { width: lineWidth, continuation: indent });
}

function wrap(text: string, shape: { readonly width: number; readonly continuation: string }): string[] {
  const lines: string[] = [];
  const indent = /^[ >]*/.exec(text)?.[0] ?? '';
  let line = indent;
  for (const word of text.slice(indent.length).split(' ')) {
    const isEmpty = /^[ >]*$/.test(line);
    if (!isEmpty && line.length + 1 + word.length > shape.width) {
      lines.push(line);
      line = shape.continuation + word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** RFC 5322 section 3.3, in UTC. */
export function formatDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
