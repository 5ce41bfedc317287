/** RFC 3461 section 4: everything outside "!" to "~", and "+" and "=", as "+" and two hexadecimal digits. */
export function encodeXtext(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      byte < 33 || byte > 126 || byte === 0x2b || byte === 0x3d
        ? `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}
