/**
 * Where the control channel of a data folder listens. Every process that looks at the same folder comes to
 * the same answer, whatever its environment: that is what makes the channel a lock. No variable such as
 * TMPDIR or XDG_RUNTIME_DIR takes part, because a service and a shell do not have the same ones.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export type ControlEndpoint =
  /** Windows: the system lets go of the pipe when its process ends. */
  | { readonly kind: 'pipe'; readonly path: string }
  /** Elsewhere: sockets named after `base` in `directory`; see data-folder-claim.ts. */
  | {
      readonly kind: 'socket';
      readonly path: string;
      readonly directory: string;
      readonly base: string;
      /** True when the directory is not the data folder itself and must be made private first. */
      readonly isShared: boolean;
    };

/** A socket's path has room for 104 bytes on macOS and 108 on Linux, the closing zero included. */
const maxSocketPathBytes = 100;
/** The longest name that is put beside the socket: ".claim." and 8 digits. */
const claimSuffixBytes = 15;

export interface EndpointFacts {
  readonly platform: NodeJS.Platform;
  /** The folder's real path, so that two spellings of one folder meet. */
  readonly dataFolder: string;
  /** Owner of the data folder; the fallback directory is that user's. */
  readonly ownerId: number;
}

/** The endpoint of a data folder. Pure. */
export function findControlEndpoint({ platform, dataFolder, ownerId }: EndpointFacts): ControlEndpoint {
  if (platform === 'win32') {
    // Paths are the same whatever their case there.
    return { kind: 'pipe', path: `\\\\.\\pipe\\mailroot-${digest(dataFolder.toLowerCase())}` };
  }
  const isLong = Buffer.byteLength(join(dataFolder, 'control')) + claimSuffixBytes > maxSocketPathBytes;
  const directory = isLong ? `/tmp/mailroot-${ownerId}` : dataFolder;
  const base = isLong ? digest(dataFolder) : 'control';
  return { kind: 'socket', path: join(directory, `${base}.sock`), directory, base, isShared: isLong };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
