/** What the desktop remembers for itself: where the window was, and which hint was given. Not a setting. */
import Store from 'electron-store';
import { z } from 'zod';

const desktopState = z.object({
  window: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }).optional().catch(undefined),
  isMaximised: z.boolean().optional().catch(undefined),
  /** As Electron counts; 0 is the content's own size. */
  zoomLevel: z.number().min(-10).max(10).optional().catch(undefined),
  hasSeenClosedHint: z.boolean().optional().catch(undefined),
});

export type DesktopState = Readonly<z.infer<typeof desktopState>>;

export interface DesktopStateFile {
  read(): DesktopState;
  merge(change: DesktopState): void;
}

/** What of a remembered state can be used; anything else is as if it had never been there. Pure. */
export function parseDesktopState(value: unknown): DesktopState {
  return desktopState.catch({}).parse(value);
}

/** A damaged file is forgotten: nothing in it is worth a question at start. */
export function openDesktopState(folder: string): DesktopStateFile {
  const store = new Store<{ state: unknown }>({
    cwd: folder,
    name: 'desktop',
    defaults: { state: {} },
    clearInvalidConfig: true,
  });
  const read = (): DesktopState => parseDesktopState(store.get('state'));
  return {
    read,
    merge: (change) => store.set('state', { ...read(), ...change }),
  };
}
