import { describe, expect, it } from 'vitest';
import { createPolicyCache } from '../../../../src-main/engine/smtp-in/policy';
import { createServerSettings } from '../../../support/settings';

const policyOf = (change: Parameters<typeof createServerSettings>[0]) =>
  createPolicyCache(
    () => createServerSettings(change),
    () => 'relay.corp.test',
  )();

describe('policy', () => {
  it.each([
    [null, 50_000],
    [1_999_999_999, 50_000],
    [100, 100],
  ])('with a limit of %o recipients takes %i', (maxRecipients, expected) => {
    expect(policyOf({ maxRecipients }).maxRecipients).toBe(expected);
  });

  it('no limit on messages, sessions and connections is infinite', () => {
    const policy = policyOf({ maxMessageKb: null, maxSessionKb: null, maxConnections: null });
    expect([policy.maxMessageBytes, policy.maxSessionBytes, policy.maxConnections]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
