/** xtext of RFC 3461 section 4: "+" and two hexadecimal digits for what an SMTP parameter cannot hold. Pure. */

/** Undefined when it is not xtext or decodes to anything but printable ASCII (it could hide line breaks). */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  const value = text.replace(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^[ -~]*$/.test(value) ? value : undefined;
}
