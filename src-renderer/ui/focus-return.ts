/** Gives the focus back to where it was before something opened over the page. */
import { useEffect, useState } from 'react';

/**
 * Call in what opens. When it goes away and the focus would be lost with it, the element that had the focus gets
 * it back; the function returned does so at once.
 */
export function useFocusReturn(): () => void {
  // Taken while rendering: by the time effects run, what opened has taken the focus already.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const now = document.activeElement;
        if (now === null || now === document.body) giveFocus(before);
      });
    },
    [before],
  );
  return () => giveFocus(before);
}

function giveFocus(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected) element.focus();
}
