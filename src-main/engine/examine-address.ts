/** What the directory of a virtual server says about an address, whether it runs or not. Wiring only. */
import type { ServerSettings } from '../settings/schema';
import type { Clock } from './core/clock';
import { type Examination, examineAddress } from './directory/examine';
import type { DirectoryStatus } from './directory/ldap-directory';
import { decideRoute } from './routing/route';
import type { VirtualServer } from './virtual-server';

export type { Examination };

export function examineForServer(
  server: VirtualServer,
  clock: Clock,
  question: {
    readonly address: string;
    /** Default: those in force. */
    readonly settings?: ServerSettings;
    /** In clear, as it was typed. Default: the one in the settings. */
    readonly password?: string;
  },
): Promise<Examination> {
  const { address, settings = server.settings, password } = question;
  return server.withDns((dns) =>
    examineAddress(address, {
      settings,
      clock,
      unseal: (secret) => password ?? server.keyring.unseal(secret),
      findServers: dns.findDirectoryServers,
      isLocal: (given) => decideRoute({ recipient: given, sender: '' }, settings).kind === 'drop',
    }),
  );
}

/** Undefined: it does not run. */
export const directoryStatusOf = (server: VirtualServer): DirectoryStatus | undefined =>
  server.isRunning ? server.running.directory.status() : undefined;
