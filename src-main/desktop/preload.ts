/**
 * The only bridge between the page and the host: a message port for the contract, and a few named
 * capabilities. The page never sees a channel of Electron.
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  connectMessage,
  type HostCapabilities,
  type HostCommand,
  type HostFile,
  hostGlobal,
} from '../api/contract/host';

const capabilities = {
  platform: process.platform as HostCapabilities['platform'],
  pickFolder: (startPath) => ipcRenderer.invoke('mailroot:pick-folder', startPath),
  saveFile: (suggestedName, bytes) => ipcRenderer.invoke('mailroot:save-file', suggestedName, bytes),
  saveFiles: (files) => ipcRenderer.invoke('mailroot:save-files', files),
  onOpenFile(listener) {
    const takeAll = async (): Promise<void> => {
      for (;;) {
        const file = (await ipcRenderer.invoke('mailroot:take-file')) as HostFile | undefined;
        if (file === undefined) return;
        listener(file);
      }
    };
    const onWaiting = (): void => void takeAll();
    ipcRenderer.on('mailroot:file-waits', onWaiting);
    // What the program was started with waits already.
    void takeAll();
    return () => ipcRenderer.removeListener('mailroot:file-waits', onWaiting);
  },
  openFolder: (serverId, folder) => ipcRenderer.invoke('mailroot:open-folder', serverId, folder),
  zoom: (step) => ipcRenderer.invoke('mailroot:zoom', step),
  onCommand(listener) {
    const onMessage = (_event: unknown, command: HostCommand): void => listener(command);
    ipcRenderer.on('mailroot:command', onMessage);
    return () => ipcRenderer.removeListener('mailroot:command', onMessage);
  },
} satisfies HostCapabilities;

contextBridge.exposeInMainWorld(hostGlobal, capabilities);

// A MessagePort cannot cross the context bridge; the page posts it to itself and it is handed on from here.
window.addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports;
  if (event.source === window && event.data === connectMessage && port)
    ipcRenderer.postMessage(connectMessage, null, [port]);
});
