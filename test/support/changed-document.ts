/** A document with random parts changed: put in another value, removed, doubled, wrapped, blown up, renamed. */
import fc from 'fast-check';

export interface Change {
  readonly kind: 'put' | 'remove' | 'double' | 'wrap' | 'blow-up' | 'rename' | 'take-from';
  /** Which of all the places, as parts of the whole. */
  readonly place: number;
  readonly other: number;
  readonly value: unknown;
}

/** Each place as likely as another one. */
const part = fc.noBias(fc.nat(99_999)).map((value) => value / 100_000);

/** @param values what is put into places */
export const changes = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Change> =>
  fc.record({
    kind: fc.constantFrom('put', 'put', 'put', 'take-from', 'remove', 'double', 'wrap', 'blow-up', 'rename'),
    place: part,
    other: part,
    value: values,
  });

type Holder = Record<string, unknown> | unknown[];
interface Place {
  readonly holder: Holder;
  readonly key: string;
}

const strangeKeys = ['__proto__', 'constructor', 'toString', 'polluted', ''];

function placesOf(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, part] of Object.entries(value)) {
    found.push({ holder: value as Holder, key });
    placesOf(part, found);
  }
  return found;
}

/** Own properties alone, as JSON has them: "__proto__" is a name like any other. */
function put(holder: Holder, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

function change(document: unknown, { kind, place, other, value }: Change): void {
  const places = placesOf(document);
  const at = (part: number): Place | undefined => places[Math.floor(part * places.length)];
  const chosen = at(place);
  if (!chosen) return;
  const { holder, key } = chosen;
  const part = (holder as Record<string, unknown>)[key];
  if (kind === 'put') put(holder, key, structuredClone(value));
  else if (kind === 'wrap') put(holder, key, other < 0.5 ? [part] : { [key]: part });
  else if (kind === 'blow-up') put(holder, key, blowUp(part));
  else if (kind === 'take-from') {
    const from = at(other);
    if (from) put(holder, key, structuredClone((from.holder as Record<string, unknown>)[from.key]));
  } else if (Array.isArray(holder)) {
    if (kind === 'double') holder.push(structuredClone(part));
    else holder.splice(Number(key), 1);
  } else if (kind === 'double') {
    put(holder, `${key}2`, structuredClone(part));
  } else {
    delete holder[key];
    if (kind === 'rename') put(holder, strangeKeys[Math.floor(other * strangeKeys.length)] ?? '', part);
  }
}

function blowUp(part: unknown): unknown {
  if (typeof part === 'string') return part.repeat(500);
  if (typeof part === 'number') return part * 1e6 + 0.5;
  if (!Array.isArray(part)) return part;
  return part.length === 0 ? part : Array.from({ length: 200 }, () => structuredClone(part[0] as unknown));
}

/** A changed copy; what cannot be done to the chosen place is left out. */
export function changeDocument(document: unknown, list: readonly Change[]): unknown {
  const copy = JSON.parse(JSON.stringify(document)) as unknown;
  for (const each of list) change(copy, each);
  return copy;
}
