import { expect, it } from 'vitest';
import { bindingsOnPort25 } from '../../../../src-renderer/app/move-to-port-25';

it('keeps each address once, on port 25', () => {
  expect(
    bindingsOnPort25([
      { address: '', port: 2525 },
      { address: '', port: 25 },
      { address: '::1', port: 2526 },
    ]),
  ).toEqual([
    { address: '', port: 25 },
    { address: '::1', port: 25 },
  ]);
});
