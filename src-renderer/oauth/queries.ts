/** The OAuth2 sign-ins, as the engine last told them. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { SignInRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

export function useSignIns(): UseQueryResult<SignInRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.signIns, queryFn: () => client.oauth.list() });
}
