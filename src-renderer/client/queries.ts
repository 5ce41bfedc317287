/** The answers that several features show. Each is read once and read again when the engine says so. */
import { skipToken, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type {
  CertificateRow,
  callerVias,
  DomainRow,
  Role,
  ServerSettings,
  ServerSummary,
  SystemStatus,
} from '../../src-main/api/contract';
import { useClient } from './context';
import { keys } from './keys';

export interface Suggestions {
  readonly fullyQualifiedDomainName: string;
  readonly addresses: readonly string[];
  readonly networks: readonly string[];
  readonly homeDirectory: string;
  readonly port: number;
  readonly separator: string;
}

const lockOutsEveryMs = 5_000;

export function useStatus(): UseQueryResult<SystemStatus> {
  const client = useClient();
  return useQuery({
    queryKey: keys.status,
    queryFn: () => client.system.status(),
    // Lock-outs end by the clock, which the engine does not tell.
    refetchInterval: ({ state }) =>
      state.data?.attention.some(({ code }) => code === 'address-locked-out') === true
        ? lockOutsEveryMs
        : false,
  });
}

/** The person at this console. `role` says what the engine will let that person do. */
export interface Me {
  readonly name: string;
  readonly role: Role;
  readonly via: (typeof callerVias)[number];
}

/** undefined data while it is not known yet: offer nothing that a viewer may not do. */
export function useMe(): UseQueryResult<Me> {
  const client = useClient();
  return useQuery({ queryKey: keys.me, queryFn: () => client.system.me() });
}

export function useServers(): UseQueryResult<ServerSummary[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.servers, queryFn: () => client.servers.list() });
}

/** undefined while loading and for a server that is gone. */
export function useServerSummary(serverId: number): ServerSummary | undefined {
  return useServers().data?.find((server) => server.id === serverId);
}

export interface ServerDetails {
  readonly summary: ServerSummary;
  readonly settings: ServerSettings;
  readonly folders: {
    readonly home: string;
    readonly pickup: string;
    readonly queue: string;
    readonly drop: string;
    readonly badmail: string;
  };
  /** A change waits for a restart of the virtual server. */
  readonly isRestartNeeded: boolean;
}

export function useServerDetails(serverId: number): UseQueryResult<ServerDetails> {
  const client = useClient();
  return useQuery({ queryKey: keys.server(serverId), queryFn: () => client.servers.get({ serverId }) });
}

/** Certificates of this computer; requests that wait for their answer too. */
export function useCertificates(): UseQueryResult<CertificateRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.certificates, queryFn: () => client.certificates.list() });
}

/** Always asked anew: the next free folder and the addresses change. */
export function useSuggestions(): UseQueryResult<Suggestions> {
  const client = useClient();
  return useQuery({ queryKey: keys.suggest, queryFn: () => client.system.suggest(), staleTime: 0 });
}

/** One domain by its name. A domain that is gone is the engine's refusal, in `error`. */
export function useDomain(serverId: number, name: string | undefined): UseQueryResult<DomainRow> {
  const client = useClient();
  return useQuery({
    queryKey: keys.domain(serverId, name ?? ''),
    queryFn: name === undefined ? skipToken : () => client.domains.get({ serverId, name }),
  });
}
