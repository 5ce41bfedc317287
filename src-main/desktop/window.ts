/**
 * The console's window: sandboxed, remembered, and hidden rather than closed, so that the relay goes on.
 */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { HostCommand } from '../api/contract/host';
import { consoleOrigin } from './console-protocol';
import type { DesktopStateFile } from './state';
import { boundZoomLevel } from './zoom';

export interface ConsoleWindow {
  show(): void;
  send(command: HostCommand): void;
  /** Keeps the window's place for the next start; a window that is destroyed does not say goodbye. */
  remember(): void;
  readonly browserWindow: BrowserWindow;
}

export interface ConsoleWindowOptions {
  readonly state: DesktopStateFile;
  readonly iconPath: string;
  readonly preloadPath: string;
  /** True once the application is ending: the window may then really close. */
  readonly isQuitting: () => boolean;
  /** Called each time the user closed the window and it was hidden instead. */
  readonly onHidden: (window: BrowserWindow) => void;
}

const defaultSize = { width: 1280, height: 800 };
const minReloadMs = 10_000;

/** Creates the window; it is shown when its content is there. */
export function createConsoleWindow(options: ConsoleWindowOptions): ConsoleWindow {
  const { state } = options;
  const remembered = state.read();
  const window = new BrowserWindow({
    ...(isOnScreen(remembered.window) ? remembered.window : defaultSize),
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Mailroot',
    icon: options.iconPath,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#1f1f1f' : '#ffffff',
    webPreferences: {
      preload: options.preloadPath,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  // The console draws its own menu bar, and Alt belongs to that one.
  window.setMenuBarVisibility(false);
  if (remembered.isMaximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  const remember = (): void =>
    state.merge({
      window: window.getNormalBounds(),
      isMaximised: window.isMaximized(),
      ...(window.webContents.isDestroyed() ? {} : { zoomLevel: window.webContents.getZoomLevel() }),
    });
  // Not before: what is not loaded yet has no size. A page that is loaded anew keeps what it had.
  window.webContents.once('did-finish-load', () =>
    window.webContents.setZoomLevel(boundZoomLevel(state.read().zoomLevel ?? 0)),
  );
  reloadAfterCrash(window);
  window.on('close', (event) => {
    remember();
    if (options.isQuitting()) return;
    event.preventDefault();
    window.hide();
    options.onHidden(window);
  });
  void window.loadURL(`${consoleOrigin}/`);
  return {
    browserWindow: window,
    show() {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    remember,
    send: (command) => window.webContents.send('mailroot:command', command),
  };
}

/** The page holds nothing that the engine does not: after a crash it is simply loaded again. */
function reloadAfterCrash(window: BrowserWindow): void {
  let lastReloadAt = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    // A page that crashes while it loads would go on for ever.
    if (Date.now() - lastReloadAt < minReloadMs) return;
    lastReloadAt = Date.now();
    window.webContents.reload();
  });
}

/** A remembered place is of no use when that screen is gone. */
function isOnScreen(
  bounds: { x: number; y: number; width: number; height: number } | undefined,
): bounds is { x: number; y: number; width: number; height: number } {
  if (!bounds) return false;
  const middle = { x: bounds.x + bounds.width / 2, y: bounds.y + 20 };
  return screen
    .getAllDisplays()
    .some(
      ({ workArea }) =>
        middle.x >= workArea.x &&
        middle.x < workArea.x + workArea.width &&
        middle.y >= workArea.y &&
        middle.y < workArea.y + workArea.height,
    );
}
