/** Whether something that scrolls needs a place of its own in the tab order. */
import { type RefObject, useLayoutEffect, useState } from 'react';

const focusable =
  'input:not([disabled]), textarea:not([disabled]), select:not([disabled]), button:not([disabled]), a[href], [tabindex="0"]';

/** True while it has more than it shows and nothing in it can have the focus: arrows would reach none of it. */
export function useNeedsTabStop(scroller: RefObject<HTMLElement | null>): boolean {
  const [needsStop, setNeedsStop] = useState(false);
  // After every drawing: what is disabled changes without any change of size.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void =>
      setNeedsStop(element.scrollHeight > element.clientHeight && element.querySelector(focusable) === null);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  });
  return needsStop;
}
