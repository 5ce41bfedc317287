/** The OAuth2 sign-ins, as the engine last told them. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { SignInRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

/** Names by number; the number itself where there is no such sign-in. */
export function useSignInNames(): (id: string) => string {
  const rows = useSignIns().data;
  return (id) => rows?.find((row) => row.id === id)?.name ?? id;
}

export function useSignIns(): UseQueryResult<SignInRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.signIns, queryFn: () => client.oauth.list() });
}
