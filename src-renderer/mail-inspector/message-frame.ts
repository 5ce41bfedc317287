/**
 * The frame that shows HTML of a message, seen from the page around it. The frame runs no script, so the page itself
 * listens in it: to where a link leads, and to keys that belong to the window. What comes from there is text.
 */
import { linkAttribute } from './sanitise-html';

/** Neither scripts nor forms nor windows. The page must reach into it to tell where a link leads. */
export const frameSandbox = 'allow-same-origin';

export interface FrameListener {
  /** undefined: none is pointed at or focused any more. */
  readonly onPoint: (link: FrameLink | undefined) => void;
  readonly onOpen: (link: FrameLink) => void;
}

export interface FrameLink {
  readonly href: string;
  /** What the message shows in its place. */
  readonly text: string;
}

const maxTextCharacters = 500;

/** Listens until the frame's document goes. */
export function listenInFrame(frame: HTMLIFrameElement, { onPoint, onOpen }: FrameListener): void {
  const inside = frame.contentDocument;
  if (inside === null) return;
  const point = (event: Event): void => onPoint(linkOf(event.target));
  const leave = (): void => onPoint(undefined);
  inside.addEventListener('mouseover', point);
  inside.addEventListener('focusin', point);
  inside.addEventListener('mouseout', leave);
  inside.addEventListener('focusout', leave);
  const open = (event: Event): void => {
    const link = linkOf(event.target);
    if (link === undefined) return;
    event.preventDefault();
    onOpen(link);
  };
  inside.addEventListener('click', open);
  inside.addEventListener('auxclick', open);
  inside.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open(event);
    else if (isOfWindow(event)) handOn(event, frame);
  });
}

/** Puts a document into the empty page that may show pictures from elsewhere. */
export function fillFrame(frame: HTMLIFrameElement, source: string): void {
  const inside = frame.contentDocument;
  // Before the page is there the frame holds an empty document, which is replaced.
  if (inside === null || inside.URL === 'about:blank') return;
  inside.documentElement.innerHTML = source;
}

/** Elements of another document are instances of that document's classes. */
function linkOf(target: EventTarget | null): FrameLink | undefined {
  if (target === null || !('nodeType' in target)) return undefined;
  const node = target as Node;
  const element = node.nodeType === Node.ELEMENT_NODE ? (node as Element) : node.parentElement;
  const link = element?.closest(`[${linkAttribute}]`);
  const href = link?.getAttribute(linkAttribute);
  if (link === null || link === undefined || href === null || href === undefined) return undefined;
  return { href, text: (link.textContent ?? '').trim().slice(0, maxTextCharacters) };
}

/** Keys of a frame do not reach the page by themselves. */
const isOfWindow = (event: KeyboardEvent): boolean =>
  /^F\d+$/.test(event.key) || event.key === 'Escape' || event.ctrlKey || event.metaKey || event.altKey;

function handOn(event: KeyboardEvent, frame: HTMLIFrameElement): void {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  const again = new KeyboardEvent('keydown', {
    key,
    code,
    ctrlKey,
    metaKey,
    altKey,
    shiftKey,
    bubbles: true,
    cancelable: true,
  });
  if (!frame.dispatchEvent(again)) event.preventDefault();
}
