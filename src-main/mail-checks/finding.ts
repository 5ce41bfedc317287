/** Findings: made in one way, with few and short places. */
import type { CheckFinding } from '../api/contract';
import { checkLimits } from './limits';

export type Level = CheckFinding['level'];

/** One line of plain text: no control characters, not long. */
export function plainPlace(text: string, maxCharacters: number = checkLimits.placeCharacters): string {
  const flat = text
    .slice(0, maxCharacters * 4)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return flat.length > maxCharacters ? `${flat.slice(0, maxCharacters - 1)}…` : flat;
}

/** The first places; one more says how many were left out. */
function fewPlaces(places: readonly string[]): string[] {
  const shown = places.slice(0, checkLimits.places).map((place) => plainPlace(place));
  const rest = places.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest.toLocaleString('en')} more`] : shown;
}

export function finding(
  level: Level,
  code: string,
  title: string,
  text: string,
  places: readonly string[] = [],
): CheckFinding {
  return { level, code, title, text, places: fewPlaces(places) };
}

/** "1 picture", "3 pictures". */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
