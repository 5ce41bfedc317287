import { describe, expect, it } from 'vitest';
import type { QueueFilter } from '../../../../src-main/api/contract';
import {
  ageBands,
  bandOf,
  chipsOf,
  describeFilter,
  destinationOf,
  type FilterField,
  withBand,
  withDestination,
  withField,
} from '../../../../src-renderer/queue/queue-filter';

describe('the filter of the queue', () => {
  it('has a chip for each condition, and each chip takes its own condition away', () => {
    const whole: QueueFilter = {
      destination: 'corp.test',
      isWholeDestination: true,
      sender: 'app',
      recipient: 'ann',
      error: 'quota',
      state: 'held',
      minAgeMs: 86_400_000,
    };
    const chips = chipsOf(whole);
    expect(chips.map(({ text }) => text)).toEqual([
      'Destination is corp.test',
      'Sender contains app',
      'Recipient contains ann',
      'Error text contains quota',
      'State is Held',
      'Age is over 1 day',
    ]);
    let left = whole;
    for (const { field } of chips) {
      left = withField(left, field, '');
      expect(chipsOf(left).some((chip) => chip.field === field)).toBe(false);
    }
    expect(left).toEqual({});
  });

  it.each<[FilterField, string, QueueFilter]>([
    ['recipient', '  ann ', { recipient: 'ann' }],
    ['recipient', '   ', {}],
    ['destination', 'corp', { destination: 'corp' }],
    ['state', 'frozen', { state: 'frozen' }],
    ['state', 'no such state', {}],
    ['age', '1 to 4 h', { minAgeMs: 3_600_000, maxAgeMs: 14_400_000 }],
    ['age', '', {}],
  ])('%s "%s" becomes a condition', (field, value, filter) => {
    expect(withField({}, field, value)).toEqual(filter);
  });

  it('takes a destination of the list as a whole, and one that is typed as a part', () => {
    const whole = withDestination({ sender: 'app' }, 'corp.test');
    expect(destinationOf(whole)).toBe('corp.test');
    expect(withField(whole, 'sender', 'erp')).toEqual({
      destination: 'corp.test',
      isWholeDestination: true,
      sender: 'erp',
    });
    expect(destinationOf(withField(whole, 'destination', 'corp'))).toBeUndefined();
    expect(withDestination(whole, undefined)).toEqual({ sender: 'app' });
  });

  it('finds each band again, and bands leave no age between them', () => {
    ageBands.forEach((band, index) => {
      expect(bandOf(withBand({}, band))).toBe(index);
      expect(band.minAgeMs).toBe(ageBands[index - 1]?.maxAgeMs ?? 0);
    });
    expect(ageBands.at(-1)?.maxAgeMs).toBeUndefined();
    expect(bandOf({})).toBe(-1);
  });

  it('is named in a question', () => {
    expect(describeFilter({ sender: 'app', state: 'due' })).toBe('sender contains app and state is Due');
  });
});
