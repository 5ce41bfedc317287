/** What about receiving needs attention at the moment. */
import { describe, expect, it } from 'vitest';
import { findReceivingAttention } from '../../../../src-main/api/handlers/receiving-attention';
import { createServerSettings } from '../../../support/settings';

const find = (change: object, options: { readonly lockOutCount?: number; readonly obstacle?: string } = {}) =>
  findReceivingAttention(
    [
      {
        id: 1,
        fqdn: 'mail.corp.test',
        settings: createServerSettings({ name: 'Relay', ...change }),
        lockOutCount: options.lockOutCount ?? 0,
      },
    ],
    () => options.obstacle,
  );

describe('attention about receiving', () => {
  it('has nothing to say of a server as it is installed', () => {
    expect(find({}, { obstacle: 'No key.' })).toEqual([]);
  });

  it.each([
    [1, '1 address is locked out'],
    [1204, '1,204 addresses are locked out'],
  ])('counts the addresses that are locked out: %d', (lockOutCount, words) => {
    const [item] = find({}, { lockOutCount });
    expect(item).toMatchObject({ serverId: 1, code: 'address-locked-out', action: 'sessions' });
    expect(item?.text).toMatch(new RegExp(`^Relay: ${words} after failed log-ins\\.`));
  });

  it('says why a key file cannot be used, and what it must hold', () => {
    const named = { allowsIntegrated: true, kerberosKeytab: '/etc/smtp.keytab' };
    const [item] = find(named, { obstacle: 'No key table entry' });
    expect(item).toMatchObject({ code: 'kerberos-unavailable', action: 'properties' });
    expect(item?.text).toContain('/etc/smtp.keytab: No key table entry. ');
    expect(item?.text).toContain('smtp/mail.corp.test');
    expect(find(named)).toEqual([]);
  });

  it.each([
    ['a key file that nobody asks for', { allowsIntegrated: false, kerberosKeytab: '/etc/smtp.keytab' }],
    ["the computer's own key file, which need not be there", { allowsIntegrated: true, kerberosKeytab: '' }],
  ])('is silent about %s', (_what, change) => {
    expect(find(change, { obstacle: 'No key.' })).toEqual([]);
  });

  it.each([
    ['only', [], ['nobody-may-connect']],
    ['only', ['192.0.2.1'], []],
    ['except', [], []],
  ])('tells when nobody may connect: %s %j', (connectionMode, connectionList, codes) => {
    expect(find({ connectionMode, connectionList }).map(({ code }) => code)).toEqual(codes);
  });
});
