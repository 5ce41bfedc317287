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
