/** The keys of a virtual server. They go stale with its settings. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { DkimKeyRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

export const keysOfServer = (serverId: number) => [...keys.server(serverId), 'dkim'] as const;

export function useDkimKeys(serverId: number): UseQueryResult<DkimKeyRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keysOfServer(serverId), queryFn: () => client.dkim.list({ serverId }) });
}
