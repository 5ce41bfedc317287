/**
 * Where Mailroot keeps its data when nobody says otherwise. Desktop, service and command line all ask here,
 * so that `mailroot status` finds the engine that the desktop started.
 */
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

export interface DataFolderFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By default the user's. */
  readonly homeDirectory?: string;
}

/** Names the data folder for a whole computer or account, for instance that of an installed service. */
const dataFolderVariable = 'MAILROOT_DATA';

/**
 * The default data folder: the one named by MAILROOT_DATA, else a folder of the user's own that other users
 * cannot read (on Windows below Local AppData and not ProgramData, whose folders everybody may read).
 * An installed service is given its folder, because its account has no home worth the name.
 */
export function defaultDataFolder({ platform, env, homeDirectory = homedir() }: DataFolderFacts): string {
  const path = platform === 'win32' ? win32 : posix;
  const named = env[dataFolderVariable];
  if (named !== undefined && path.isAbsolute(named)) return path.normalize(named);
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA;
    return path.join(
      local && path.isAbsolute(local) ? local : path.join(homeDirectory, 'AppData', 'Local'),
      'Mailroot',
    );
  }
  if (platform === 'darwin') return path.join(homeDirectory, 'Library', 'Application Support', 'Mailroot');
  // XDG Base Directory: a relative path is to be ignored.
  const xdg = env.XDG_DATA_HOME;
  return path.join(
    xdg && path.isAbsolute(xdg) ? xdg : path.join(homeDirectory, '.local', 'share'),
    'mailroot',
  );
}
