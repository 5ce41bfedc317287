/**
 * The desktop host: Electron's main process. Hosts the engine, the tray and the window; closing the window
 * changes nothing for the relay.
 */
import '../thread-pool';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, Menu, session } from 'electron';
import type { HostCommand } from '../api/contract/host';
import { Problem, reasonOf } from '../engine/core/problem';
import { defaultDataFolder } from '../settings/data-folder';
import { restoreLastGood } from '../settings/store';
import { registerConsoleScheme, serveConsole } from './console-protocol';
import { type DesktopHost, openHost } from './host';
import { connectPages } from './ipc';
import { buildApplicationMenu } from './menu';
import { restrictNavigation, restrictPermissions } from './navigation';
import { type DesktopStateFile, openDesktopState } from './state';
import { createTray, type MailrootTray } from './tray';
import type { TrayVerb } from './tray-model';
import { type ConsoleWindow, createConsoleWindow } from './window';

const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const assetsFolder = join(__dirname, '..', '..', 'assets');
const dataFolder =
  dataFolderOf(process.argv) ?? defaultDataFolder({ platform: process.platform, env: process.env });

let isQuitting = false;
let host: DesktopHost | undefined;
let tray: MailrootTray | undefined;
let consoleWindow: ConsoleWindow | undefined;

/** `--data DIR` or `--data=DIR`; Electron and Chromium put switches of their own among ours. */
function dataFolderOf(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--data');
  if (at >= 0) return argv[at + 1];
  return argv.find((word) => word.startsWith('--data='))?.slice('--data='.length);
}

registerConsoleScheme();
// One desktop for each data folder: Electron's own lock lies in userData.
app.setPath('userData', join(dataFolder, 'desktop'));
if (!app.requestSingleInstanceLock()) {
  app.exit(0);
} else {
  app.on('second-instance', () => openWindow());
  app.on('window-all-closed', () => {
    // The relay goes on in the tray; only Quit ends it.
  });
  app.on('activate', () => openWindow());
  app.on('before-quit', (event) => {
    if (isQuitting) return;
    event.preventDefault();
    void quit();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void quit());
  restrictNavigation();
  void app.whenReady().then(run);
}

async function run(): Promise<void> {
  const state = openDesktopState(join(dataFolder, 'desktop'));
  restrictPermissions(session.defaultSession);
  serveConsole(session.defaultSession, join(__dirname, '..', 'renderer'));
  Menu.setApplicationMenu(buildApplicationMenu(process.platform));
  host = await openHostOrAsk();
  if (!host) return app.exit(1);
  connectPages(host.router, host.client);
  tray = createTray({
    assetsFolder,
    onOpen: (serverId) =>
      openWindow(serverId === undefined ? undefined : { kind: 'select-server', serverId }),
    onVerb: runVerb,
    onQuit: () => void quit(),
  });
  void followServers(host);
  const summary = await host.start();
  for (const line of summary?.failed ?? []) log(`${line.name}: ${line.reason}`);
  consoleWindow = createWindow(state);
}

function createWindow(state: DesktopStateFile): ConsoleWindow {
  return createConsoleWindow({
    state,
    iconPath: join(assetsFolder, 'icon-256.png'),
    preloadPath: join(__dirname, 'preload.cjs'),
    isQuitting: () => isQuitting,
    onHidden: () => void tellOnceThatItRuns(state),
  });
}

function openWindow(command?: HostCommand): void {
  consoleWindow?.show();
  if (command) consoleWindow?.send(command);
}

/** Said once in the life of a data folder: people who close a window expect the program to end. */
async function tellOnceThatItRuns(state: DesktopStateFile): Promise<void> {
  if (state.read().hasSeenClosedHint) return;
  state.merge({ hasSeenClosedHint: true });
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Mailroot',
    message: 'Mailroot keeps running.',
    detail:
      'Mail is still received and delivered. Open this window again from the tray, or by starting Mailroot once more. To end it, choose Quit.',
    buttons: ['OK', 'Quit Mailroot'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) await quit();
}

/** A data folder that cannot be used is explained; broken settings can be put back from the last good copy. */
async function openHostOrAsk(): Promise<DesktopHost | undefined> {
  const open = () => openHost({ dataFolder, version: __VERSION__, log });
  try {
    return await open();
  } catch (error) {
    const path = join(dataFolder, 'settings.json');
    const canRestore =
      error instanceof Problem &&
      error.code === 'settings-broken' &&
      existsSync(path.replace(/\.json$/, '.last-good.json'));
    log(`cannot start: ${reasonOf(error)}`);
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Mailroot cannot start',
      message: canRestore ? 'The settings cannot be read.' : 'Mailroot cannot start.',
      detail: reasonOf(error),
      buttons: canRestore ? ['Quit', 'Put back the last good settings'] : ['Quit'],
      defaultId: 0,
      cancelId: 0,
    });
    if (response !== 1) return undefined;
    restoreLastGood(path);
    return open();
  }
}

function runVerb(serverId: number, verb: TrayVerb): void {
  host?.client.servers[verb]({ serverId }).catch((error: unknown) => {
    dialog.showErrorBox('Mailroot', reasonOf(error));
  });
}

/** Keeps the tray in step with the virtual servers; comes back after an attached engine was restarted. */
async function followServers({ client }: DesktopHost): Promise<void> {
  while (!isQuitting) {
    try {
      for await (const change of await client.system.watch()) {
        if (isQuitting) return;
        if (change.servers) tray?.update(await client.servers.list());
      }
    } catch (error) {
      log(`tray: ${reasonOf(error)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function quit(): Promise<void> {
  if (isQuitting) return;
  isQuitting = true;
  try {
    await host?.stop();
  } catch (error) {
    log(`stopping: ${reasonOf(error)}`);
  }
  tray?.destroy();
  app.exit(0);
}
