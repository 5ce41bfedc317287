/**
 * Accounts and operators as a document whose changes can be told. Pure.
 *
 * Promises: of an entry only what names it, its role and what is on or off is shown. Everything else is a secret,
 *   whatever is added one day.
 */
import { keptSecret } from '../settings/schema';
import type { Document } from './value-changes';

/** Lists of entries by name, as they lie in the file. */
export type PeopleLists = object;

const shownFields = new Set(['name', 'kind', 'role', 'methods']);
/** Set once, and no news. */
const leftOut = new Set(['createdAt']);

export function describePeople(people: PeopleLists): Document {
  const map = (show: (name: string, value: unknown) => unknown): unknown =>
    Object.fromEntries(
      Object.entries(people).map(([list, entries]) => [
        list,
        Array.isArray(entries) ? entries.map((entry: object) => mapEntry(entry, show)) : [],
      ]),
    );
  return {
    raw: map((_, value) => value),
    shown: map((name, value) => (isShown(name, value) ? value : keptSecret)),
  };
}

const isShown = (name: string, value: unknown): boolean =>
  shownFields.has(name) || typeof value === 'boolean' || value === undefined;

const mapEntry = (entry: object, show: (name: string, value: unknown) => unknown): object =>
  Object.fromEntries(
    Object.entries(entry)
      .filter(([name]) => !leftOut.has(name))
      .map(([name, value]) => [name, show(name, value)]),
  );
