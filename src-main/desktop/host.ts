/**
 * The engine behind the desktop: our own, or, when another process owns the data folder, the one over
 * there, reached through its control channel. Everything else in the desktop sees only the contract.
 */
import { userInfo } from 'node:os';
import { createRouterClient } from '@orpc/server';
import type { ApiContext, ApiRouter } from '../api/dispatch';
import { takeDataFolder } from '../api/http/control-channel';
import { connectControl, createForwardingRouter } from '../api/http/control-client';
import { composeMailroot, type StartSummary } from '../compose';
import { Problem } from '../engine/core/problem';
import type { ContractClient } from './ipc';
import { openSettingsFile } from './settings-file';

export interface DesktopHost {
  readonly router: ApiRouter;
  readonly client: ContractClient;
  /** True when the engine runs in another process and goes on when the desktop ends. */
  readonly isAttached: boolean;
  start(): Promise<StartSummary | undefined>;
  stop(): Promise<void>;
}

export interface DesktopHostOptions {
  readonly dataFolder: string;
  readonly version: string;
  readonly log: (line: string) => void;
}

/** Whoever sits at the window: the user who runs the desktop. */
export const windowContext: ApiContext = {
  caller: { role: 'administrator', name: findUserName(), via: 'desktop' },
};

function findUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list.
    return 'desktop';
  }
}

/** Takes the data folder, or attaches. Throws Problem 'settings-broken' and others that stop the start. */
export async function openHost(options: DesktopHostOptions): Promise<DesktopHost> {
  const { dataFolder, version, log } = options;
  let channel: Awaited<ReturnType<typeof takeDataFolder>>;
  try {
    channel = await takeDataFolder(dataFolder, { product: 'Mailroot', version, host: 'desktop' });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'data-folder-in-use') throw error;
    log(`attaching: ${error.message}`);
    const client = await connectControl(dataFolder);
    const router = createForwardingRouter(client) as unknown as ApiRouter;
    return {
      router,
      client,
      isAttached: true,
      start: () => Promise.resolve(undefined),
      stop: () => Promise.resolve(),
    };
  }
  try {
    const mailroot = composeMailroot({
      dataFolder,
      host: 'desktop',
      settingsFile: openSettingsFile(dataFolder),
      version,
      log,
    });
    channel.serve(mailroot.router, { admission: mailroot.admission, log });
    const client: ContractClient = createRouterClient(mailroot.router, { context: windowContext });
    return {
      router: mailroot.router,
      client,
      isAttached: false,
      start: () => mailroot.start(),
      async stop() {
        await mailroot.stop();
        await channel.close();
      },
    };
  } catch (error) {
    await channel.close();
    throw error;
  }
}
