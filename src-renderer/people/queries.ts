/** Accounts and operators. Read anew whenever they are looked at: other consoles change them too. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AccountRow, OperatorRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

export function useAccounts(): UseQueryResult<AccountRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.accounts, queryFn: () => client.accounts.list(), staleTime: 0 });
}

export function useOperators(): UseQueryResult<OperatorRow[]> {
  const client = useClient();
  return useQuery({ queryKey: keys.operators, queryFn: () => client.operators.list(), staleTime: 0 });
}
