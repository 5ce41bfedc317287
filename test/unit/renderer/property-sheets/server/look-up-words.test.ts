import { expect, it } from 'vitest';
import { describeLookUp } from '../../../../../src-renderer/property-sheets/server/look-up-words';

const own = ['127.0.0.1', '192.0.2.10'];

it.each([
  [{ addresses: ['192.0.2.10'] }, 'mx.test is known to DNS as 192.0.2.10, an address of this computer.'],
  [
    { addresses: ['192.0.2.10', '198.51.100.1'] },
    'mx.test is known to DNS as 192.0.2.10, 198.51.100.1; this computer has 192.0.2.10.',
  ],
  [
    { addresses: ['198.51.100.1'] },
    'mx.test is known to DNS as 198.51.100.1. None of these is an address of this computer; behind a router that is as it should be.',
  ],
  [{ addresses: [], problem: 'DNS does not know mx.test.' }, 'DNS does not know mx.test.'],
  [{ addresses: [] }, 'DNS has no address for mx.test. Other servers may refuse mail from it.'],
])('tells what DNS said: %o', (answer, words) => {
  expect(describeLookUp('mx.test', answer, own)).toBe(words);
});
