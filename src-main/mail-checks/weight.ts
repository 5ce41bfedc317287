/** Size and pictures: what is clipped, slow, blocked or tracked. */
import type { CheckFinding } from '../api/contract';
import { countOf, finding, plainPlace } from './finding';
import { parseUrl } from './host-names';
import { srcsetUrls } from './html-features';
import type { HtmlOutline } from './html-outline';
import { checkLimits } from './limits';
import type { PictureSize } from './picture-size';

export interface InlinePicture {
  readonly name: string;
  readonly bytes: number;
  readonly size: PictureSize | undefined;
}

export interface WeightFacts {
  readonly totalBytes: number;
  readonly htmlBytes: number;
  readonly textCharacters: number;
  readonly hasTextPart: boolean;
  readonly pictures: readonly InlinePicture[];
}

/** Gmail shows no more of the HTML and hides the rest behind a link. */
const gmailClipBytes = 102 * 1024;
const heavyPictureBytes = 1024 * 1024;
const largeMessageBytes = 10 * 1024 * 1024;
const widestPicture = 3_000;

export interface ShownPicture {
  readonly url: string;
  readonly line: number;
  readonly isRemote: boolean;
  /** Too small to be seen: it reports that the message was opened. */
  readonly isTracker: boolean;
  readonly hasSize: boolean;
}

const dimension = (text: string | undefined): number | undefined => {
  const match = /^\s*(\d{1,6})(?:px)?\s*$/i.exec(text ?? '');
  return match ? Number(match[1]) : undefined;
};
const inStyle = (style: string, name: string): string | undefined =>
  new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, 'i').exec(style)?.[1];

/** Pictures of the HTML: of img, of backgrounds and of style sheets. */
export function listPictures(outline: HtmlOutline): ShownPicture[] {
  const pictures: ShownPicture[] = [];
  const isRemoteUrl = (url: string): boolean =>
    ['http:', 'https:', 'ftp:'].includes(parseUrl(url)?.protocol ?? '');
  const addPlain = (url: string, line: number): void => {
    pictures.push({ url, line, isRemote: isRemoteUrl(url), isTracker: false, hasSize: true });
  };
  for (const { name, attributes, line } of outline.elements) {
    const style = (attributes.style ?? '').slice(0, 10_000);
    if (name === 'img') {
      const url = (attributes.src ?? '').trim();
      const width = dimension(attributes.width) ?? dimension(inStyle(style, 'width'));
      const height = dimension(attributes.height) ?? dimension(inStyle(style, 'height'));
      const isHidden = /display\s*:\s*none/i.test(style);
      const isRemote = isRemoteUrl(url);
      pictures.push({
        url,
        line,
        isRemote,
        isTracker: isRemote && ((width ?? 9) <= 1 || (height ?? 9) <= 1 || isHidden),
        hasSize:
          (attributes.width ?? inStyle(style, 'width') ?? inStyle(style, 'max-width')) !== undefined &&
          (attributes.height ?? inStyle(style, 'height')) !== undefined,
      });
    }
    if (attributes.background !== undefined) addPlain(attributes.background.trim(), line);
    if (attributes.srcset !== undefined) for (const url of srcsetUrls(attributes.srcset)) addPlain(url, line);
    for (const url of urlsInCss(style)) addPlain(url, line);
    if (pictures.length > 5_000) break;
  }
  for (const { css, line } of outline.styleSheets) for (const url of urlsInCss(css)) addPlain(url, line);
  return pictures.slice(0, 5_000);
}

function urlsInCss(css: string): string[] {
  return [...css.slice(0, checkLimits.cssCharacters).matchAll(/url\(\s*["']?([^"')\s]{1,2000})/gi)]
    .slice(0, 200)
    .map((match) => match[1] ?? '');
}

const kb = (bytes: number): string => `${Math.round(bytes / 1024).toLocaleString('en')} KB`;

export function checkWeight(outline: HtmlOutline | undefined, facts: WeightFacts): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const add = (...given: Parameters<typeof finding>): void => void findings.push(finding(...given));
  if (facts.totalBytes > largeMessageBytes)
    add(
      'warning',
      'size.large',
      `The message has ${kb(facts.totalBytes)}.`,
      'Many servers refuse more than 10 to 25 MB. Send a link to large files instead.',
    );
  if (facts.htmlBytes > gmailClipBytes)
    add(
      'fault',
      'size.clipped',
      `The HTML has ${kb(facts.htmlBytes)}; Gmail shows the first 102 KB.`,
      'The rest, often with the unsubscribe link, is hidden behind "View entire message". Shorten the HTML, and keep pictures and styles out of it.',
    );
  else if (facts.htmlBytes > gmailClipBytes * 0.8)
    add(
      'hint',
      'size.nearly-clipped',
      `The HTML has ${kb(facts.htmlBytes)}; Gmail clips at 102 KB.`,
      'A tracking service or a longer text can carry it over the limit.',
    );
  const heavy = facts.pictures.filter(({ bytes }) => bytes > heavyPictureBytes);
  if (heavy.length > 0)
    add(
      'warning',
      'pictures.heavy',
      `${countOf(heavy.length, 'picture')} inside the message ${heavy.length === 1 ? 'has' : 'have'} more than 1 MB.`,
      'They are slow to load on a phone. Make them smaller.',
      heavy.map(({ name, bytes }) => `${name}: ${kb(bytes)}`),
    );
  const wide = facts.pictures.filter(({ size }) => size && Math.max(size.width, size.height) > widestPicture);
  if (wide.length > 0)
    add(
      'hint',
      'pictures.oversized',
      `${countOf(wide.length, 'picture')} inside the message ${wide.length === 1 ? 'is' : 'are'} larger than any screen.`,
      'Scale them to the size at which they are shown.',
      wide.map(({ name, size }) => `${name}: ${size?.width} by ${size?.height}`),
    );
  if (outline && !facts.hasTextPart)
    add(
      'warning',
      'text.missing',
      'There is no plain text beside the HTML.',
      'Readers that show no HTML see nothing, and filters count it against the message. Add a text/plain part in multipart/alternative.',
    );
  if (outline) findings.push(...checkPictures(listPictures(outline), outline.textCharacters));
  return findings;
}

function checkPictures(pictures: readonly ShownPicture[], textCharacters: number): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const places = (list: readonly ShownPicture[]): string[] =>
    list.map(({ url, line }) => `${plainPlace(url, 100) || 'no address'} (line ${line} of the HTML)`);
  const add = (
    list: readonly ShownPicture[],
    level: CheckFinding['level'],
    code: string,
    title: (what: string) => string,
    text: string,
  ): void => {
    if (list.length > 0)
      findings.push(finding(level, code, title(countOf(list.length, 'picture')), text, places(list)));
  };
  add(
    pictures.filter(({ isTracker }) => isTracker),
    'warning',
    'pictures.tracking',
    (what) => `${what} too small to be seen.`,
    'Such a picture tells its server who opened the message and when. Mail clients block it, and readers dislike it.',
  );
  const remote = pictures.filter(({ isRemote, isTracker }) => isRemote && !isTracker);
  add(
    remote,
    'hint',
    'pictures.remote',
    (what) => `${what} to be loaded from other hosts.`,
    'Many mail clients show them only after a click. Let the message be understood without them.',
  );
  add(
    pictures.filter(({ url }) => /^data:/i.test(url)),
    'warning',
    'pictures.data',
    (what) => `${what} written into the HTML as data: address.`,
    'Gmail and Outlook do not show them. Attach them and refer to them by cid:, or load them over https.',
  );
  add(
    pictures.filter(({ url }) => /^http:/i.test(url)),
    'hint',
    'pictures.http',
    (what) => `${what} over http.`,
    'Some clients load pictures over https alone.',
  );
  add(
    pictures.filter(({ hasSize, isTracker }) => !hasSize && !isTracker),
    'hint',
    'pictures.no-size',
    (what) => `${what} without width or height.`,
    'Until it is loaded the layout jumps, and Outlook shows it at its full size. Give both as attributes.',
  );
  const shown = pictures.filter(({ isTracker }) => !isTracker).length;
  if (shown > 0 && textCharacters < 100)
    findings.push(
      finding(
        'warning',
        'pictures.no-text',
        'The message is made of pictures, with hardly any text.',
        'With pictures blocked it is empty, screen readers find nothing, and filters take it for spam. Write the message as text.',
      ),
    );
  return findings;
}
