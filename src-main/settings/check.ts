/** Checks single values of a virtual server before it exists: what wizards ask field by field. Pure. */
import { type Endpoint, folderPath, formatBinding, localDomain, type Settings, serverName } from './schema';
import type { FieldFault } from './store';

export interface ServerValues {
  /** The virtual server that is being changed; its own values are no conflict. */
  readonly serverId?: number | undefined;
  readonly name?: string | undefined;
  readonly bindings?: readonly Endpoint[] | undefined;
  readonly homeDirectory?: string | undefined;
  readonly defaultDomain?: string | undefined;
}

const folderKey = (path: string): string =>
  path
    .replace(/[\\/]+$/, '')
    .replaceAll('\\', '/')
    .toLowerCase();

/** Faults of the values that are given, each with the field's name. */
export function findServerFaults(settings: Settings, values: ServerValues): FieldFault[] {
  const faults: FieldFault[] = [];
  const others = settings.servers.filter((server) => server.id !== values.serverId);
  const reject = (field: string, reason: string | undefined): void => {
    if (reason !== undefined) faults.push({ field, reason });
  };
  if (values.name !== undefined) {
    const name = values.name.trim().toLowerCase();
    const parsed = serverName.safeParse(values.name);
    const owner = others.find((server) => server.name.toLowerCase() === name);
    reject(
      'name',
      parsed.error?.issues[0]?.message ??
        (owner && `There is already a virtual server named "${owner.name}".`),
    );
  }
  for (const [at, pair] of (values.bindings ?? []).entries()) {
    const owner = others.find((server) =>
      server.bindings.some((other) => other.address === pair.address && other.port === pair.port),
    );
    reject(`bindings.${at}`, owner && `${formatBinding(pair)} is used by "${owner.name}".`);
  }
  if (values.homeDirectory !== undefined) {
    const path = values.homeDirectory;
    const parsed = folderPath.safeParse(path);
    const owner = others.find((server) => folderKey(server.homeDirectory) === folderKey(path));
    reject(
      'homeDirectory',
      parsed.error?.issues[0]?.message ?? (owner && `This home directory belongs to "${owner.name}".`),
    );
  }
  if (values.defaultDomain !== undefined) {
    const parsed = localDomain.shape.name.safeParse(values.defaultDomain);
    reject('defaultDomain', parsed.error?.issues[0]?.message);
  }
  return faults;
}
