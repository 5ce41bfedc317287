import { describe, expect, it } from 'vitest';
import {
  draftOf,
  readDraft,
  withoutSubnetMask,
  withSubnetAddress,
} from '../../../../../src-renderer/property-sheets/address-list/entry-draft';
import { findOwnSubnets } from '../../../../../src-renderer/property-sheets/address-list/suggestions';

describe('the fields of an entry', () => {
  it.each(['10.0.4.7', '2001:db8::1', '10.0.4.0/24', '0.0.0.0/0', '2001:db8::/32', 'example.com'])(
    'show %s and mean it again',
    (text) => {
      const reading = readDraft(draftOf(text));
      expect('entry' in reading && reading.entry.text).toBe(text);
    },
  );

  it('show a mask as administrators write it', () => {
    expect(draftOf('10.0.4.0/22')).toMatchObject({ subnet: '10.0.4.0', mask: '255.255.252.0' });
    expect(draftOf('2001:db8::/32')).toMatchObject({ subnet: '2001:db8::', mask: '/32' });
  });

  it('take a subnet in one piece', () => {
    const empty = { ...draftOf(undefined), kind: 'subnet' as const };
    // Typed key by key, as a person does.
    const draft = ['10.0.4.0', '10.0.4.0/', '10.0.4.0/2', '10.0.4.0/24'].reduce(withSubnetAddress, empty);
    expect(draft).toMatchObject({ subnet: '10.0.4.0/24', mask: '/24', isMaskTaken: true });
    expect(readDraft(draft)).toMatchObject({ entry: { text: '10.0.4.0/24' } });
    expect(withoutSubnetMask(draft)).toMatchObject({ subnet: '10.0.4.0', mask: '/24' });
    expect(withoutSubnetMask({ ...draft, subnet: '10.0.4.0/24/7' }).subnet).toBe('10.0.4.0/24/7');
  });

  it.each([
    [{ kind: 'computer', address: 'x' }, 'address'],
    [{ kind: 'subnet', subnet: '10.0.4', mask: '24' }, 'subnet'],
    [{ kind: 'subnet', subnet: '10.0.4.0', mask: '' }, 'mask'],
    [{ kind: 'domain', domain: '10.0.4.7' }, 'domain'],
  ] as const)('tell with %j that %s is wrong', (part, field) => {
    expect(readDraft({ ...draftOf(undefined), ...part })).toMatchObject({ field });
  });
});

describe('"My subnets"', () => {
  it('are those with private addresses, each once, as subnets', () => {
    const networks = [
      '10.0.4.17/24',
      '10.0.4.18/24',
      '203.0.113.9/24',
      'fd00::2/64',
      '2001:db8::2/64',
      'what?',
    ];
    expect(findOwnSubnets(networks)).toEqual(['10.0.4.0/24', 'fd00::/64']);
  });
});
