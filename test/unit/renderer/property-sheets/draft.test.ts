import { describe, expect, it } from 'vitest';
import { serverSettings } from '../../../../src-main/api/contract';
import {
  describeChanges,
  findDraftFaults,
  findForeignChanges,
  patchOf,
  withChange,
} from '../../../../src-renderer/property-sheets/draft';
import { crossCheckServer } from '../../../../src-renderer/property-sheets/server/cross-check';

const base = serverSettings.parse({
  id: 1,
  name: 'A',
  homeDirectory: '/a',
  bindings: [{ address: '', port: 25 }],
  domains: [{ type: 'default', name: 'a.test' }],
});
const judge = { schema: serverSettings, crossCheck: crossCheckServer };
const faults = (changes: Record<string, unknown>) =>
  Object.fromEntries(findDraftFaults({ ...base, ...changes }, judge));

describe('a draft', () => {
  it('holds only what differs from the settings in force', () => {
    const changed = withChange(base, {}, 'maxHops', 20);
    expect(changed).toEqual({ maxHops: 20 });
    expect(withChange(base, changed, 'maxHops', base.maxHops)).toEqual({});
  });

  it('sends no change that was made elsewhere in the meantime', () => {
    expect(patchOf({ ...base, maxHops: 20 }, { maxHops: 20, smartHost: 'x.test' })).toEqual({
      smartHost: 'x.test',
    });
  });

  it('is right with the settings in force', () => {
    expect(faults({})).toEqual({});
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ maxHops: 3 }, 'maxHops'],
    [{ maxHops: 'ten' }, 'maxHops'],
    [{ relayList: ['10.0.0.1', 'no entry'] }, 'relayList.1'],
    [{ bindings: [{ address: '', port: 70_000 }] }, 'bindings.0.port'],
    [{ smartHost: '10.0.0.1' }, 'smartHost'],
    [{ maxSessionKb: 1 }, 'maxSessionKb'],
    [{ triesDirectDelivery: true }, 'triesDirectDelivery'],
    [{ outboundDelayMinutes: 9000 }, 'outboundDelayMinutes'],
  ])('with %j is wrong at %s alone', (changes, path) => {
    expect(Object.keys(faults(changes))).toEqual([path]);
  });

  it('asks for a number where there is none, instead of naming types', () => {
    expect(faults({ maxHops: 'ten' })).toEqual({ maxHops: 'Enter a number.' });
  });

  it('tells what changed elsewhere and where that crosses its own changes', () => {
    const now = { ...base, maxHops: 20, smartHost: 'other.test' };
    expect(findForeignChanges(base, now, { smartHost: 'mine.test' })).toEqual([
      { key: 'maxHops', isConflict: false },
      { key: 'smartHost', isConflict: true },
    ]);
    expect(findForeignChanges(now, now, { smartHost: 'mine.test' })).toEqual([]);
  });

  it('says how many changes it holds and when they come into force', () => {
    const needsRestart = (key: string): boolean => key === 'badmailDirectory';
    expect(describeChanges({}, needsRestart)).toBe('No changes');
    expect(describeChanges({ a: 1, b: 2 }, needsRestart)).toBe('2 changes, applied without restart');
    expect(describeChanges({ badmailDirectory: '/x' }, needsRestart)).toBe(
      '1 change, in force after a restart',
    );
    expect(describeChanges({ a: 1, badmailDirectory: '/x' }, needsRestart)).toBe(
      '2 changes, 1 of them in force after a restart',
    );
  });
});
