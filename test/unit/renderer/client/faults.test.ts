import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { readFault } from '../../../../src-renderer/client/faults';

describe('what a person reads of a failed call', () => {
  it('is the reason and its field, for an error of the contract', () => {
    const error = new ORPCError('conflict', { message: 'Used by "A".', data: { field: 'bindings.0' } });
    expect(readFault(error)).toEqual({ code: 'conflict', text: 'Used by "A".', field: 'bindings.0' });
  });

  it('has no field when the engine named none', () => {
    expect(readFault(new ORPCError('refused', { message: 'No.', data: {} }))).toEqual({
      code: 'refused',
      text: 'No.',
    });
  });

  it('is the first issue when the contract itself refused the arguments', () => {
    const error = new ORPCError('BAD_REQUEST', {
      message: 'Input validation failed',
      data: { issues: [{ message: 'Enter a name.', path: ['name'] }] },
    });
    expect(readFault(error)).toEqual({ code: 'BAD_REQUEST', text: 'Enter a name.', field: 'name' });
  });

  it('is that the engine is out of reach, for anything else that was thrown', () => {
    for (const error of [new TypeError('Failed to fetch'), undefined, 'x', null]) {
      expect(readFault(error).code).toBe('unreachable');
    }
  });

  it('trusts nothing in the data of an error', () => {
    for (const data of [
      null,
      7,
      { field: 7 },
      { issues: 'x' },
      { issues: [] },
      { issues: [{ message: 1 }] },
    ]) {
      expect(readFault(new ORPCError('internal', { message: 'm', data }))).toEqual({
        code: 'internal',
        text: 'm',
      });
    }
  });
});
