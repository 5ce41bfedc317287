/**
 * Makes the HTML of a message fit to be shown. Three layers, each of which alone should hold: what is removed
 * here (scripts, forms, frames, links, refresh), the content security policy inside the document (nothing is
 * loaded from anywhere), and the sandbox of the frame that shows it (nothing runs, nothing leaves). Needs a DOM;
 * loads nothing itself. Never returns anything but a whole document with the policy in front.
 */
import DOMPurify from 'dompurify';
import { cleanCss, type FindPicture } from './clean-css';

export interface SanitisedHtml {
  /** For a frame without scripts; see html-part.tsx. */
  readonly document: string;
  /** The message refers to pictures, styles or fonts elsewhere; they are not loaded. */
  readonly hasRemoteContent: boolean;
  /** Some of it are pictures, which can be shown when a person asks. */
  readonly hasRemoteImages: boolean;
}

export type Paper = 'light' | 'dark';

export interface SanitiseOptions {
  /** A picture of the message as a `data:` address; undefined when it has none of that Content-ID. */
  readonly findPicture: FindPicture;
  readonly paper: Paper;
  /** Widens the policy by pictures from elsewhere, and nothing else. Default: false. */
  readonly areImagesShown?: boolean;
  /** For a file of its own: web links stay links. Default: false, they lead nowhere. */
  readonly areLinksKept?: boolean;
  /** Of the document; only a file of its own shows it. */
  readonly title?: string;
  /** HTML of ours that stands before the message. */
  readonly leading?: string;
}

const framePolicy = (imageSources: string): string =>
  `default-src 'none'; img-src ${imageSources}; style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'`;

/**
 * The paper is its own choice, whatever the console's theme is. The colours stand here and not in the theme because
 * the frame sees nothing of the page.
 */
const papers: Record<Paper, string> = {
  light: 'html{background:#fff;color:#1b1a19;color-scheme:light}a{color:#0f5aa8}',
  dark: 'html{background:#1f1f1f;color:#f3f2f1;color-scheme:dark}a{color:#8ab8f0}',
};
const layout = `body{margin:12px;font:14px/1.45 "Segoe UI",system-ui,sans-serif;overflow-wrap:break-word}
img{max-width:100%}a{text-decoration:underline}a[tabindex]{cursor:pointer}pre{white-space:pre-wrap}
@media print{html{background:none;color:#000}}`;

const forbiddenTags = [
  'base',
  'link',
  'meta',
  'title',
  'form',
  'input',
  'button',
  'select',
  'option',
  'optgroup',
  'textarea',
  'datalist',
  'output',
  'dialog',
  'iframe',
  'frame',
  'frameset',
  'object',
  'embed',
  'applet',
  'portal',
  'audio',
  'video',
  'source',
  'track',
  'noscript',
  'template',
  'slot',
  'map',
  'area',
];
/** Ways to load or to send without a script. `target`, `ping` and the like do nothing useful here either. */
const forbiddenAttributes = [
  'srcset',
  'sizes',
  'action',
  'formaction',
  'ping',
  'target',
  'poster',
  'cite',
  'longdesc',
  'usemap',
  'autofocus',
  'tabindex',
  'accesskey',
  'contenteditable',
];

const remoteUrl = /^\s*(?:https?:|ftp:|\/\/)/i;
const ownPicture = /^\s*data:image\/(?!svg)/i;
const maxTitleCharacters = 500;

export function isRemoteUrl(url: string): boolean {
  return remoteUrl.test(url);
}

/** "cid:" with any spelling to the attachment's Content-ID; undefined for other addresses. RFC 2392. */
export function contentIdOf(url: string): string | undefined {
  const match = /^\s*cid:(.*)$/is.exec(url);
  if (!match) return undefined;
  const id = (match[1] ?? '').trim().replace(/^<|>$/g, '');
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** HTML of a message as a document for the sandboxed frame. */
export function sanitiseHtml(html: string, options: SanitiseOptions): SanitisedHtml {
  const clean = DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: forbiddenTags,
    FORBID_ATTR: forbiddenAttributes,
    ALLOW_DATA_ATTR: false,
    WHOLE_DOCUMENT: true,
  });
  // Not RETURN_DOM: its nodes belong to the page, where a picture begins to load as soon as it has a source.
  // A parsed document belongs to no window and loads nothing.
  const root = new DOMParser().parseFromString(clean, 'text/html');
  // Not across another "<": a thousand links without an end would be read a thousand times.
  let hasRemoteContent = /<link[^<>]+stylesheet/i.test(html);
  let hasRemoteImages = false;
  const note = (found: Found): void => {
    if (found !== 'nothing') hasRemoteContent = true;
    if (found === 'image') hasRemoteImages = true;
  };
  for (const element of root.querySelectorAll('*')) note(tameElement(element, options));
  for (const style of root.querySelectorAll('style')) {
    const { css, hasRemote } = cleanCss(style.textContent ?? '', cssOptions(options));
    style.textContent = css;
    if (hasRemote) note('image');
  }
  const body = root.querySelector('body');
  if (options.leading !== undefined) body?.insertAdjacentHTML('afterbegin', options.leading);
  const styles = [...root.querySelectorAll('head style')].map((style) => style.outerHTML).join('');
  return {
    document: `<!doctype html><html><head>${headOf(options)}${styles}</head>${body?.outerHTML ?? '<body></body>'}</html>`,
    hasRemoteContent,
    hasRemoteImages,
  };
}

const cssOptions = ({ findPicture, areImagesShown = false }: SanitiseOptions) => ({
  findPicture,
  areRemoteAllowed: areImagesShown,
});

function headOf({ paper, areImagesShown = false, title }: SanitiseOptions): string {
  const policy = framePolicy(areImagesShown ? 'data: https: http:' : 'data:');
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer"><meta charset="utf-8"><title>${escapeText(title ?? 'Message')}</title>
<style>${papers[paper]}${layout}</style>`;
}

type Found = 'nothing' | 'image' | 'other';

/** Pictures come from the message, or from where they were asked for, or not at all; links lead nowhere. */
function tameElement(element: Element, options: SanitiseOptions): Found {
  let found: Found = 'nothing';
  const style = element.getAttribute('style');
  if (style !== null) {
    const { css, hasRemote } = cleanCss(style, cssOptions(options));
    element.setAttribute('style', css);
    if (hasRemote) found = 'image';
  }
  for (const name of ['src', 'background']) {
    const url = element.getAttribute(name);
    if (url === null) continue;
    const contentId = contentIdOf(url);
    if (contentId !== undefined) {
      const picture = options.findPicture(contentId);
      if (picture === undefined) element.removeAttribute(name);
      else element.setAttribute(name, picture);
    } else if (isRemoteUrl(url)) {
      found = 'image';
      if (options.areImagesShown !== true) element.removeAttribute(name);
    } else if (!ownPicture.test(url)) element.removeAttribute(name);
  }
  tameLink(element, options.areLinksKept === true);
  return found;
}

function tameLink(element: Element, areLinksKept: boolean): void {
  const link = element.getAttribute('href');
  if (link === null) return;
  if (areLinksKept && element.localName === 'a' && /^\s*(?:https?:|mailto:)/i.test(link)) {
    element.setAttribute('rel', 'noopener noreferrer');
    return;
  }
  element.removeAttribute('href');
  // Where it would lead is worth knowing; the page around the frame asks before anything is opened.
  if (element.localName !== 'a') return;
  element.setAttribute('title', link.slice(0, maxTitleCharacters));
  element.setAttribute(linkAttribute, link.slice(0, 4000));
  element.setAttribute('role', 'link');
  element.setAttribute('tabindex', '0');
}

/** The address of a link that leads nowhere by itself. */
export const linkAttribute = 'data-mailroot-link';

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
