/** Gives bytes to the user as a file, where no system dialog is at hand: the browser's own download. */

/** Bytes are offered as opaque data, so that nothing opens or runs by itself. */
export function downloadBytes(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun with the click; the address is needed no longer than the browser takes to open it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const forbidden = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>:"/\\|?*]/g;
/** Names that Windows gives to devices, with or without an extension. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const maxNameCharacters = 120;

/**
 * A file name that no system objects to and that hides nothing: no path, no control or direction characters
 * ("exe.txt" written right to left), no trailing dots; a long one loses its middle, never its extension.
 */
export function cleanFileName(name: string, fallback: string): string {
  const cleaned = name
    .normalize('NFC')
    .replace(forbidden, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (cleaned === '') return fallback;
  const usable = deviceName.test(cleaned) ? `_${cleaned}` : cleaned;
  const characters = [...usable];
  if (characters.length <= maxNameCharacters) return usable;
  const dot = usable.lastIndexOf('.');
  const extension = dot > 0 && usable.length - dot <= 16 ? usable.slice(dot) : '';
  return characters.slice(0, maxNameCharacters - extension.length).join('') + extension;
}
