/** Where the keyboard focus is, as the page knows it. Each function runs inside the page. */

/** How to go on from the focus to an element: it is there; an arrow or Tab leads on; or it has been lost. */
export type WayToFocus = 'there' | 'right' | 'left' | 'forward' | 'backward' | 'nowhere' | 'outside';

/** Decides from the focus to `element`. Groups that have one place in the tab order are gone through by arrows. */
export function findWay(element: Element): WayToFocus {
  const active = document.activeElement;
  if (active === element) return 'there';
  if (active === null || active === document.body) return 'nowhere';
  const dialogs = '[role="dialog"], [role="alertdialog"]';
  // A dialog holds the focus; what lies behind it must not have it.
  if (active.closest(dialogs) !== element.closest(dialogs)) return 'outside';
  const isAfter = (active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  const group = element.closest('[role="tablist"], [role="toolbar"], [role="radiogroup"], [role="menubar"]');
  if (group?.contains(active)) return isAfter ? 'right' : 'left';
  return isAfter ? 'forward' : 'backward';
}

/** The focused element in a few words, for a failure. */
export function describeFocus(): string {
  const active = document.activeElement;
  if (active === null || active === document.body) return 'nothing';
  const name = active.getAttribute('aria-label') ?? active.textContent ?? '';
  return `<${active.tagName.toLowerCase()} role=${active.getAttribute('role') ?? ''}> ${name.slice(0, 60)}`;
}

/** Whether Enter in the focused element is the default button's. */
export function isInField(): boolean {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.type !== 'checkbox';
}

export const isLost = (): boolean =>
  document.activeElement === null || document.activeElement === document.body;
