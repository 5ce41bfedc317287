/** What people type or choose, on its way into a call. Pure. */

/** Host names as people list them: one a line, or divided by commas. */
export function parseNames(text: string): string[] {
  return text.split(/[\s,;]+/).filter((name) => name !== '');
}

const maxDays = 3650;
export const daysReason = `Enter a number of days from 1 to ${maxDays}.`;

/** undefined: no number of days that the engine would take. */
export function parseDays(text: string): number | undefined {
  const days = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= maxDays ? days : undefined;
}

/** What a file chosen for a PEM field holds: PEM as it is, DER bytes with the lines of PEM around them. */
export function textOfFile(bytes: Uint8Array, label: string): string {
  const isDer = bytes[0] === 0x30;
  if (!isDer) return new TextDecoder().decode(bytes);
  const base64 = encodeBase64(bytes).replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** In pieces: the argument list of a call is limited. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
