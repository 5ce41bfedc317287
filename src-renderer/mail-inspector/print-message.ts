/** Printing a message: a document of its own in a frame that may only print, gone when it is done. */
import { type SanitiseOptions, sanitiseHtml } from './sanitise-html';

export interface PrintedMessage {
  /** Name and value, in order: what stands above the message. */
  readonly head: readonly (readonly [string, string])[];
  readonly html: string | undefined;
  readonly text: string;
}

/** More text than this is a book. */
const maxTextCharacters = 2 * 1024 * 1024;
const keptMs = 60_000;

const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const headStyle =
  'font:12px/1.4 system-ui,sans-serif;margin:0 0 12px;padding:0 0 8px;border-bottom:1px solid #999;border-collapse:collapse';

/** The whole document that goes to the printer; light, without anything from elsewhere. */
export function printDocument(message: PrintedMessage, findPicture: SanitiseOptions['findPicture']): string {
  const rows = message.head
    .map(
      ([name, value]) =>
        `<tr><td style="padding:1px 12px 1px 0;color:#555;vertical-align:top">${escapeText(name)}</td><td>${escapeText(value)}</td></tr>`,
    )
    .join('');
  const head = `<table style="${headStyle}">${rows}</table>`;
  const body =
    message.html ??
    `<pre style="font-family:inherit">${escapeText(message.text.slice(0, maxTextCharacters))}</pre>`;
  return sanitiseHtml(body, {
    findPicture,
    paper: 'light',
    title: message.head.find(([name]) => name === 'Subject')?.[1] ?? 'Message',
    leading: head,
  }).document;
}

export function printMessage(source: string): void {
  const frame = document.createElement('iframe');
  // Modals: the question of the printer is one.
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals');
  frame.title = 'Printed message';
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  Object.assign(frame.style, {
    position: 'fixed',
    width: '0',
    height: '0',
    border: '0',
    bottom: '0',
    right: '0',
  });
  frame.addEventListener('load', () => {
    const inside = frame.contentWindow;
    if (inside === null) return;
    inside.addEventListener('afterprint', () => setTimeout(() => frame.remove()));
    setTimeout(() => frame.remove(), keptMs);
    inside.print();
  });
  frame.srcdoc = source;
  document.body.append(frame);
}
