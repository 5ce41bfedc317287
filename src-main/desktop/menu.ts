/**
 * The application menu. The console draws its own menu bar; this one carries the editing and zoom keys, and
 * on macOS the menu that every application has.
 */
import { Menu, type MenuItemConstructorOptions } from 'electron';

export function buildApplicationMenu(platform: NodeJS.Platform): Menu {
  const template: MenuItemConstructorOptions[] = [
    ...(platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    ...(platform === 'darwin' ? [{ role: 'windowMenu' as const }] : []),
  ];
  return Menu.buildFromTemplate(template);
}
