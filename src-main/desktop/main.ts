/**
 * The desktop host: Electron's main process. Hosts the engine, the tray and the window; closing the window
 * changes nothing for the relay.
 */
import '../thread-pool';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog, Menu, session } from 'electron';
import type { HostCommand } from '../api/contract/host';
import { Problem, reasonOf } from '../engine/core/problem';
import { makeFolderSync } from '../engine/disk/make-folder';
import { defaultDataFolder } from '../settings/data-folder';
import { restoreLastGood } from '../settings/store';
import { registerConsoleScheme, serveConsole } from './console-protocol';
import { type DesktopHost, openHost } from './host';
import { connectPages } from './ipc';
import { buildApplicationMenu } from './menu';
import { restrictNavigation, restrictPermissions } from './navigation';

import { createNotifier, type Notifier } from './notifier';
import { createOpenedFiles, mailFilesIn } from './opened-files';
import { type DesktopStateFile, openDesktopState } from './state';
import { createTray, type MailrootTray } from './tray';
import type { TrayVerb } from './tray-model';
import { type ConsoleWindow, createConsoleWindow } from './window';

const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
const assetsFolder = join(__dirname, '..', '..', 'assets');
// Absolute: Electron and electron-store would each take a relative path as something else.
const dataFolder = resolve(
  dataFolderOf(process.argv) ?? defaultDataFolder({ platform: process.platform, env: process.env }),
);

let isQuitting = false;
let host: DesktopHost | undefined;
let tray: MailrootTray | undefined;
let consoleWindow: ConsoleWindow | undefined;
let notifier: Notifier | undefined;

const openedFiles = createOpenedFiles({
  onWaiting: () => consoleWindow?.browserWindow.webContents.send('mailroot:file-waits'),
  onFault: (text) => dialog.showErrorBox('Mailroot', text),
});

/** `--data DIR` or `--data=DIR`; Electron and Chromium put switches of their own among ours. */
function dataFolderOf(argv: readonly string[]): string | undefined {
  const at = argv.indexOf('--data');
  if (at >= 0) return argv[at + 1];
  return argv.find((word) => word.startsWith('--data='))?.slice('--data='.length);
}

/** Why the folder cannot be made; undefined when it is there. */
function makeFolder(path: string): string | undefined {
  try {
    makeFolderSync(path, 0o700);
    return undefined;
  } catch (error) {
    return `The data folder ${dataFolder} cannot be used: ${reasonOf(error)}`;
  }
}

function takeInstanceLock(path: string): boolean {
  app.setPath('userData', path);
  return app.requestSingleInstanceLock();
}

registerConsoleScheme();
// One desktop for each data folder: Electron's own lock lies in userData.
const userData = join(dataFolder, 'desktop');
const folderFault = makeFolder(userData);
if (folderFault !== undefined) {
  // Electron would take a lock that cannot be made for another instance's, and end without a word.
  void app.whenReady().then(() => {
    log(`cannot start: ${folderFault}`);
    dialog.showErrorBox('Mailroot cannot start', folderFault);
    app.exit(1);
  });
} else if (!takeInstanceLock(userData)) {
  app.exit(0);
} else {
  app.on('second-instance', (_event, argv, workingFolder) => {
    openWindow();
    openedFiles.add(mailFilesIn(argv.slice(1), workingFolder));
  });
  // macOS tells by an event what the others tell on the command line.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openWindow();
    openedFiles.add([path]);
  });
  openedFiles.add(mailFilesIn(process.argv.slice(1), process.cwd()));
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
  app
    .whenReady()
    .then(run)
    .catch(async (error: unknown) => {
      if (isQuitting) return;
      // Without a window or a tray nobody could see, or end, what is left.
      log(`cannot start: ${reasonOf(error)}`);
      dialog.showErrorBox('Mailroot cannot start', reasonOf(error));
      await quit(1);
    });
}

async function run(): Promise<void> {
  const state = openDesktopState(join(dataFolder, 'desktop'));
  restrictPermissions(session.defaultSession);
  serveConsole(session.defaultSession, join(__dirname, '..', 'renderer'));
  Menu.setApplicationMenu(buildApplicationMenu(process.platform));
  host = await openHostOrAsk();
  if (!host) return app.exit(1);
  connectPages(host.router, host.client, openedFiles);
  tray = createTray({
    assetsFolder,
    onOpen: (serverId) =>
      openWindow(serverId === undefined ? undefined : { kind: 'select-server', serverId }),
    onVerb: runVerb,
    onQuit: () => void quit(),
  });
  // Windows shows notifications of programs that it knows by this name.
  app.setAppUserModelId('org.mailroot.desktop');
  notifier = createNotifier({ client: host.client, onClick: openWindow });
  void followServers(host);
  const summary = await host.start();
  for (const line of summary?.failed ?? []) log(`${line.name}: ${line.reason}`);
  if (isQuitting) return;
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

/** Keeps the tray and the notifications in step with the virtual servers; comes back after an attached engine was restarted. */
async function followServers({ client }: DesktopHost): Promise<void> {
  while (!isQuitting) {
    try {
      for await (const change of await client.system.watch()) {
        if (isQuitting) return;
        if (!change.servers && !change.settings) continue;
        const servers = await client.servers.list();
        tray?.update(servers);
        await notifier?.follow(change, servers);
      }
    } catch (error) {
      log(`tray: ${reasonOf(error)}`);
    }
    notifier?.forget();
    if (!isQuitting) tray?.update(undefined);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function quit(exitCode = 0): Promise<void> {
  if (isQuitting) return;
  isQuitting = true;
  try {
    consoleWindow?.remember();
    await host?.stop();
  } catch (error) {
    log(`stopping: ${reasonOf(error)}`);
  }
  notifier?.close();
  tray?.destroy();
  app.exit(exitCode);
}
