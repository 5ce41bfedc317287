/** Accounts and operators. Read anew whenever they are looked at: other consoles change them too. */
import { skipToken, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AccountRow, OperatorRow, SystemOperatorRow } from '../../src-main/api/contract';
import { keys, useClient } from '../client';

/** Only an operator or administrator may read them. */
export function useAccounts(isAllowed: boolean): UseQueryResult<AccountRow[]> {
  const client = useClient();
  return useQuery({
    queryKey: keys.accounts,
    queryFn: isAllowed ? () => client.accounts.list() : skipToken,
    staleTime: 0,
  });
}

/** Only an administrator may read them. */
export function useOperators(isAllowed: boolean): UseQueryResult<OperatorRow[]> {
  const client = useClient();
  return useQuery({
    queryKey: keys.operators,
    queryFn: isAllowed ? () => client.operators.list() : skipToken,
    staleTime: 0,
  });
}

export interface SystemOperators {
  readonly rows: readonly SystemOperatorRow[];
  /** False: whatever is listed, nobody is let in by it; `reason` says why. */
  readonly isSupported: boolean;
  readonly reason?: string | undefined;
}

/** Only an administrator may read it. */
export function useSystemOperators(isAllowed: boolean): UseQueryResult<SystemOperators> {
  const client = useClient();
  return useQuery({
    queryKey: keys.systemOperators,
    queryFn: isAllowed ? () => client.systemOperators.list() : skipToken,
    staleTime: 0,
  });
}
