/** Findings and scores, in the order and the words in which the Checks tab shows them. Pure. */
import type { CheckFinding, ClientSupport } from '../../src-main/api/contract';
import { formatCount } from '../ui/format';

export const levelWords: Record<CheckFinding['level'], string> = {
  fault: 'Fault',
  warning: 'Warning',
  hint: 'Hint',
  unknown: 'Unknown',
  good: 'Good',
};
const levels = ['fault', 'warning', 'hint', 'unknown', 'good'] as const;

/** Area of a finding by the first part of its code. */
const areas: readonly (readonly [title: string, codes: readonly string[]])[] = [
  ['Header', ['header']],
  ['Lines and encoding', ['lines', 'mime']],
  ['Links', ['links']],
  ['Mailing list', ['list']],
  ['Size and pictures', ['size', 'pictures', 'text']],
  ['Accessibility', ['access']],
  ['Mail clients', ['html']],
];

export interface FindingGroup {
  readonly title: string;
  readonly findings: readonly CheckFinding[];
  /** "1 fault, 2 warnings" */
  readonly counts: string;
  readonly worst: CheckFinding['level'];
}

/** Only areas in which something was found; what stands in no area comes last. */
export function groupFindings(findings: readonly CheckFinding[]): FindingGroup[] {
  const areaOf = ({ code }: CheckFinding): string =>
    areas.find(([, codes]) => codes.includes(code.split('.', 1)[0] ?? ''))?.[0] ?? 'Other';
  return [...areas.map(([title]) => title), 'Other'].flatMap((title) => {
    const own = findings
      .filter((each) => areaOf(each) === title)
      .sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
    const [first] = own;
    return first ? [{ title, findings: own, counts: countLevels(own), worst: first.level }] : [];
  });
}

export function countLevels(findings: readonly CheckFinding[]): string {
  const counted = (['fault', 'warning', 'hint'] as const).flatMap((level) => {
    const count = findings.filter((each) => each.level === level).length;
    return count === 0 ? [] : [formatCount(count, level)];
  });
  return counted.length === 0 ? 'Nothing found' : counted.join(', ');
}

export interface FamilyScore {
  readonly family: string;
  /** Of its weakest platform, 0 to 100, rounded down: 100 means everything. */
  readonly percent: number;
  /** "Supports everything", "Weakest on Windows" */
  readonly words: string;
  readonly platforms: readonly ClientSupport[];
}

/** What most people read mail with; the others are of interest to who writes for them. */
const common = new Set(['Apple Mail', 'Gmail', 'Outlook', 'Yahoo! Mail']);

/** Common ones first, of these and of the others the weakest. */
export function scoreFamilies(clients: readonly ClientSupport[]): FamilyScore[] {
  const families = new Map<string, ClientSupport[]>();
  for (const each of clients) families.set(each.family, [...(families.get(each.family) ?? []), each]);
  return [...families]
    .map(([family, platforms]) => {
      const sorted = [...platforms].sort((one, other) => one.score - other.score);
      const [weakest] = sorted;
      const percent = Math.floor((weakest?.score ?? 1) * 100);
      const words =
        percent === 100
          ? 'Everything'
          : sorted.length > 1
            ? `Weakest on ${weakest?.platform}`
            : formatCount((weakest?.unsupported.length ?? 0) + (weakest?.partial.length ?? 0), 'shortcoming');
      return { family, percent, words, platforms: sorted };
    })
    .sort(
      (one, other) =>
        Number(common.has(other.family)) - Number(common.has(one.family)) ||
        one.percent - other.percent ||
        one.family.localeCompare(other.family),
    );
}

/** "Not supported: display:flex, position. In part: margin." */
export function describePlatform({ unsupported, partial }: ClientSupport): string {
  const part = (title: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${title}: ${names.join(', ')}.`];
  const text = [...part('Not supported', unsupported), ...part('In part', partial)].join(' ');
  return text === '' ? 'Supports everything that is used.' : text;
}
