import { describe, expect, it } from 'vitest';
import { datedName, numberedName, numberOf } from '../../../../src-main/engine/protocol-log/file-name';
import type { LogFormat, LogSchedule } from '../../../../src-main/settings/schema';

const at = Date.UTC(2026, 2, 26, 19, 18, 6);

describe('names of protocol log files', () => {
  const cases: [LogFormat, LogSchedule, string | undefined][] = [
    ['w3c', 'hourly', 'ex26032619.log'],
    ['w3c', 'daily', 'ex260326.log'],
    ['w3c', 'weekly', 'ex260304.log'],
    ['w3c', 'monthly', 'ex2603.log'],
    ['w3c', 'unlimited', undefined],
    ['w3c', 'size', undefined],
    ['iis', 'daily', 'in260326.log'],
    ['ncsa', 'monthly', 'nc2603.log'],
  ];
  it.each(cases)('%s, %s: %s', (logFormat, logSchedule, name) => {
    expect(datedName({ logFormat, logSchedule, usesLocalTimeForLog: false }, at)).toBe(name);
  });

  it('begins the second week of a month with its first Sunday', () => {
    const name = (day: number): string | undefined =>
      datedName(
        { logFormat: 'w3c', logSchedule: 'weekly', usesLocalTimeForLog: false },
        Date.UTC(2026, 7, day),
      );
    // 1 August 2026 is a Saturday, 30 and 31 are Sunday and Monday.
    expect([name(1), name(2), name(8), name(9), name(29), name(30), name(31)]).toEqual(
      ['01', '02', '02', '03', '05', '06', '06'].map((week) => `ex2608${week}.log`),
    );
  });

  it('reads the number of a numbered file and of nothing else', () => {
    expect(numberOf('w3c', numberedName('w3c', 12))).toBe(12);
    expect(numberOf('iis', 'INETSV3.LOG')).toBe(3);
    for (const name of ['ex260326.log', 'extend.log', 'extend1.log.bak', 'inetsv1.log'])
      expect(numberOf('w3c', name)).toBeUndefined();
  });
});
