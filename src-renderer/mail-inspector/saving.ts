/** Saving a message or an attachment: the system's dialog in the desktop, a download in the browser. */
import { useHost } from '../client';
import { cleanFileName, downloadBytes } from '../ui/save-file';

export interface SavedFile {
  /** As it came with the message; cleaned here. */
  readonly name: string;
  /** Stands in when nothing usable is left of the name. */
  readonly fallback: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Resolves when the file is written or the dialog was cancelled; rejects when the host could not write. */
export function useSaveFile(): (file: SavedFile) => Promise<void> {
  const host = useHost();
  return async ({ name, fallback, bytes }) => {
    const cleaned = cleanFileName(name, fallback);
    if (host) await host.saveFile(cleaned, bytes);
    else downloadBytes(cleaned, bytes);
  };
}

/** The file name that a message is saved under. */
export function messageFileName(
  subject: string,
  id: string,
  ending: 'eml' | 'html' = 'eml',
): { readonly name: string; readonly fallback: string } {
  const title = subject.trim();
  const stem = id.replace(/\.eml$/i, '');
  return { name: title === '' ? '' : `${title.slice(0, 80)}.${ending}`, fallback: `${stem}.${ending}` };
}
