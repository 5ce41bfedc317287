/** The list of identities being edited. Pure. */
import { type Binding, binding, formatBinding } from '../../../src-main/api/contract';

export const addPair = (pairs: readonly Binding[], pair: Binding): Binding[] => [...pairs, pair];

export const replacePair = (pairs: readonly Binding[], at: number, pair: Binding): Binding[] =>
  pairs.map((each, index) => (index === at ? pair : each));

export const removePair = (pairs: readonly Binding[], at: number): Binding[] =>
  pairs.filter((_, index) => index !== at);

export interface PairFault {
  readonly field: 'address' | 'port';
  readonly reason: string;
}

/** undefined: the pair can be taken. What other virtual servers use is found out when the sheet is applied. */
export function findPairFault(pair: Binding, others: readonly Binding[]): PairFault | undefined {
  const [issue] = binding.safeParse(pair).error?.issues ?? [];
  if (issue !== undefined) {
    const field = issue.path[0] === 'address' ? 'address' : 'port';
    return { field, reason: issue.code === 'invalid_type' ? 'A port is 1 to 65535.' : issue.message };
  }
  return others.some((other) => other.address === pair.address && other.port === pair.port)
    ? { field: 'port', reason: `${formatBinding(pair)} is listed already.` }
    : undefined;
}
