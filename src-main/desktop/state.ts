/** What the desktop remembers for itself: where the window was, and which hint was given. Not a setting. */
import Store from 'electron-store';

export interface DesktopState {
  readonly window?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  readonly isMaximised?: boolean;
  readonly hasSeenClosedHint?: boolean;
}

export interface DesktopStateFile {
  read(): DesktopState;
  merge(change: Partial<DesktopState>): void;
}

/** A damaged file is forgotten: nothing in it is worth a question at start. */
export function openDesktopState(folder: string): DesktopStateFile {
  const store = new Store<{ state: DesktopState }>({
    cwd: folder,
    name: 'desktop',
    defaults: { state: {} },
    clearInvalidConfig: true,
  });
  return {
    read: () => store.get('state'),
    merge: (change) => store.set('state', { ...store.get('state'), ...change }),
  };
}
