/**
 * Makes the HTML of a message fit to be shown. Three layers, each of which alone should hold: what is removed
 * here (scripts, forms, frames, links, refresh), the content security policy inside the document (nothing is
 * loaded from anywhere), and the sandbox of the frame that shows it (nothing runs, nothing leaves). Needs a DOM;
 * loads nothing itself. Never returns anything but a whole document with the policy in front.
 */
import DOMPurify from 'dompurify';
import type { ParsedAttachment } from './parsed-mail';

/** More HTML than this is shown as text: the sanitiser works in the page. */
export const maxHtmlCharacters = 4 * 1024 * 1024;

export interface SanitisedHtml {
  /** For `srcdoc` of a frame with an empty `sandbox`. */
  readonly document: string;
  /** The message refers to pictures, styles or fonts elsewhere; they are not loaded. */
  readonly hasRemoteContent: boolean;
}

const framePolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'";

/**
 * The paper is light whatever the console's theme is: mail is written for light paper. The colours stand here and
 * not in the theme because the frame sees nothing of the page.
 */
const paper = `html{background:#fff;color:#1b1a19;color-scheme:light}
body{margin:12px;font:14px/1.45 "Segoe UI",system-ui,sans-serif;overflow-wrap:break-word}
img{max-width:100%}a{color:#0f5aa8;text-decoration:underline}pre{white-space:pre-wrap}`;

const head = `<meta http-equiv="Content-Security-Policy" content="${framePolicy}">
<meta name="referrer" content="no-referrer"><meta charset="utf-8"><style>${paper}</style>`;

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
/** Also catches what CSS escapes only half: a false alarm costs a calm line, nothing more. */
const remoteCss = /url\(\s*["']?\s*(?:https?:|ftp:|\/\/)|@import/i;

export function isRemoteUrl(url: string): boolean {
  return remoteUrl.test(url);
}

export function hasRemoteCss(css: string): boolean {
  return remoteCss.test(css);
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
export function sanitiseHtml(html: string, attachments: readonly ParsedAttachment[]): SanitisedHtml {
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
  let hasRemoteContent = html.length > 0 && /<link[^>]+stylesheet/i.test(html);
  for (const element of root.querySelectorAll('*')) {
    if (tameElement(element, attachments)) hasRemoteContent = true;
  }
  for (const style of root.querySelectorAll('style')) {
    if (hasRemoteCss(style.textContent ?? '')) hasRemoteContent = true;
  }
  const body = root.querySelector('body');
  const styles = [...root.querySelectorAll('head style')].map((style) => style.outerHTML).join('');
  return {
    document: `<!doctype html><html><head>${head}${styles}</head>${body?.outerHTML ?? '<body></body>'}</html>`,
    hasRemoteContent,
  };
}

/** Pictures come from the message or not at all, links lead nowhere. True when something remote was named. */
function tameElement(element: Element, attachments: readonly ParsedAttachment[]): boolean {
  let isRemote = hasRemoteCss(element.getAttribute('style') ?? '');
  for (const name of ['src', 'background']) {
    const url = element.getAttribute(name);
    if (url === null) continue;
    const contentId = contentIdOf(url);
    if (contentId !== undefined) {
      const picture = attachments.find(
        (attachment) => attachment.contentId === contentId && attachment.type.startsWith('image/'),
      );
      if (picture) element.setAttribute(name, dataUrl(picture));
      else element.removeAttribute(name);
    } else if (!/^\s*data:image\//i.test(url)) {
      if (isRemoteUrl(url)) isRemote = true;
      element.removeAttribute(name);
    }
  }
  const link = element.getAttribute('href');
  if (link !== null) {
    element.removeAttribute('href');
    // Where it would lead is worth knowing; following it is not offered here.
    if (element.localName === 'a') {
      element.setAttribute('title', link.slice(0, 500));
      element.setAttribute('style', `${element.getAttribute('style') ?? ''};text-decoration:underline`);
    }
  }
  return isRemote;
}

function dataUrl({ type, bytes }: ParsedAttachment): string {
  // The type came with the message; only its own characters may enter the address.
  const mediaType = /^image\/[\w.+-]+$/.test(type) ? type : 'image/png';
  return `data:${mediaType};base64,${encodeBase64(bytes)}`;
}

function encodeBase64(bytes: Uint8Array): string {
  const chunk = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += chunk) {
    binary += String.fromCharCode(...bytes.subarray(at, at + chunk));
  }
  return btoa(binary);
}
