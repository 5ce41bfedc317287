/**
 * The desktop's transport: hands the page's message port to the router, and answers the host's few
 * capabilities. Each message is refused unless it comes from our page's main frame; arguments are checked
 * like those of a stranger.
 */
import { stat, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { RPCHandler } from '@orpc/server/message-port';
import { BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, shell } from 'electron';
import type { Contract } from '../api/contract';
import { connectMessage, zoomSteps } from '../api/contract/host';
import type { ApiRouter } from '../api/dispatch';
import { cleanFileName } from './file-name';
import { windowContext } from './host';
import { isConsoleUrl } from './navigation';
import type { OpenedFiles } from './opened-files';
import { zoomLevelAfter } from './zoom';

export type ContractClient = ContractRouterClient<Contract>;

interface Navigation {
  readonly isMainFrame: boolean;
  readonly isSameDocument: boolean;
}

const folderKinds = ['pickup', 'drop', 'queue', 'badmail'] as const;

function isOwnPage(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isConsoleUrl(frame.url);
}

/** Registers everything the preload script may ask for. Call once. */
export function connectPages(router: ApiRouter, client: ContractClient, opened: OpenedFiles): void {
  const handler = new RPCHandler(router);

  ipcMain.on(connectMessage, (event) => {
    const [port] = event.ports;
    if (!port) return;
    if (!isOwnPage(event)) {
      port.close();
      return;
    }
    handler.upgrade(port, { context: windowContext });
    port.start();
    // MessagePortMain does not close with its page by itself.
    const { sender } = event;
    const close = (): void => {
      sender.off('destroyed', close);
      sender.off('did-start-navigation', onNavigation);
      port.close();
    };
    const onNavigation = ({ isMainFrame, isSameDocument }: Navigation): void => {
      // A message frame that loads is no reason; the page itself that loads anew is.
      if (isMainFrame && !isSameDocument) close();
    };
    sender.on('destroyed', close);
    sender.on('did-start-navigation', onNavigation);
  });

  const answer = (
    channel: string,
    run: (event: IpcMainInvokeEvent, ...args: unknown[]) => Promise<unknown>,
  ): void => {
    ipcMain.handle(channel, (event, ...args: unknown[]) => {
      if (!isOwnPage(event)) throw new Error('Refused.');
      return run(event, ...args);
    });
  };

  answer('mailroot:pick-folder', async (event, startPath) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    const options = {
      properties: ['openDirectory' as const, 'createDirectory' as const],
      ...(typeof startPath === 'string' && startPath !== '' ? { defaultPath: startPath } : {}),
    };
    const result = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    return result.canceled ? undefined : result.filePaths[0];
  });

  answer('mailroot:save-file', async (event, suggestedName, bytes) => {
    if (typeof suggestedName !== 'string' || !(bytes instanceof Uint8Array))
      throw new Error('A name and bytes are needed.');
    const window = BrowserWindow.fromWebContents(event.sender);
    const options = { defaultPath: cleanFileName(suggestedName) };
    const result = window
      ? await dialog.showSaveDialog(window, options)
      : await dialog.showSaveDialog(options);
    if (result.canceled || !result.filePath) return false;
    await writeFile(result.filePath, bytes);
    return true;
  });

  answer('mailroot:save-files', async (event, files) => {
    if (!isFileList(files)) throw new Error('Names and bytes are needed.');
    const window = BrowserWindow.fromWebContents(event.sender);
    const options = { properties: ['openDirectory' as const, 'createDirectory' as const] };
    const result = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    const [folder] = result.canceled ? [] : result.filePaths;
    if (folder === undefined) return false;
    for (const { name, bytes } of files) await writeNew(folder, cleanFileName(name), bytes);
    return true;
  });

  answer('mailroot:take-file', () => opened.take());

  answer('mailroot:zoom', async ({ sender }, wanted) => {
    const step = zoomSteps.find((name) => name === wanted);
    if (!step) throw new Error('There is no such step.');
    sender.setZoomLevel(zoomLevelAfter(sender.getZoomLevel(), step));
  });

  answer('mailroot:open-folder', async (_event, serverId, folder) => {
    const kind = folderKinds.find((name) => name === folder);
    if (typeof serverId !== 'number' || !kind) throw new Error('There is no such folder.');
    const { folders } = await client.servers.get({ serverId });
    const path = folders[kind];
    // openPath starts whatever a path points to; only a folder is what was promised.
    if (!(await stat(path)).isDirectory()) throw new Error(`${path} is not a folder.`);
    const problem = await shell.openPath(path);
    if (problem !== '') throw new Error(problem);
  });
}

const mostFiles = 10_000;
/** Of names for one file: "scan (2).pdf", "scan (3).pdf" ... */
const mostTurns = 1000;

function isFileList(files: unknown): files is readonly { name: string; bytes: Uint8Array }[] {
  return (
    Array.isArray(files) &&
    files.length <= mostFiles &&
    files.every((file) => typeof file?.name === 'string' && file.bytes instanceof Uint8Array)
  );
}

/** Writes nothing over: what has the name already stays, and the new file gets a number. */
async function writeNew(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const { name: stem, ext } = parse(name);
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const free = turn === 1 ? name : `${stem} (${turn})${ext}`;
    try {
      await writeFile(join(folder, free), bytes, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`There are too many files named ${name}.`);
}
