/**
 * An engine that only remembers: answers the whole contract from memory with plausible data, for developing
 * the console and for tests of it that need no relay. Nothing listens, nothing is written.
 */
import { implement, ORPCError } from '@orpc/server';
import {
  contract,
  findFaults,
  type LiveChange,
  type MessageRow,
  type ServerSettings,
  type ServerSummary,
  serverSettings,
} from '../../src-main/api/contract';
import {
  computerName,
  hexId,
  makeMessages,
  makeQueue,
  makeServer,
  makeServers,
  makeSessions,
  minuteMs,
} from './fake-data';

export interface FakeOptions {
  /** The present, milliseconds since 1970. */
  readonly now: number;
  /** Messages in Drop of the first server. Default: 312. */
  readonly dropCount?: number;
}

/** The router to serve or to call directly. */
export function createFakeEngine({ now, dropCount = 312 }: FakeOptions) {
  let servers = makeServers();
  const states = new Map<number, ServerSummary['state']>([
    [1, 'started'],
    [2, 'stopped'],
    [3, 'paused'],
  ]);
  const drop = makeMessages(dropCount, now);
  const badmail: MessageRow[] = makeMessages(2, now).map((row, index) => ({
    ...row,
    id: hexId(9000 + index),
    sender: '',
    cause: 'notification-undeliverable',
    reason: 'The notification could not be delivered: 550 5.1.1 No such user.',
  }));
  const queue = makeQueue(now);
  let sessions = makeSessions(now);
  const listeners = new Set<(change: LiveChange) => void>();
  const tell = (change: Partial<LiveChange>): void => {
    for (const listener of listeners) {
      listener({ servers: true, settings: true, folders: [], warnings: [], ...change });
    }
  };

  const settingsOf = (id: number): ServerSettings => {
    const found = servers.find((server) => server.id === id);
    if (!found) throw new ORPCError('not-found', { message: 'This virtual server does not exist any more.' });
    return found;
  };
  const replace = (changed: ServerSettings): ServerSettings => {
    const next = servers.map((server) => (server.id === changed.id ? changed : server));
    const parsed = serverSettings.safeParse(changed);
    const issue = parsed.error?.issues[0];
    if (issue)
      throw new ORPCError('invalid', { message: issue.message, data: { field: issue.path.join('.') } });
    const [fault] = findFaults(next);
    if (fault) {
      throw new ORPCError('conflict', {
        message: fault.reason,
        data: { field: fault.path.slice(2).join('.') },
      });
    }
    servers = next;
    tell({});
    return changed;
  };
  const summaryOf = (server: ServerSettings): ServerSummary => {
    const isFirst = server.id === 1;
    const [local] = server.domains;
    return {
      id: server.id,
      name: server.name,
      state: states.get(server.id) ?? 'stopped',
      since: now - 7_500_000,
      bindings: server.bindings,
      fullyQualifiedDomainName: server.fullyQualifiedDomainName || 'workstation-7.corp.test',
      defaultDomain: local?.name ?? '',
      homeDirectory: server.homeDirectory,
      relayPolicy:
        server.relayMode === 'except'
          ? 'Relays for: everybody.'
          : `Relays for: ${server.relayList.length === 0 ? 'nobody' : server.relayList.join(', ')}.`,
      isOpenRelay: server.relayMode === 'except',
      routePolicy:
        server.smartHost === ''
          ? 'Everything else goes directly, by MX.'
          : `Everything else goes to the smart host ${server.smartHost}:${server.outboundPort}.`,
      counts: isFirst
        ? {
            pickup: 0,
            drop: drop.length,
            queue: queue.length,
            badmail: badmail.length,
            sessions: sessions.length,
          }
        : { pickup: 0, drop: 0, queue: 0, badmail: 0, sessions: 0 },
      ...(isFirst ? { oldestQueuedAt: now - 4 * minuteMs } : {}),
    };
  };
  const setState = (id: number, state: ServerSummary['state']): ServerSummary => {
    states.set(id, state);
    tell({ settings: false });
    return summaryOf(settingsOf(id));
  };
  const rowsOf = (id: number) =>
    settingsOf(id).domains.map((domain) => ({
      name: domain.name,
      type: domain.type,
      settings: domain,
    }));
  const changeDomains = (
    id: number,
    change: (domains: ServerSettings['domains']) => ServerSettings['domains'],
  ) => replace({ ...settingsOf(id), domains: change(settingsOf(id).domains) });
  const domainRow = (id: number, name: string) => {
    const row = rowsOf(id).find((each) => each.name === name);
    if (!row) throw new ORPCError('not-found', { message: `There is no domain ${name}.` });
    return row;
  };
  const bodyOf = (row: MessageRow) => ({
    row,
    contentBase64: btoa(`From: ${row.from}\r\nSubject: ${row.subject}\r\n\r\nNothing to see.\r\n`),
    isCut: false,
  });
  const folderOf = (id: number, folder: 'drop' | 'badmail') =>
    id !== 1 ? [] : folder === 'drop' ? drop : badmail;
  const cut = <T>(rows: T[], input: { offset: number; limit: number }) => ({
    rows: rows.slice(input.offset, input.offset + input.limit),
    total: rows.length,
  });

  const api = implement(contract);
  return api.router({
    system: {
      status: api.system.status.handler(() => ({
        product: 'Mailroot',
        version: '0.1.0',
        host: 'service',
        computerName,
        dataFolder: '/var/lib/mailroot',
        processId: 812,
        startedAt: now - 8_000_000,
        attention: servers.some(
          (server) => server.id === 1 && server.bindings.some(({ port }) => port === 2525),
        )
          ? [
              {
                serverId: 1,
                code: 'other-port',
                text: 'Default SMTP Virtual Server listens on port 2525, because port 25 was used by exim4 (process 812).',
                action: 'move-to-port-25',
              },
            ]
          : [],
      })),
      watch: api.system.watch.handler(async function* ({ signal }) {
        const waiting: LiveChange[] = [{ servers: false, settings: false, folders: [], warnings: [] }];
        let wake = (): void => {};
        const listener = (change: LiveChange): void => {
          waiting.push(change);
          wake();
        };
        listeners.add(listener);
        signal?.addEventListener('abort', () => wake());
        try {
          while (!signal?.aborted) {
            const next = waiting.shift();
            if (next) yield next;
            else
              await new Promise<void>((resolve) => {
                wake = resolve;
              });
          }
        } finally {
          listeners.delete(listener);
        }
      }),
      suggest: api.system.suggest.handler(() => ({
        fullyQualifiedDomainName: 'workstation-7.corp.test',
        addresses: ['10.0.4.7', '10.0.4.8', '127.0.0.1', '::1'],
        homeDirectory: '/var/lib/mailroot/mailroot-4',
        port: 25,
        separator: '/',
      })),
      folders: api.system.folders.handler(({ input }) => ({
        path: input.path === '' ? '/' : input.path,
        ...(input.path === '/' || input.path === ''
          ? {}
          : { parent: input.path.replace(/\/[^/]*$/, '') || '/' }),
        folders: ['data', 'mail', 'mailroot', 'srv'],
        isCut: false,
      })),
    },
    servers: {
      list: api.servers.list.handler(() => servers.map(summaryOf)),
      get: api.servers.get.handler(({ input }) => {
        const settings = settingsOf(input.serverId);
        const home = settings.homeDirectory;
        return {
          summary: summaryOf(settings),
          settings,
          folders: {
            home,
            pickup: `${home}/Pickup`,
            queue: `${home}/Queue`,
            drop: settings.dropDirectory || `${home}/Drop`,
            badmail: settings.badmailDirectory || `${home}/Badmail`,
          },
          isRestartNeeded: false,
        };
      }),
      check: api.servers.check.handler(({ input }) => {
        const others = servers.filter((server) => server.id !== input.serverId);
        const faults: { field: string; reason: string }[] = [];
        if (others.some((server) => server.name.toLowerCase() === input.name?.trim().toLowerCase())) {
          faults.push({ field: 'name', reason: `There is already a virtual server named "${input.name}".` });
        }
        const home = others.find((server) => server.homeDirectory === input.homeDirectory);
        if (home)
          faults.push({ field: 'homeDirectory', reason: `This home directory belongs to "${home.name}".` });
        input.bindings?.forEach((pair, at) => {
          const owner = others.find((server) =>
            server.bindings.some(({ address, port }) => address === pair.address && port === pair.port),
          );
          if (owner)
            faults.push({ field: `bindings.${at}`, reason: `This pair is used by "${owner.name}".` });
        });
        return { faults, warnings: [] };
      }),
      create: api.servers.create.handler(({ input }) => {
        const id = Math.max(0, ...servers.map((server) => server.id)) + 1;
        const settings = makeServer({
          id,
          name: input.name,
          bindings: input.bindings,
          homeDirectory: input.homeDirectory,
          domains: [{ type: 'default', name: input.defaultDomain }],
        });
        servers = [...servers, settings];
        return setState(id, input.isStarted ? 'started' : 'stopped');
      }),
      set: api.servers.set.handler(({ input }) => ({
        settings: replace({ ...settingsOf(input.serverId), ...input.patch } as ServerSettings),
        isRestartNeeded: ['homeDirectory', 'dropDirectory', 'badmailDirectory'].some(
          (key) => key in input.patch,
        ),
      })),
      start: api.servers.start.handler(({ input }) => {
        if (input.serverId === 2) {
          states.set(2, 'failed');
          tell({});
          throw new ORPCError('port-in-use', {
            message: 'Port 25 on 10.0.4.7 is used by exim4 (process 812). Stop it, or choose another port.',
          });
        }
        return setState(input.serverId, 'started');
      }),
      stop: api.servers.stop.handler(({ input }) => setState(input.serverId, 'stopped')),
      pause: api.servers.pause.handler(({ input }) => setState(input.serverId, 'paused')),
      resume: api.servers.resume.handler(({ input }) => setState(input.serverId, 'started')),
      rename: api.servers.rename.handler(({ input }) =>
        summaryOf(replace({ ...settingsOf(input.serverId), name: input.name })),
      ),
      delete: api.servers.delete.handler(({ input }) => {
        servers = servers.filter((server) => server.id !== input.serverId);
        tell({});
        return {};
      }),
    },
    domains: {
      list: api.domains.list.handler(({ input }) => rowsOf(input.serverId)),
      create: api.domains.create.handler(({ input }) => {
        changeDomains(input.serverId, (domains) => [
          ...domains,
          input.type === 'alias'
            ? { type: 'alias', name: input.name }
            : {
                type: 'remote',
                name: input.name,
                isRelayAllowed: input.isRelayAllowed ?? false,
                sendsHelo: false,
                smartHost: input.smartHost ?? '',
                port: null,
              },
        ]);
        return domainRow(input.serverId, input.name);
      }),
      set: api.domains.set.handler(({ input }) => {
        changeDomains(input.serverId, (domains) =>
          domains.map((domain) =>
            domain.name === input.name ? ({ ...domain, ...input.patch } as typeof domain) : domain,
          ),
        );
        return domainRow(input.serverId, input.name);
      }),
      rename: api.domains.rename.handler(({ input }) => {
        changeDomains(input.serverId, (domains) =>
          domains.map((domain) => (domain.name === input.name ? { ...domain, name: input.newName } : domain)),
        );
        return domainRow(input.serverId, input.newName);
      }),
      setDefault: api.domains.setDefault.handler(({ input }) => {
        changeDomains(input.serverId, (domains) =>
          domains.map((domain) =>
            domain.type === 'remote'
              ? domain
              : { type: domain.name === input.name ? 'default' : 'alias', name: domain.name },
          ),
        );
        return rowsOf(input.serverId);
      }),
      delete: api.domains.delete.handler(({ input }) => {
        changeDomains(input.serverId, (domains) => domains.filter((domain) => domain.name !== input.name));
        return {};
      }),
    },
    sessions: {
      list: api.sessions.list.handler(({ input }) => cut(input.serverId === 1 ? sessions : [], input)),
      terminate: api.sessions.terminate.handler(({ input }) => {
        sessions = sessions.filter((session) => session.id !== input.sessionId);
        tell({ settings: false, folders: [{ serverId: input.serverId, folder: 'sessions' }] });
        return {};
      }),
      terminateAll: api.sessions.terminateAll.handler(({ input }) => {
        const count = sessions.length;
        sessions = [];
        tell({ settings: false, folders: [{ serverId: input.serverId, folder: 'sessions' }] });
        return { count };
      }),
    },
    queue: {
      list: api.queue.list.handler(({ input }) => cut(input.serverId === 1 ? queue : [], input)),
      show: api.queue.show.handler(({ input }) => {
        const row = queue.find((each) => each.queueId === input.queueId);
        if (!row) throw new ORPCError('not-found', { message: 'This message is no longer in Queue.' });
        return row;
      }),
      retry: api.queue.retry.handler(({ input }) => ({ count: input.queueIds?.length ?? queue.length })),
      delete: api.queue.delete.handler(({ input }) => ({ count: input.queueIds.length })),
      content: api.queue.content.handler(() => bodyOf(drop[0] as MessageRow)),
    },
    messages: {
      list: api.messages.list.handler(({ input }) => cut(folderOf(input.serverId, input.folder), input)),
      content: api.messages.content.handler(({ input }) => {
        const row = folderOf(input.serverId, input.folder).find((each) => each.id === input.id);
        if (!row) throw new ORPCError('not-found', { message: 'This message is gone.' });
        return bodyOf(row);
      }),
      delete: api.messages.delete.handler(({ input }) => ({ count: input.ids.length })),
    },
    test: {
      send: api.test.send.handler(({ input }) => {
        tell({ settings: false, folders: [{ serverId: input.serverId, folder: 'drop' }] });
        return { queueId: hexId(777) };
      }),
    },
    settings: {
      export: api.settings.export.handler(() => ({ version: 1 as const, servers })),
      import: api.settings.import.handler(() => ({ restartNeeded: [] })),
      validate: api.settings.validate.handler(() => ({ faults: [] })),
      schema: api.settings.schema.handler(() => ({})),
    },
  });
}
