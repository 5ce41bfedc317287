import { expect, it } from 'vitest';
import { remoteDomain } from '../../../../src-main/api/contract';
import { describeDestination } from '../../../../src-renderer/domains/destination';

const remote = (part: Record<string, unknown>) => {
  const settings = remoteDomain.parse({ type: 'remote', name: 'a.test', ...part });
  return describeDestination({ name: settings.name, type: 'remote', settings });
};

it('is the Drop folder for a local domain', () => {
  const settings = { type: 'alias', name: 'a.test' } as const;
  expect(describeDestination({ name: 'a.test', type: 'alias', settings })).toBe('Drop folder');
});

it.each([
  [{}, 'DNS (MX)'],
  [{ port: 587 }, 'DNS (MX), port 587'],
  [{ smartHost: 'relay.test' }, 'Smart host relay.test'],
  [{ holdsForTrigger: true }, 'Held for ETRN, then DNS (MX)'],
  [
    { holdsForTrigger: true, turnAccounts: ['branch'], smartHost: 'relay.test' },
    'Held for ATRN/TURN/ETRN, then Smart host relay.test',
  ],
  [
    { smartHost: '[10.0.0.1]', port: 2525, isRelayAllowed: true },
    'Smart host [10.0.0.1], port 2525; anybody may relay to it',
  ],
])('%j: %s', (part, words) => {
  expect(remote(part)).toBe(words);
});
