/** Options of the commands that list, and what they say when there is more. */
import { Problem } from '../engine/core/problem';
import type { CommandOption, OptionValues } from './command';

export const pageOptions: readonly CommandOption[] = [
  { flags: '--limit <number>', text: 'rows at most, 1 to 1000', defaultValue: '200' },
  { flags: '--offset <number>', text: 'rows to skip', defaultValue: '0' },
];

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** Throws Problem 'invalid' naming the option. */
export function readPage(options: OptionValues): Page {
  return {
    limit: readCount(options.text('limit'), '--limit', 1, 1000),
    offset: readCount(options.text('offset'), '--offset', 0, 10_000_000),
  };
}

function readCount(text: string | undefined, name: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new Problem('invalid', `Enter a whole number from ${min} to ${max}.`, name);
  return value;
}

/** A last line when rows were left out; '' when all are shown. */
export function describeRest(page: Page, shown: number, total: number): string {
  if (page.offset + shown >= total || shown === 0) return '';
  return `\n${shown} of ${total} shown; the next ones with --offset ${page.offset + shown}.`;
}
