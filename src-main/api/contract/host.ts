/**
 * What the desktop host offers to the console beyond the contract. Optional: in the browser there is none,
 * and the console then uses a download, a typed path, or leaves the verb out.
 */

/** What the tray, or a notification, asks the console to show. */
export type HostCommand =
  | { readonly kind: 'select-server'; readonly serverId: number }
  | {
      readonly kind: 'select-folder';
      readonly serverId: number;
      readonly folder: 'drop' | 'queue' | 'badmail';
      /** The message that is meant. */
      readonly messageId?: string;
    };

/** A message file that the person opened by the system: double click, or the command line. */
export interface HostFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const zoomSteps = ['in', 'out', 'reset'] as const;
export type ZoomStep = (typeof zoomSteps)[number];

export interface HostCapabilities {
  readonly platform: 'win32' | 'darwin' | 'linux';
  /** System dialog for a folder; undefined when cancelled. */
  pickFolder(startPath: string): Promise<string | undefined>;
  /** System dialog for saving; false when cancelled. The name is cleaned by the host. */
  saveFile(suggestedName: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * System dialog for a folder, into which all of them are written; false when cancelled. Nothing that is there is
   * written over, names are cleaned by the host.
   */
  saveFiles(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<boolean>;
  /** Calls `listener` for each message file that the system asks to open; the host has read it. Returns how to stop. */
  onOpenFile(listener: (file: HostFile) => void): () => void;
  /** Shows a mailroot folder of a virtual server in the system's file manager. */
  openFolder(serverId: number, folder: 'pickup' | 'drop' | 'queue' | 'badmail'): Promise<void>;
  /** Makes the window's content larger or smaller by a step, or its own size again. Remembered. */
  zoom(step: ZoomStep): Promise<void>;
  /** Calls `listener` for each command from outside; returns how to stop. */
  onCommand(listener: (command: HostCommand) => void): () => void;
}

/** The page creates a message channel and posts one of its ports to itself with this; the host takes it from there. */
export const connectMessage = 'mailroot:connect';
/** Name of the capabilities object on `window`. */
export const hostGlobal = 'mailrootHost';
