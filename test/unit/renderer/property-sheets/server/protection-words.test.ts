import { describe, expect, it } from 'vitest';
import {
  describeProtection,
  type ProtectionDraft,
} from '../../../../../src-renderer/property-sheets/server/access/protection-words';

const installed: ProtectionDraft = {
  maxConnectionsPerAddress: 100,
  maxFailedLogOns: 20,
  lockOutMinutes: 30,
  tarPitSeconds: 0,
  greetingDelaySeconds: 0,
  proxyList: [],
};

describe('the sentences about protection', () => {
  it.each([
    [{}, 'One address may hold 100 connections. 20 failed log-ins lock it out for 30 minutes.'],
    [
      { maxFailedLogOns: 1, lockOutMinutes: 1 },
      'One address may hold 100 connections. 1 failed log-in locks it out for 1 minute.',
    ],
    [
      { maxConnectionsPerAddress: null, maxFailedLogOns: null },
      'One address may hold any number of connections. Failed log-ins lock nobody out.',
    ],
    [
      { maxConnectionsPerAddress: 1, tarPitSeconds: 5, greetingDelaySeconds: 1.5, proxyList: ['10.0.0.1'] },
      'One address may hold 1 connection. 20 failed log-ins lock it out for 30 minutes. Refusals wait 5 seconds. The greeting waits 1.5 seconds. Proxies: 10.0.0.1.',
    ],
  ] as [Partial<ProtectionDraft>, string][])('%j', (change, text) => {
    expect(describeProtection({ ...installed, ...change }, { takesLogIn: false })).toEqual({ text });
  });

  it('warn where passwords can be tried without end', () => {
    const open = { ...installed, maxFailedLogOns: null };
    expect(describeProtection(open, { takesLogIn: true }).warning).toContain('without end');
    expect(describeProtection(installed, { takesLogIn: true }).warning).toBeUndefined();
  });
});
