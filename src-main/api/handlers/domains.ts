/** Domains of a virtual server: default, alias, remote. */
import { Problem } from '../../engine/core/problem';
import { type DomainSettings, domainSettings, type ServerSettings } from '../../settings/schema';
import { hideSecrets } from '../../settings/secrets';
import type { DomainRow } from '../contract';
import type { Implementer } from '../implementer';
import { type SortKey, sortRows } from './row-order';
import { withLocalFields, withServer } from './servers';
import type { Services } from './services';

const rowOf = (settings: DomainSettings): DomainRow => ({
  name: settings.name,
  type: settings.type,
  settings: hideSecrets(settings, domainSettings),
});
const isNamed = (domain: DomainSettings, name: string): boolean =>
  domain.name.toLowerCase() === name.toLowerCase();

const typeRanks: Record<DomainSettings['type'], number> = { default: 0, alias: 1, remote: 2 };

/** What the list is sorted by. Where mail goes: dropped here, by DNS, by smart host, held; then host and port. */
function sortKeyOf(settings: DomainSettings, column: string): SortKey {
  switch (column) {
    case 'type':
      return typeRanks[settings.type];
    case 'destination':
      if (settings.type !== 'remote') return [0, '', 0];
      return [
        settings.holdsForTrigger ? 3 : settings.smartHost === '' ? 1 : 2,
        settings.smartHost,
        settings.port ?? 0,
      ];
    default:
      return settings.name;
  }
}

export function createDomainHandlers(os: Implementer, services: Services) {
  const { engine, changeSettings } = services;
  const settingsOf = (id: number): ServerSettings => engine.server(id).settings;
  const find = (id: number, name: string): DomainSettings => {
    const found = settingsOf(id).domains.find((domain) => isNamed(domain, name));
    if (!found) throw new Problem('not-found', `${settingsOf(id).name} has no domain named ${name}.`, 'name');
    return found;
  };
  /** `fields` of a domain fault are "domains.2.name"; callers know which domain they meant. */
  const change = async (
    id: number,
    edit: (domains: readonly DomainSettings[]) => unknown[],
  ): Promise<void> => {
    try {
      await withLocalFields(() =>
        changeSettings((now) =>
          withServer(now, id, (server) => ({ ...server, domains: edit(server.domains) })),
        ),
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.field === undefined) throw error;
      throw new Problem(error.code, error.message, error.field.replace(/^domains\.\d+\.?/, ''), {
        cause: error,
      });
    }
  };

  return {
    list: os.domains.list.handler(({ input }) => {
      const part = input.filter?.trim().toLowerCase() ?? '';
      const all = settingsOf(input.serverId).domains;
      const wanted = part === '' ? all : all.filter(({ name }) => name.toLowerCase().includes(part));
      const rows = sortRows(wanted, input.sort, sortKeyOf);
      return {
        rows: rows.slice(input.offset, input.offset + input.limit).map(rowOf),
        total: rows.length,
      };
    }),
    get: os.domains.get.handler(({ input }) => rowOf(find(input.serverId, input.name))),
    create: os.domains.create.handler(async ({ input }) => {
      const { serverId, type, name, isRelayAllowed, smartHost, holdsForTrigger, turnAccounts } = input;
      engine.server(serverId);
      const extra = {
        ...(isRelayAllowed === undefined ? {} : { isRelayAllowed }),
        ...(smartHost === undefined ? {} : { smartHost }),
        ...(holdsForTrigger === undefined ? {} : { holdsForTrigger }),
        ...(turnAccounts === undefined ? {} : { turnAccounts }),
      };
      await change(serverId, (domains) => [
        ...domains,
        type === 'alias' ? { type, name } : { type, name, ...extra },
      ]);
      return rowOf(find(serverId, name));
    }),
    set: os.domains.set.handler(async ({ input }) => {
      const old = find(input.serverId, input.name);
      if ('name' in input.patch || 'type' in input.patch)
        throw new Problem('invalid', 'Rename a domain instead of changing its name or type.', 'name');
      await change(input.serverId, (domains) =>
        domains.map((domain) =>
          domain === old || isNamed(domain, old.name) ? { ...domain, ...input.patch } : domain,
        ),
      );
      return rowOf(find(input.serverId, input.name));
    }),
    rename: os.domains.rename.handler(async ({ input }) => {
      find(input.serverId, input.name);
      await change(input.serverId, (domains) =>
        domains.map((domain) => (isNamed(domain, input.name) ? { ...domain, name: input.newName } : domain)),
      );
      return rowOf(find(input.serverId, input.newName));
    }),
    setDefault: os.domains.setDefault.handler(async ({ input }) => {
      if (find(input.serverId, input.name).type === 'remote')
        throw new Problem('refused', 'A remote domain cannot become the default domain.', 'name');
      await change(input.serverId, (domains) =>
        domains.map((domain) =>
          domain.type === 'remote'
            ? domain
            : { ...domain, type: isNamed(domain, input.name) ? 'default' : 'alias' },
        ),
      );
      return settingsOf(input.serverId).domains.map(rowOf);
    }),
    delete: os.domains.delete.handler(async ({ input }) => {
      if (find(input.serverId, input.name).type === 'default') {
        throw new Problem(
          'refused',
          'The default domain cannot be deleted. Make another domain the default first.',
          'name',
        );
      }
      await change(input.serverId, (domains) => domains.filter((domain) => !isNamed(domain, input.name)));
      return {};
    }),
  };
}
