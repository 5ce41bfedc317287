import { expect, it } from 'vitest';
import { describeWayOut } from '../../../../../src-renderer/property-sheets/server/way-out';

const values = {
  smartHost: '',
  triesDirectDelivery: false,
  outboundPort: 25,
  outboundAuthentication: 'anonymous',
  outboundUserName: '',
  outboundTls: 'opportunistic',
};

it.each([
  [{}, 'directly to the hosts that DNS names for them on port 25.'],
  [
    { outboundTls: 'required' },
    'directly to the hosts that DNS names for them on port 25, with TLS required.',
  ],
  [{ smartHost: '[192.0.2.25]' }, 'to the smart host [192.0.2.25] on port 25.'],
  [
    {
      smartHost: 'smtp.test',
      outboundPort: 587,
      outboundAuthentication: 'basic',
      outboundUserName: 'ann',
      outboundTls: 'required',
    },
    'to the smart host smtp.test (logged in as "ann") on port 587, with TLS required.',
  ],
  [
    { smartHost: 'smtp.test', outboundAuthentication: 'ntlm', outboundUserName: 'CORP\\ann' },
    'to the smart host smtp.test (logged in as "CORP\\ann" by NTLM) on port 25.',
  ],
  [
    { smartHost: 'smtp.test', outboundAuthentication: 'oauth2', outboundTls: 'verified' },
    'to the smart host smtp.test (logged in by OAuth2) on port 25, with TLS and a valid certificate required.',
  ],
  [
    { smartHost: 'one.test', furtherSmartHosts: [{ host: 'two.test' }] },
    'to the smart host one.test on port 25. Where that cannot be reached, it goes to two.test.',
  ],
  [
    {
      smartHost: 'one.test',
      triesDirectDelivery: true,
      furtherSmartHosts: ['two.test', 'three.test', 'four.test'].map((host) => ({ host })),
      senderRoutes: [{}],
    },
    'directly first, and to the smart host one.test when that fails, on port 25. Where that cannot be reached, it goes to two.test, then three.test and 1 more. A route sends the mail of some senders another way.',
  ],
  [
    { senderRoutes: [{}, {}] },
    'directly to the hosts that DNS names for them on port 25. 2 routes send the mail of some senders other ways.',
  ],
  [
    { smartHost: 'smtp.test', triesDirectDelivery: true },
    'directly first, and to the smart host smtp.test when that fails, on port 25.',
  ],
])('says where mail goes: %o', (change, words) => {
  expect(describeWayOut({ ...values, ...change })).toBe(words);
});

it('speaks of no log-in where there is no smart host to log in at', () => {
  const words = describeWayOut({ ...values, outboundAuthentication: 'basic', outboundUserName: 'ann' });
  expect(words).not.toContain('ann');
});
