/**
 * What is different between two documents, as rows that people read. Pure.
 *
 * Promises: a secret is never in a row, only whether it is set; rows are bounded in number and length, whatever the
 *   documents hold; two equal documents have no rows.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ValueChange } from '../api/contract';
import { keptSecret } from '../settings/schema';

/** A document and the same one with `keptSecret` in the place of each secret that is set. */
export interface Document {
  readonly raw: unknown;
  readonly shown: unknown;
}

/** More rows than this are counted only: an import can change everything. */
const maxRows = 200;
const maxTextLength = 300;
/** Of a list that is too long to be shown, so many of the entries that came and went. */
const maxNamedEntries = 20;
const maxEntryLength = 80;

type Fields = Readonly<Record<string, unknown>>;
/** Undefined: this side has nothing there. */
type Side = Document | undefined;

/** The rows, in the order of the documents. */
export function findValueChanges(before: Document, after: Document): ValueChange[] {
  const rows: ValueChange[] = [];
  let left = 0;
  compare([], before, after, (row) => {
    if (rows.length < maxRows) rows.push(row);
    else left += 1;
  });
  if (left > 0) rows.push({ field: '…', after: `${left} more` });
  return rows;
}

function compare(path: readonly string[], before: Side, after: Side, add: (row: ValueChange) => void): void {
  if (isDeepStrictEqual(before?.raw, after?.raw)) return;
  const field = path.join('.');
  const inner = (name: string, one: Side, other: Side): void => compare([...path, name], one, other, add);
  if (isSecret(before) || isSecret(after)) {
    const wasSet = isSecret(before);
    add({
      field,
      before: wasSet ? 'set' : 'not set',
      after: !isSecret(after) ? 'not set' : wasSet ? 'changed' : 'set',
    });
    return;
  }
  const [one, other] = [before?.shown, after?.shown];
  if (isFields(one) && isFields(other)) {
    for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
      inner(name, partOf(before, name), partOf(after, name));
    return;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    const [ones, others] = [keyedParts(before), keyedParts(after)];
    if (ones && others) compareKeyed(ones, others, inner);
    else add({ field, ...describeLists(one, other) });
    return;
  }
  add({
    field,
    ...(before === undefined || one === undefined ? {} : { before: describe(one) }),
    ...(after === undefined || other === undefined ? {} : { after: describe(other) }),
  });
}

type Compare = (name: string, one: Side, other: Side) => void;
/** Elements by key, each with its place. */
type Parts = ReadonlyMap<string, Document & { readonly at: number }>;

function compareKeyed(ones: Parts, others: Parts, inner: Compare): void {
  const gone = [...ones].filter(([key]) => !others.has(key));
  const come = [...others].filter(([key]) => !ones.has(key));
  const [oldKey, old] = gone[0] ?? [];
  // One that was renamed where it stood, not a deletion and a creation.
  const renamed =
    gone.length === 1 && come.length === 1 && come[0]?.[1].at === old?.at ? come[0]?.[1] : undefined;
  for (const [key, part] of ones) inner(key, part, key === oldKey && renamed ? renamed : others.get(key));
  for (const [key, part] of renamed ? [] : come) inner(key, undefined, part);
}

/** Undefined: the elements have no names of their own. */
function keyedParts({ raw, shown }: Document = { raw: [], shown: [] }): Parts | undefined {
  const parts = new Map<string, Document & { at: number }>();
  for (const [at, element] of (shown as readonly unknown[]).entries()) {
    const key = keyOf(element);
    if (key === undefined || parts.has(key)) return undefined;
    parts.set(key, { raw: (raw as readonly unknown[])[at], shown: element, at });
  }
  return parts;
}

/** Virtual servers are the same by number, all others by name, and where there is one by kind and name. */
function keyOf(element: unknown): string | undefined {
  if (!isFields(element)) return undefined;
  const { id, kind, name } = element;
  if (typeof id === 'number') return String(id);
  if (typeof name !== 'string') return undefined;
  return cut(typeof kind === 'string' ? `${kind} ${name}` : name, maxEntryLength);
}

function describeLists(one: readonly unknown[], other: readonly unknown[]): Omit<ValueChange, 'field'> {
  const whole = [one, other].map((list) => list.map(describe).join(', '));
  const [before = '', after = ''] = whole;
  if (before.length <= maxTextLength && after.length <= maxTextLength) return { before, after };
  const removed = missingFrom(other, one);
  const added = missingFrom(one, other);
  if (removed.length + added.length === 0)
    return { before: countOf(one), after: `${countOf(other)}, in another order` };
  const name = (list: readonly unknown[], verb: string, entries: readonly string[]): string =>
    entries.length === 0 ? countOf(list) : `${countOf(list)}, ${verb}: ${nameSome(entries)}`;
  return { before: name(one, 'removed', removed), after: name(other, 'added', added) };
}

/** The entries of `list` that `known` lacks. */
function missingFrom(known: readonly unknown[], list: readonly unknown[]): string[] {
  const texts = new Set(known.map((entry) => JSON.stringify(entry)));
  return list.filter((entry) => !texts.has(JSON.stringify(entry))).map(describe);
}

const countOf = (list: readonly unknown[]): string =>
  `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`;

function nameSome(entries: readonly string[]): string {
  const named = entries.slice(0, maxNamedEntries).map((entry) => cut(entry, maxEntryLength));
  const rest = entries.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** What is off or empty says nothing of a thing that came or went. */
const isTelling = (value: unknown): boolean =>
  value !== '' && value !== false && value !== null && value !== undefined && !isDeepStrictEqual(value, []);

function describe(value: unknown): string {
  if (value === keptSecret) return 'set';
  if (value === null) return 'none';
  if (typeof value === 'string') return cut(value, maxTextLength);
  if (Array.isArray(value)) return cut(value.slice(0, maxTextLength).map(describe).join(', '), maxTextLength);
  if (!isFields(value)) return cut(String(value), maxTextLength);
  const pairs = Object.entries(value).filter(([, part]) => isTelling(part));
  return cut(pairs.map(([name, part]) => `${name}=${describe(part)}`).join(' '), maxTextLength);
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

const isSecret = (side: Side): boolean => side?.shown === keptSecret;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function partOf(side: Side, name: string): Side {
  const { raw, shown } = (side ?? {}) as { raw?: unknown; shown?: unknown };
  if (!isFields(shown) || !Object.hasOwn(shown, name)) return undefined;
  return { raw: isFields(raw) ? raw[name] : undefined, shown: shown[name] };
}
