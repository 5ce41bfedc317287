/**
 * The keyboard of the menu bar, as in every Windows program: F10, or Alt alone on the desktop, goes to it, arrows
 * go along it and from menu to menu, Esc goes back to where the focus was.
 */
import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { useHost } from '../client';

export interface MenuBarKeys {
  readonly bar: RefObject<HTMLDivElement | null>;
  /** Title of the menu that is open. */
  readonly open: string | undefined;
  /** The one menu of the bar that Tab leads to. */
  readonly current: string;
  readonly setOpen: (title: string, isOpen: boolean) => void;
  /** Gives the focus back to where it was before it came to the bar. */
  readonly goBack: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
}

const titleOf = (element: Element | null): string | undefined =>
  element?.closest<HTMLElement>('[data-menu]')?.dataset.menu;

export function useMenuBarKeys(titles: readonly [string, ...string[]]): MenuBarKeys {
  const bar = useRef<HTMLDivElement>(null);
  const before = useRef<Element>(null);
  const [open, setOpenTitle] = useState<string>();
  const [current, setCurrent] = useState(titles[0]);
  const focus = (title: string): void =>
    bar.current?.querySelector<HTMLElement>(`[data-menu="${title}"]`)?.focus();
  const goBack = (): void => {
    if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
  };
  useBarShortcuts(() => focus(titles[0]));

  const step = (by: number): void => {
    const from = titles.indexOf(open ?? current);
    const next = titles[(from + by + titles.length) % titles.length] ?? titles[0];
    focus(next);
    if (open !== undefined) setOpenTitle(next);
  };
  return {
    bar,
    open,
    current,
    goBack,
    // One that closes because another opens must not close that one.
    setOpen: (title, isOpen) => setOpenTitle((now) => (isOpen ? title : now === title ? undefined : now)),
    onKeyDown: (event) => {
      // Keys of an open menu come through here too; those that it used are marked.
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const isOnSubmenu =
        event.target instanceof Element &&
        event.target.getAttribute('aria-haspopup') === 'menu' &&
        titleOf(event.target) === undefined;
      if (event.key === 'ArrowRight' && !isOnSubmenu) step(1);
      else if (event.key === 'ArrowLeft') step(-1);
      else if (event.key === 'Escape' && open === undefined) goBack();
      else return;
      event.preventDefault();
    },
    onFocus: (event) => {
      const title = titleOf(event.target);
      if (title === undefined) return;
      setCurrent(title);
      const from = event.relatedTarget;
      if (from instanceof Element && titleOf(from) === undefined && from.closest('[role="menu"]') === null)
        before.current = from;
    },
  };
}

/** Alt alone is the browser's own where there is one. */
function useBarShortcuts(goToBar: () => void): void {
  const hasAlt = useHost() !== undefined;
  const go = useRef(goToBar);
  go.current = goToBar;
  useEffect(() => {
    let isAltAlone = false;
    const isFree = (event: globalThis.KeyboardEvent): boolean =>
      !event.defaultPrevented &&
      !(
        event.target instanceof Element &&
        event.target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null
      );
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      isAltAlone = event.key === 'Alt' && !event.ctrlKey && !event.shiftKey && !event.metaKey;
      if (event.key !== 'F10' || event.shiftKey || !isFree(event)) return;
      event.preventDefault();
      go.current();
    };
    const onKeyUp = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'Alt' || !isAltAlone || !isFree(event)) return;
      isAltAlone = false;
      go.current();
    };
    const forget = (): void => {
      isAltAlone = false;
    };
    window.addEventListener('keydown', onKeyDown);
    if (hasAlt) window.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', forget);
    window.addEventListener('pointerdown', forget);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', forget);
      window.removeEventListener('pointerdown', forget);
    };
  }, [hasAlt]);
}
