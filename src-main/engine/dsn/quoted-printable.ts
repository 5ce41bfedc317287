/** Quoted-printable, for the parts of a notification that are not ASCII. Pure. */

/** RFC 2045 section 6.7, line by line. */
export function encodeQuotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\r\n').map(encodeLine);
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function encodeLine(line: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    const code = char.charCodeAt(0);
    const isSpace = code === 32 || code === 9;
    const isLiteral = isSpace ? at < line.length - 1 : code > 32 && code < 127 && char !== '=';
    const text = isLiteral ? char : `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
    if (length + text.length > 75) {
      pieces.push('=\r\n');
      length = 0;
    }
    pieces.push(text);
    length += text.length;
  }
  return pieces.join('');
}
