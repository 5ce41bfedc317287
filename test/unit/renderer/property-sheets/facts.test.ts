import { expect, it } from 'vitest';
import { remoteDomain, serverSettings } from '../../../../src-main/api/contract';
import { remoteKeys } from '../../../../src-renderer/property-sheets/domain/remote-keys';
import { describeValue, readFacts } from '../../../../src-renderer/property-sheets/facts';
import { pageKeys } from '../../../../src-renderer/property-sheets/server/page-keys';

it('reads label, help, unit, default and restart from the schema', () => {
  expect(readFacts(serverSettings.shape, 'maxMessageKb')).toMatchObject({
    title: 'Limit message size to',
    unit: 'KB',
    defaultValue: 2048,
    needsRestart: false,
  });
  expect(readFacts(serverSettings.shape, 'badmailDirectory').needsRestart).toBe(true);
});

it('finds every setting of every page in the schema, each on one page', () => {
  const keys = Object.values(pageKeys).flat();
  expect(keys.filter((key) => !(key in serverSettings.shape))).toEqual([]);
  expect(new Set(keys).size).toBe(keys.length);
  const remote = Object.values(remoteKeys).flat();
  expect(new Set(remote).size).toBe(remote.length);
  expect(remote.filter((key) => !(key in remoteDomain.shape))).toEqual([]);
});

it('leaves no setting of a virtual server without a place in the console', () => {
  // Never changes; the list of domains; the sheet of the default domain.
  const elsewhere = ['id', 'domains', 'dropDirectory', 'hasDropQuota'];
  const shown = new Set<string>([...Object.values(pageKeys).flat(), ...elsewhere]);
  expect(Object.keys(serverSettings.shape).filter((key) => !shown.has(key))).toEqual([]);
});

it('leaves no setting of a remote domain without a place in the console', () => {
  const shown = new Set<string>(['type', 'name', ...Object.values(remoteKeys).flat()]);
  expect(Object.keys(remoteDomain.shape).filter((key) => !shown.has(key))).toEqual([]);
});

it.each([
  [4096, 'KB', '4096 KB'],
  [10, undefined, '10'],
  [null, 'KB', 'no limit'],
  [true, undefined, 'on'],
  ['', undefined, 'empty'],
  ['relay.corp.test', undefined, 'relay.corp.test'],
  ['x'.repeat(61), undefined, `${'x'.repeat(60)}…`],
  [[], undefined, 'empty'],
  [['10.0.4.0/24', '::1'], undefined, '10.0.4.0/24, ::1'],
  [[{ address: '', port: 25 }], undefined, '1 entry'],
  [Array.from({ length: 20 }, () => '10.0.4.0/24'), undefined, '20 entries'],
])('%j (%s) is told as "%s"', (value, unit, words) => {
  expect(describeValue(value, unit)).toBe(words);
});
