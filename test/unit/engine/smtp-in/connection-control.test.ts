import { describe, expect, it } from 'vitest';
import { decideWithName, findMatchingEntry } from '../../../../src-main/engine/smtp-in/access-list';
import { createConnectPolicy, decideConnect } from '../../../../src-main/engine/smtp-in/connection-control';
import type { ServerSettings } from '../../../../src-main/settings/schema';

type Mode = ServerSettings['connectionMode'];

function decide(
  connectionMode: unknown,
  connectionList: unknown,
  peer: { readonly peerAddress: string; readonly hostName?: string },
) {
  const settings = { connectionMode, connectionList } as Pick<
    ServerSettings,
    'connectionMode' | 'connectionList'
  >;
  const { peerAddress, hostName } = peer;
  return decideConnect({ peerAddress, hostName, policy: createConnectPolicy(settings) });
}

const list = ['10.0.4.0/24', '2001:db8:1::/48', '::ffff:198.51.100.0/120', 'app.example'];

describe('connection control by address', () => {
  const peers: [string, boolean][] = [
    ['10.0.4.9', true],
    ['::ffff:10.0.4.9', true],
    ['10.0.5.9', false],
    ['198.51.100.7', true],
    ['2001:db8:1::7', true],
    ['2001:0DB8:0001:0:0::7', true],
    ['2001:db8:2::7', false],
  ];
  it.each(peers)('%s is listed: %s', (peerAddress, isListed) => {
    const stranger = { peerAddress, hostName: 'stranger.test' };
    expect(decide('only', list, stranger).allowed).toBe(isListed);
    expect(decide('except', list, stranger).allowed).toBe(!isListed);
  });

  it('is how it is installed: everybody may connect', () => {
    expect(decide('except', [], { peerAddress: '203.0.113.9' })).toEqual({
      allowed: true,
      rule: 'everybody except the connection list',
      isNameDecisive: false,
    });
  });

  it('refuses with 554, naming no rule', () => {
    expect(decide('except', list, { peerAddress: '10.0.4.9' })).toMatchObject({
      rule: 'connection control',
      status: { code: 554, enhanced: '5.7.1', text: 'Connection refused' },
    });
  });
});

describe('connection control by the verified host name', () => {
  it.each<[Mode, string | undefined, boolean]>([
    ['only', 'app.example', true],
    ['only', 'web1.APP.example', true],
    ['only', 'xapp.example', false],
    ['only', 'app.example.evil.test', false],
    ['only', undefined, false],
    ['except', 'web1.app.example', false],
    ['except', 'mail.other.test', true],
    // A computer without a name is in no domain: a list of names keeps nobody out who has none.
    ['except', undefined, true],
  ])('"%s", %s: %s', (mode, hostName, allowed) => {
    const peer = { peerAddress: '203.0.113.9', ...(hostName === undefined ? {} : { hostName }) };
    expect(decide(mode, list, peer)).toMatchObject({ allowed, isNameDecisive: true });
  });

  it.each<[string, unknown, string]>([
    ['the address decides', list, '10.0.4.9'],
    ['the list names no domain', ['10.0.4.0/24'], '203.0.113.9'],
    ['the list is empty', [], '203.0.113.9'],
    ['the list cannot be read', ['app.example', '10.0.0.0/8/8'], '203.0.113.9'],
  ])('is not asked for when %s', async (_when, entries, peerAddress) => {
    for (const mode of ['only', 'except']) {
      const policy = createConnectPolicy({
        connectionMode: mode as Mode,
        connectionList: entries as string[],
      });
      const decision = decideWithName(
        (hostName) => decideConnect({ peerAddress, hostName, policy }),
        () => Promise.reject(new Error('asked')),
      );
      expect(decision).not.toBeInstanceOf(Promise);
    }
  });
});

describe('a list that cannot be read whole', () => {
  it.each<[string, unknown, unknown]>([
    ['missing', 'except', undefined],
    ['missing', 'only', undefined],
    ['no list', 'except', '10.0.4.9'],
    ['a bad subnet', 'except', ['10.0.0.0/99']],
    ['an address cut short', 'only', ['10.0.4.9', '10.0.4']],
    ['an entry that is no text', 'except', [null]],
    ['an empty entry', 'except', ['']],
    ['an unknown mode', 'everybody', []],
    ['no mode', undefined, []],
  ])('%s (%s): nobody may connect', (_what, mode, entries) => {
    expect(decide(mode, entries, { peerAddress: '10.0.4.9', hostName: 'app.example' }).allowed).toBe(false);
  });

  it.each(['', 'unix', '10.0.4', '10.0.4.9 '])('nor a peer without a readable address: %j', (peerAddress) => {
    expect(decide('except', [], { peerAddress }).allowed).toBe(false);
    expect(decide('only', list, { peerAddress, hostName: 'app.example' }).allowed).toBe(false);
  });
});

it.each([
  ['10.0.4.9', undefined, '10.0.4.0/24'],
  ['203.0.113.9', 'web1.app.example', 'app.example'],
  ['203.0.113.9', undefined, undefined],
])('%s (%s) is in the list as %s', (peerAddress, hostName, entry) => {
  expect(findMatchingEntry(list, { peerAddress, hostName })).toBe(entry);
});
