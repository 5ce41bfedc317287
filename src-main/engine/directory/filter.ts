/**
 * An administrator's filter with the parts of an address in it. The text is read first and filled after: what is
 * filled in is a value by then, whatever characters it has, and cannot become a part of the filter.
 *
 * Fails: with Problem 'refused' for a text that is no filter (RFC 4515).
 */
import type { Filter } from 'ldapts';
import { Problem, reasonOf } from '../core/problem';

export interface FilterFilling {
  readonly library: typeof import('ldapts');
  readonly values: { readonly address: string; readonly local: string; readonly domain: string };
}

export function fillFilter(text: string, { library, values }: FilterFilling): Filter {
  let filter: Filter;
  try {
    filter = library.FilterParser.parseString(text);
  } catch (error) {
    throw new Problem('refused', `The filter cannot be read: ${reasonOf(error)}.`, 'ldapFilter', {
      cause: error,
    });
  }
  const fill = (value: string): string =>
    value.replace(/\{(address|local|domain)\}/g, (_, name: keyof typeof values) => values[name]);
  const walk = (part: Filter): void => {
    if (part instanceof library.AndFilter || part instanceof library.OrFilter) part.filters.forEach(walk);
    else if (part instanceof library.NotFilter) walk(part.filter);
    else if (part instanceof library.SubstringFilter) {
      part.initial = fill(part.initial);
      part.any = part.any.map(fill);
      part.final = fill(part.final);
    } else if ('value' in part && typeof part.value === 'string') part.value = fill(part.value);
  };
  walk(filter);
  return filter;
}
