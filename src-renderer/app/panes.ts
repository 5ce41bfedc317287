/** F6: from pane to pane of the window. On the desktop alone; in a browser the key leads out of the page. */

/** Where each pane takes the focus, in the order of the window. */
const panes = [
  'nav [role="treeitem"][tabindex="0"]',
  'main search input',
  'main [role="grid"]',
  'main [role="tab"][aria-selected="true"]',
  'main section[tabindex="0"]',
].join(', ');

const isSeen = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** Gives the focus to the next pane, or the one before; around at the end. */
export function goToPane(isBack: boolean, root: ParentNode = document): void {
  const all = [...root.querySelectorAll<HTMLElement>(panes)].filter(isSeen);
  const active = document.activeElement;
  // The pane that the focus is in, or the last one before it.
  const at = all.findLastIndex(
    (pane) =>
      active !== null &&
      (pane.contains(active) ||
        (pane.compareDocumentPosition(active) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0),
  );
  const isInside = at >= 0 && (all[at] as HTMLElement).contains(active);
  const step = isBack ? (isInside ? -1 : 0) : 1;
  all[(at + step + all.length) % Math.max(1, all.length)]?.focus();
}
