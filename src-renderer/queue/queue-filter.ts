/**
 * What the queue is filtered by, and the chips that show it: one chip for each condition, all of which must hold.
 * Pure.
 */
import type { QueueFilter } from '../../src-main/api/contract';
import { queueAgesMs } from '../../src-main/api/contract';
import { type GroupState, stateTitle } from './group-words';

export const textFields = ['destination', 'sender', 'recipient', 'error'] as const;
export type TextField = (typeof textFields)[number];
export type FilterField = TextField | 'state' | 'age';

export const fieldTitles: Record<FilterField, string> = {
  destination: 'Destination',
  sender: 'Sender',
  recipient: 'Recipient',
  error: 'Error text',
  state: 'State',
  age: 'Age',
};

export const filterFields = Object.keys(fieldTitles) as FilterField[];

export const groupStates: readonly GroupState[] = [
  'due',
  'active',
  'waiting',
  'held',
  'frozen',
  'for-trigger',
];

/** Bars of the chart and choices of the filter: from (inclusive) and up to (exclusive) so many milliseconds. */
export interface AgeBand {
  readonly title: string;
  readonly minAgeMs: number;
  /** Absent: however old. */
  readonly maxAgeMs?: number;
}

const bandTitles = ['Under 5 min', '5 min to 1 h', '1 to 4 h', '4 h to 1 day', 'Over 1 day'];

export const ageBands: readonly AgeBand[] = bandTitles.map((title, index) => {
  const maxAgeMs = queueAgesMs[index];
  return { title, minAgeMs: queueAgesMs[index - 1] ?? 0, ...(maxAgeMs !== undefined && { maxAgeMs }) };
});

/** Number of the band that a filter chooses; -1 for none. */
export const bandOf = ({ minAgeMs, maxAgeMs }: QueueFilter): number =>
  minAgeMs === undefined && maxAgeMs === undefined
    ? -1
    : ageBands.findIndex((band) => band.minAgeMs === (minAgeMs ?? 0) && band.maxAgeMs === maxAgeMs);

export function withBand(filter: QueueFilter, band: AgeBand | undefined): QueueFilter {
  const { minAgeMs: _, maxAgeMs: __, ...rest } = filter;
  if (band === undefined) return rest;
  return {
    ...rest,
    minAgeMs: band.minAgeMs,
    ...(band.maxAgeMs !== undefined && { maxAgeMs: band.maxAgeMs }),
  };
}

/** The filter with another condition on one field; an empty one takes it away. */
export function withField(filter: QueueFilter, field: FilterField, value: string): QueueFilter {
  if (field === 'age')
    return withBand(
      filter,
      ageBands.find(({ title }) => title === value),
    );
  const { [field]: _, isWholeDestination, ...rest } = filter;
  // The name of another destination is a part again, as whoever types expects it.
  const kept =
    field !== 'destination' && isWholeDestination === true ? { ...rest, isWholeDestination } : rest;
  const text = value.trim();
  if (text === '') return kept;
  if (field !== 'state') return { ...kept, [field]: text };
  const state = groupStates.find((each) => each === value);
  return state === undefined ? kept : { ...kept, state };
}

/** Exactly this destination; undefined: any. */
export function withDestination(filter: QueueFilter, destination: string | undefined): QueueFilter {
  const rest = withField(filter, 'destination', '');
  return destination === undefined ? rest : { ...rest, destination, isWholeDestination: true };
}

/** The destination that the filter names as a whole. */
export const destinationOf = ({ destination, isWholeDestination }: QueueFilter): string | undefined =>
  isWholeDestination === true ? destination : undefined;

export interface FilterChip {
  readonly field: FilterField;
  /** "Destination: corp.test" */
  readonly text: string;
}

export function chipsOf(filter: QueueFilter): FilterChip[] {
  return filterFields.flatMap((field): FilterChip[] => {
    const value = chipValue(filter, field);
    return value === undefined ? [] : [{ field, text: `${fieldTitles[field]} ${value}` }];
  });
}

function chipValue(filter: QueueFilter, field: FilterField): string | undefined {
  switch (field) {
    case 'state':
      return filter.state === undefined ? undefined : `is ${stateTitle(filter.state)}`;
    case 'age': {
      if (filter.minAgeMs === undefined && filter.maxAgeMs === undefined) return undefined;
      return `is ${(ageBands[bandOf(filter)]?.title ?? 'chosen').toLowerCase()}`;
    }
    case 'destination':
      if (filter.destination === undefined) return undefined;
      return `${filter.isWholeDestination === true ? 'is' : 'contains'} ${filter.destination}`;
    default:
      return filter[field] === undefined ? undefined : `contains ${filter[field]}`;
  }
}

export const isFiltered = (filter: QueueFilter): boolean => chipsOf(filter).length > 0;

/** "with destination is corp.test and age over 1 day": for questions that name what they are about. */
export const describeFilter = (filter: QueueFilter): string =>
  chipsOf(filter)
    .map(({ text }) => text.charAt(0).toLowerCase() + text.slice(1))
    .join(' and ');
