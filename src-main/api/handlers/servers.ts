/** Virtual servers: list, create, change, start, stop, pause, rename, delete. */
import { Problem } from '../../engine/core/problem';
import { countBadmail, summariseServer } from '../../engine/server-summary';
import type { VirtualServer } from '../../engine/virtual-server';
import { findServerFaults } from '../../settings/check';
import { type ServerSettings, type Settings, serverSettings } from '../../settings/schema';
import { hideSecrets } from '../../settings/secrets';
import type { Implementer } from '../implementer';
import { lookAtFolder } from './look-at-folder';
import type { Services } from './services';

/** Replaces one virtual server's settings in the document. */
export function withServer(now: Settings, id: number, change: (server: ServerSettings) => unknown): unknown {
  return { ...now, servers: now.servers.map((server) => (server.id === id ? change(server) : server)) };
}

/** Problems of a whole document name "servers.3.port"; callers who changed one server want "port". */
export async function withLocalFields<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem) || error.field === undefined) throw error;
    throw new Problem(error.code, error.message, error.field.replace(/^servers\.\d+\.?/, ''), {
      cause: error,
    });
  }
}

const shownSettings = (server: VirtualServer): ServerSettings => hideSecrets(server.settings, serverSettings);

const detailsOf = (server: VirtualServer) => ({
  settings: shownSettings(server),
  folders: server.folders,
  isRestartNeeded: server.isRestartNeeded,
});

export function createServerHandlers(os: Implementer, services: Services) {
  const { engine, settings, changeSettings } = services;
  const summary = (id: number) => summariseServer(engine.server(id));
  const remember = (id: number, startsAutomatically: boolean): Promise<unknown> =>
    engine.server(id).settings.startsAutomatically === startsAutomatically
      ? Promise.resolve()
      : changeSettings((now) => withServer(now, id, (server) => ({ ...server, startsAutomatically })));

  return {
    list: os.servers.list.handler(() => Promise.all(engine.servers.map(summariseServer))),
    get: os.servers.get.handler(async ({ input }) => ({
      summary: await summary(input.serverId),
      ...detailsOf(engine.server(input.serverId)),
      badmailCounts: countBadmail(engine.server(input.serverId)),
    })),
    check: os.servers.check.handler(async ({ input }) => {
      const faults = findServerFaults(settings.current(), input);
      const warnings: { field: string; reason: string }[] = [];
      if (input.homeDirectory && !faults.some((fault) => fault.field === 'homeDirectory')) {
        const { fault, isMissing } = await lookAtFolder(input.homeDirectory);
        if (fault !== undefined) faults.push({ field: 'homeDirectory', reason: fault });
        else if (isMissing)
          warnings.push({
            field: 'homeDirectory',
            reason: 'This folder does not exist yet; it will be created.',
          });
      }
      for (const [at, binding] of (input.bindings ?? []).entries()) {
        const field = `bindings.${at}`;
        if (faults.some((fault) => fault.field === field)) continue;
        const reason = await engine.explainTakenPort(binding);
        if (reason !== undefined) warnings.push({ field, reason });
      }
      return { faults, warnings };
    }),
    create: os.servers.create.handler(async ({ input }) => {
      let id = 0;
      await withLocalFields(() =>
        changeSettings((now) => {
          id = Math.max(0, ...now.servers.map((server) => server.id)) + 1;
          return {
            ...now,
            servers: [
              ...now.servers,
              {
                id,
                name: input.name,
                bindings: input.bindings,
                homeDirectory: input.homeDirectory,
                startsAutomatically: input.isStarted,
                domains: [{ type: 'default', name: input.defaultDomain }],
              },
            ],
          };
        }),
      );
      // The virtual server exists now; that it could not start is its state, with the reason.
      if (input.isStarted)
        await engine
          .server(id)
          .start()
          .catch(() => undefined);
      return summary(id);
    }),
    set: os.servers.set.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      if ('id' in input.patch)
        throw new Problem('invalid', 'The number of a virtual server cannot be changed.', 'id');
      await withLocalFields(() =>
        changeSettings((now) => withServer(now, input.serverId, (old) => ({ ...old, ...input.patch }))),
      );
      return { settings: shownSettings(server), isRestartNeeded: server.isRestartNeeded };
    }),
    start: os.servers.start.handler(async ({ input }) => {
      // Whoever starts it wants it to run, also when something is in the way today.
      await engine
        .server(input.serverId)
        .start()
        .finally(() => remember(input.serverId, true));
      return summary(input.serverId);
    }),
    stop: os.servers.stop.handler(async ({ input }) => {
      await engine.server(input.serverId).stop();
      await remember(input.serverId, false);
      return summary(input.serverId);
    }),
    restart: os.servers.restart.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const wasPaused = server.state === 'paused';
      await server.stop();
      await server.start().finally(() => remember(input.serverId, true));
      // Whoever paused it did not want new connections.
      if (wasPaused) await server.pause();
      return summary(input.serverId);
    }),
    pause: os.servers.pause.handler(async ({ input }) => {
      await engine.server(input.serverId).pause();
      return summary(input.serverId);
    }),
    resume: os.servers.resume.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      if (server.state !== 'paused' && server.state !== 'started')
        throw new Problem('refused', `${server.settings.name} is not paused.`);
      await server.start();
      return summary(input.serverId);
    }),
    rename: os.servers.rename.handler(async ({ input }) => {
      engine.server(input.serverId);
      await withLocalFields(() =>
        changeSettings((now) =>
          withServer(now, input.serverId, (server) => ({ ...server, name: input.name })),
        ),
      );
      return summary(input.serverId);
    }),
    delete: os.servers.delete.handler(async ({ input }) => {
      engine.server(input.serverId);
      await changeSettings((now) => {
        if (now.servers.length === 1)
          throw new Problem('refused', 'The last virtual server cannot be deleted.');
        return { ...now, servers: now.servers.filter((server) => server.id !== input.serverId) };
      });
      return {};
    }),
  };
}
