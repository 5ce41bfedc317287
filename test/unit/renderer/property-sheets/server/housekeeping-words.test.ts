import { describe, expect, it } from 'vitest';
import {
  findDestinationFault,
  portFor,
} from '../../../../../src-renderer/property-sheets/server/housekeeping-words';

describe('the port of the spam checker', () => {
  it.each([
    ['rspamd', 783, 11_333],
    ['spamassassin', 11_333, 783],
    ['rspamd', '783', 11_333],
    ['rspamd', 11_333, undefined],
    ['spamassassin', 783, undefined],
    ['spamassassin', 7830, undefined],
    ['none', 783, undefined],
    ['rspamd', '', undefined],
  ])('for %s, with %s before, becomes %s', (checker, port, expected) => {
    expect(portFor(checker, port)).toBe(expected);
  });
});

describe('a frozen destination', () => {
  it.each([
    [' far.test ', undefined],
    ['mail.test:25', undefined],
    ['', 'Enter a destination.'],
    ['  ', 'Enter a destination.'],
    ['Slow.Test', 'Slow.Test is frozen already.'],
    ['x'.repeat(301), 'At most 300 characters.'],
  ])('%j: %s', (name, expected) => {
    expect(findDestinationFault(name, ['slow.test'])).toBe(expected);
  });
});
