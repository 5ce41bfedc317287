/**
 * What a page in our window may do beyond showing itself: nothing. No navigation away, no new windows, no
 * permissions, no webviews; only http(s) links open, outside, in the system's browser.
 */
import { app, type Session, shell, type WebContents } from 'electron';
import { consoleOrigin } from './console-protocol';

/** True for a page of ours. */
export function isConsoleUrl(url: string): boolean {
  return url === consoleOrigin || url.startsWith(`${consoleOrigin}/`);
}

/** Opens a link outside when it is plain http(s); everything else is refused. */
function openOutside(url: string): void {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return;
  }
  if (parsed.protocol === 'https:' || parsed.protocol === 'http:') void shell.openExternal(parsed.href);
}

function restrictContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isConsoleUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    // Message frames are srcdoc; a link in one must not load anything into it.
    if (!isConsoleUrl(event.url) && event.url !== 'about:srcdoc') event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Applies the rules to every page that is ever created. Call once, before the first window. */
export function restrictNavigation(): void {
  app.on('web-contents-created', (_event, contents) => restrictContents(contents));
}

/** The console needs none of the browser's permissions, except to write to the clipboard on a click. */
export function restrictPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
}
