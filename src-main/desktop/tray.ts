/** The system tray: state at a glance, start and stop without the window, open and quit. */
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { ServerSummary } from '../api/contract';
import { decideTrayState, describeServers, labelOf, type TrayVerb, verbLabels, verbsOf } from './tray-model';

export interface TrayOptions {
  readonly assetsFolder: string;
  readonly onOpen: (serverId?: number) => void;
  readonly onVerb: (serverId: number, verb: TrayVerb) => void;
  readonly onQuit: () => void;
}

export interface MailrootTray {
  /** undefined: the engine is in another process, and out of reach. */
  update(servers: readonly ServerSummary[] | undefined): void;
  destroy(): void;
}

export function createTray(options: TrayOptions): MailrootTray {
  const imageOf = (state: string) =>
    nativeImage.createFromPath(join(options.assetsFolder, `tray-${state}.png`));
  const tray = new Tray(imageOf('stopped'));
  tray.on('click', () => options.onOpen());
  return {
    update(servers) {
      tray.setImage(imageOf(decideTrayState(servers)));
      tray.setToolTip(describeServers(servers));
      tray.setContextMenu(Menu.buildFromTemplate(buildMenu(servers ?? [], options)));
    },
    destroy: () => tray.destroy(),
  };
}

function buildMenu(
  servers: readonly ServerSummary[],
  options: Omit<TrayOptions, 'assetsFolder'>,
): MenuItemConstructorOptions[] {
  const verbItems = (server: ServerSummary): MenuItemConstructorOptions[] =>
    verbsOf(server.state).map((verb) => ({
      label: verbLabels[verb],
      click: () => options.onVerb(server.id, verb),
    }));
  return [
    { label: 'Open Mailroot', click: () => options.onOpen() },
    { type: 'separator' },
    ...servers.map(
      (server): MenuItemConstructorOptions => ({
        label: labelOf(server),
        submenu: [
          ...verbItems(server),
          { type: 'separator' },
          { label: 'Show in console', click: () => options.onOpen(server.id) },
        ],
      }),
    ),
    { type: 'separator' },
    { label: 'Quit Mailroot', click: () => options.onQuit() },
  ];
}
