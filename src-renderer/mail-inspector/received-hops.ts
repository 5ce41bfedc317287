/** The way that the Received fields tell, oldest hop first, with the time each took. RFC 5321 section 4.4. Pure. */

export interface Hop {
  /** "mx1.corp.test", as the receiving host names itself; '' when it does not say. */
  readonly by: string;
  /** Whom it received it from, with the address in brackets where it is told. */
  readonly from: string;
  /** "ESMTPS" */
  readonly protocol: string;
  readonly recipient: string;
  /** undefined: no date that can be read. */
  readonly at: number | undefined;
  /** Since the hop before; undefined where one of the two has no date. Negative: the clocks disagree. */
  readonly delayMs: number | undefined;
  /** As written, unfolded. */
  readonly raw: string;
}

/** More is a loop, or an attack on whoever reads it. */
export const maxHops = 100;

/** @param received values of the Received fields as they stand in the header, newest first */
export function readHops(received: readonly string[]): Hop[] {
  const hops: Hop[] = [];
  let before: number | undefined;
  for (const raw of received.slice(0, maxHops).toReversed()) {
    const { clauses, date } = splitReceived(raw.slice(0, 4000));
    const at = readDate(date);
    hops.push({
      by: clauses.by ?? '',
      from: clauses.from ?? '',
      protocol: firstWord(clauses.with ?? ''),
      recipient: (clauses.for ?? '').replace(/^<|>$/g, ''),
      at,
      delayMs: at === undefined || before === undefined ? undefined : at - before,
      raw: raw.replace(/\s+/g, ' ').trim(),
    });
    before = at ?? before;
  }
  return hops;
}

const clauseNames = new Set(['from', 'by', 'via', 'with', 'id', 'for']);

/** Clauses are "name value (comment)", in any order that servers have thought of; the date follows the last ";". */
function splitReceived(text: string): { clauses: Record<string, string>; date: string } {
  const clauses: Record<string, string> = {};
  let name = '';
  let depth = 0;
  let word = '';
  let isDate = false;
  let date = '';
  const end = (): void => {
    if (word === '') return;
    const key = word.toLowerCase();
    if (depth === 0 && clauseNames.has(key) && clauses[key] === undefined) {
      name = key;
      clauses[key] = '';
    } else if (name !== '') clauses[name] = `${clauses[name]} ${word}`.trim();
    word = '';
  };
  for (const character of text) {
    if (isDate) date += character;
    else if (character === ';' && depth === 0) {
      end();
      isDate = true;
    } else if (/\s/.test(character)) end();
    else {
      if (character === '(') {
        if (depth === 0) end();
        depth += 1;
      }
      word += character;
      if (character === ')') {
        end();
        depth = Math.max(0, depth - 1);
      }
    }
  }
  end();
  return { clauses, date };
}

const firstWord = (text: string): string => text.split(' ')[0] ?? '';

function readDate(text: string): number | undefined {
  const at = Date.parse(text.replace(/\([^()]*\)/g, ' ').trim());
  return Number.isNaN(at) ? undefined : at;
}

/** "3 s", "2 min 5 s", "clock 4 s behind". */
export function describeDelay(delayMs: number): string {
  const seconds = Math.round(Math.abs(delayMs) / 1000);
  const text =
    seconds < 60
      ? `${seconds} s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
        : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return delayMs < 0 ? `clock ${text} behind` : text;
}
