/** Pictures of a message: only raster types, within bounds, as `data:` addresses or as the bytes they are. */
import { useEffect, useState } from 'react';
import type { MailSummary } from '../../src-main/mail-content';
import type { FindPicture } from './clean-css';
import type { OpenMail } from './mail-reader';

/** What a browser draws and cannot run. */
const rasterTypes = /^image\/(?:png|jpe?g|gif|webp|bmp|avif|x-icon|vnd\.microsoft\.icon)$/;
export const isRaster = (type: string): boolean => rasterTypes.test(type);

export const maxPictureBytes = 16 * 1024 * 1024;
const maxAllBytes = 32 * 1024 * 1024;
const maxPictures = 200;

/** Pictures that the HTML of a message shows; undefined while they are decoded. */
export function usePictures(mail: OpenMail, summary: MailSummary | undefined): FindPicture | undefined {
  const [found, setFound] = useState<{ readonly mail: OpenMail; readonly find: FindPicture }>();
  useEffect(() => {
    let isWanted = true;
    readPictures(mail, summary).then(
      (pictures) => isWanted && setFound({ mail, find: (contentId) => pictures.get(contentId) }),
      // Closed meanwhile, or the reader died: the message is shown without them.
      () => isWanted && setFound({ mail, find: () => undefined }),
    );
    return () => {
      isWanted = false;
    };
  }, [mail, summary]);
  return found?.mail === mail ? found.find : undefined;
}

export async function readPictures(
  mail: OpenMail,
  summary: MailSummary | undefined,
): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  let bytes = 0;
  for (const { part, type, contentId, isInline, sizeBytes } of summary?.attachments ?? []) {
    if (!isInline || contentId === '' || !isRaster(type) || pictures.has(contentId)) continue;
    bytes += sizeBytes;
    if (sizeBytes > maxPictureBytes || bytes > maxAllBytes || pictures.size === maxPictures) continue;
    const decoded = await mail.decode(part, maxPictureBytes);
    if (!decoded.isCut) pictures.set(contentId, `data:${type};base64,${encodeBase64(decoded.bytes)}`);
  }
  return pictures;
}

function encodeBase64(bytes: Uint8Array): string {
  const chunk = 0x8000;
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + chunk)));
  return btoa(pieces.join(''));
}
