import { describe, expect, it } from 'vitest';
import {
  createLineEndingPolicy,
  decideLineEndings,
} from '../../../../src-main/engine/smtp-in/line-ending-policy';

const decide = (list: readonly unknown[], peerAddress: string, hostName?: string) =>
  decideLineEndings(
    createLineEndingPolicy({
      bareLineEndings: 'reject',
      bareLineEndingsOfListed: 'keep',
      bareLineEndingsList: list as string[],
    }),
    { peerAddress, hostName },
  );

describe('line ends of a client', () => {
  it.each([
    ['nobody is listed', [], '192.0.2.1', undefined, 'reject', false],
    ['its address is listed', ['192.0.2.1'], '192.0.2.1', undefined, 'keep', false],
    ['its subnet is listed', ['192.0.2.0/24'], '::ffff:192.0.2.1', undefined, 'keep', false],
    ['another one is listed', ['192.0.2.0/24'], '198.51.100.1', undefined, 'reject', false],
    ['its name may be listed', ['example.com'], '192.0.2.1', undefined, 'reject', true],
    ['its name is listed', ['example.com'], '192.0.2.1', 'printer.example.com', 'keep', true],
    ['its name is another one', ['example.com'], '192.0.2.1', 'printer.example.org', 'reject', true],
    ['the list cannot be read', ['192.0.2.1', 7], '192.0.2.1', undefined, 'reject', false],
  ])('%s', (_when, list, address, name, policy, isNameDecisive) => {
    expect(decide(list, address, name)).toEqual({ policy, isNameDecisive });
  });
});
