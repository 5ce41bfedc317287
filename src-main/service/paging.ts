/** Options of the commands that list, and what they say when there is more. */
import { Problem } from '../engine/core/problem';
import type { CommandOption, OptionValues } from './command';

export const pageOptions: readonly CommandOption[] = [
  { flags: '--limit <number>', text: 'rows at most, 1 to 1000', defaultValue: '200' },
  { flags: '--offset <number>', text: 'rows to skip', defaultValue: '0' },
];

/** `--sort` by one of these columns, and `--descending`. */
export const sortOptions = (columns: readonly string[]): readonly CommandOption[] => [
  { flags: '--sort <column>', text: 'order of the rows', choices: columns },
  { flags: '--descending', text: 'the other way round' },
];

/** Throws Problem 'invalid' where there is a direction without a column. */
export function readSort<Column extends string>(
  options: OptionValues,
  columns: readonly Column[],
): { readonly sort?: { readonly column: Column; readonly isDescending: boolean } } {
  const column = columns.find((each) => each === options.text('sort'));
  if (column !== undefined) return { sort: { column, isDescending: options.has('descending') } };
  if (options.has('descending'))
    throw new Problem('invalid', 'Name the column to sort by with --sort.', '--descending');
  return {};
}

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
