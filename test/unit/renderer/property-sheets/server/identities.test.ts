import { describe, expect, it } from 'vitest';
import { type Binding, binding } from '../../../../../src-main/api/contract';
import {
  addPair,
  findPairFault,
  removePair,
  replacePair,
} from '../../../../../src-renderer/property-sheets/server/identities';

const identity = (part: Partial<Binding>): Binding => ({ ...binding.parse({}), ...part });
const pairs = [identity({ port: 25 }), identity({ address: '10.0.0.1', port: 587 })];

describe('the list of identities', () => {
  it('grows, changes and shrinks without touching what was given', () => {
    const pair = identity({ address: '::1', port: 26 });
    expect(addPair(pairs, pair)).toHaveLength(3);
    expect(replacePair(pairs, 1, pair)).toEqual([pairs[0], pair]);
    expect(removePair(pairs, 0)).toEqual([pairs[1]]);
    expect(pairs).toHaveLength(2);
  });

  it.each([
    [{ address: '10.0.0.1', port: 25 }, undefined],
    [{ address: '', port: 25 }, 'port'],
    [{ address: 'host', port: 25 }, 'address'],
    [{ address: '', port: 0 }, 'port'],
    [{ address: '', port: 'x' as unknown as number }, 'port'],
  ])('judges %j', (part, field) => {
    expect(findPairFault(identity(part), pairs)?.field).toBe(field);
  });
});
