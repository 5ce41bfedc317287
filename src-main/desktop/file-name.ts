/** Names that come from mail, made safe as names of files on every system. Pure. */
import { basename } from 'node:path';

const reservedNames = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name from a mail as a file name: no folders, no control characters, nothing Windows reserves. */
export function cleanFileName(name: string): string {
  const flat = basename(name.replaceAll('\\', '/'))
    // Direction marks could make "gpj.exe" read "exe.jpg".
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 150);
  return flat === '' || reservedNames.test(flat) ? `_${flat}` : flat;
}
