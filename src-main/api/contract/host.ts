/**
 * What the desktop host offers to the console beyond the contract. Optional: in the browser there is none,
 * and the console then uses a download, a typed path, or leaves the verb out. Types only.
 */

/** Verbs that come from outside the page: application menu, tray, a second start. */
export type HostCommand =
  | { readonly kind: 'select-server'; readonly serverId: number }
  | { readonly kind: 'new-server' }
  | { readonly kind: 'show-closed-hint' };

export interface HostCapabilities {
  readonly platform: 'win32' | 'darwin' | 'linux';
  /** System dialog for a folder; undefined when cancelled. */
  pickFolder(startPath: string): Promise<string | undefined>;
  /** System dialog for saving; false when cancelled. The name is cleaned by the host. */
  saveFile(suggestedName: string, bytes: Uint8Array): Promise<boolean>;
  /** Shows a mailroot folder of a virtual server in the system's file manager. */
  openFolder(serverId: number, folder: 'pickup' | 'drop' | 'queue' | 'badmail'): Promise<void>;
  /** Calls `listener` for each command from outside; returns how to stop. */
  onCommand(listener: (command: HostCommand) => void): () => void;
}

/** The page asks for its message port with this; the answer is the port, in the same message event shape. */
export const connectMessage = 'mailroot:connect';
/** Name of the capabilities object on `window`. */
export const hostGlobal = 'mailrootHost';
