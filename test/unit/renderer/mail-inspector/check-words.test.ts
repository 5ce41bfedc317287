import { describe, expect, it } from 'vitest';
import type { CheckFinding, ClientSupport } from '../../../../src-main/api/contract';
import {
  countLevels,
  describePlatform,
  groupFindings,
  scoreFamilies,
} from '../../../../src-renderer/mail-inspector/check-words';
import { toBase64 } from '../../../../src-renderer/mail-inspector/checked-mail';

const finding = (code: string, level: CheckFinding['level']): CheckFinding => ({
  code,
  level,
  title: code,
  text: '',
  places: [],
});
const client = (family: string, platform: string, score: number): ClientSupport => ({
  family,
  platform,
  score,
  unsupported: score < 1 ? ['display:flex'] : [],
  partial: [],
});

describe('what the checks found', () => {
  it('stands by area, the gravest first, and what belongs to none comes last', () => {
    const groups = groupFindings([
      finding('new.thing', 'hint'),
      finding('html.unsupported', 'warning'),
      finding('header.no-subject', 'warning'),
      finding('header.no-date', 'fault'),
    ]);
    expect(groups.map(({ title, counts, worst }) => [title, counts, worst])).toEqual([
      ['Header', '1 fault, 1 warning', 'fault'],
      ['Mail clients', '1 warning', 'warning'],
      ['Other', '1 hint', 'hint'],
    ]);
    expect(groups[0]?.findings.map(({ level }) => level)).toEqual(['fault', 'warning']);
  });

  it('is nothing where nothing was found', () => {
    expect(groupFindings([])).toEqual([]);
    expect(countLevels([])).toBe('Nothing found');
  });
});

describe('scores of mail clients', () => {
  it('are those of the weakest platform, common families first', () => {
    const scores = scoreFamilies([
      client('HEY', 'Webmail', 0.2),
      client('Gmail', 'iOS', 0.999),
      client('Outlook', 'macOS', 1),
      client('Outlook', 'Windows', 0.5),
      client('Apple Mail', 'iOS', 1),
    ]);
    expect(scores.map(({ family, percent, words }) => [family, percent, words])).toEqual([
      ['Outlook', 50, 'Weakest on Windows'],
      ['Gmail', 99, '1 shortcoming'],
      ['Apple Mail', 100, 'Everything'],
      ['HEY', 20, '1 shortcoming'],
    ]);
  });

  it('name what is not supported', () => {
    expect(describePlatform(client('Gmail', 'iOS', 0.5))).toBe('Not supported: display:flex.');
    expect(describePlatform(client('Gmail', 'iOS', 1))).toBe('Supports everything that is used.');
  });
});

describe('bytes of an opened message', () => {
  it.each([0, 1, 2, 3, 0x6000, 0x6001, 100_000])('become base64, %i of them', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });
});
