/**
 * Brings the control of a setting before a person's eyes: by way of its tab and of the button that opens its dialog,
 * where it stands in one, and with the focus on it. Relies on the attributes that the sheets put on their controls.
 */
import { pageKeys } from './server/page-keys';

/** The tab of the server sheet that a setting stands on; undefined: on none. */
export function pageOfSetting(setting: string): string | undefined {
  return Object.entries(pageKeys).find(([, keys]) => (keys as readonly string[]).includes(setting))?.[0];
}

/** A sheet that is being opened needs a few frames; what is not there by then is not there. */
const mostFrames = 120;
const focusable = 'input, textarea, select, button, [tabindex="0"]';

/** Call when the sheet is being shown. Returns how to stop looking. */
export function showSetting(setting: string): () => void {
  let frame = 0;
  let count = 0;
  let isOpened = false;
  const look = (): void => {
    const [dialog] = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].slice(-1);
    const control = dialog?.querySelector<HTMLElement>(`[data-setting="${CSS.escape(setting)}"]`);
    if (control) {
      control.scrollIntoView({ block: 'center' });
      (control.matches(focusable) ? control : control.querySelector<HTMLElement>(focusable))?.focus();
      return;
    }
    const find = (attribute: 'opens' | 'holds'): HTMLElement | undefined =>
      [...(dialog?.querySelectorAll<HTMLElement>(`[data-${attribute}]`) ?? [])].find((each) =>
        each.dataset[attribute]?.split(',').includes(setting),
      );
    const tab = find('holds');
    if (tab?.getAttribute('aria-selected') === 'false') tab.click();
    const opener = find('opens');
    if (opener && !isOpened) {
      isOpened = true;
      opener.focus();
      opener.click();
    }
    if (++count < mostFrames) frame = requestAnimationFrame(look);
  };
  frame = requestAnimationFrame(look);
  return () => cancelAnimationFrame(frame);
}
