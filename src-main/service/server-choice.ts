/** Which virtual server a command means: by name (case does not count) or number. */
import type { ContractClient } from '../api/http/control-client';
import { Problem } from '../engine/core/problem';
import type { CommandOption } from './command';

export const serverOption: CommandOption = {
  flags: '-s, --server <name>',
  text: 'virtual server, by name or number; may be left out when there is only one',
};

interface Named {
  readonly id: number;
  readonly name: string;
}

/** The one that `given` means. Pure. Throws Problem 'not-found', or 'invalid' when a choice is needed. */
export function chooseServer<T extends Named>(servers: readonly T[], given: string | undefined): T {
  if (given === undefined) {
    const [only, second] = servers;
    if (only && !second) return only;
    const names = servers.map((server) => `"${server.name}"`).join(', ');
    throw only
      ? new Problem('invalid', `There are several virtual servers; say which with --server: ${names}.`)
      : new Problem('not-found', 'There is no virtual server yet. Create one with mailroot server create.');
  }
  const wanted = given.trim().toLowerCase();
  const found =
    servers.find((server) => server.name.toLowerCase() === wanted) ??
    servers.find((server) => String(server.id) === wanted);
  if (!found) throw new Problem('not-found', `There is no virtual server "${given}".`);
  return found;
}

/** Number of the virtual server that is meant. */
export async function findServerId(client: ContractClient, given: string | undefined): Promise<number> {
  return chooseServer(await client.servers.list(), given).id;
}
