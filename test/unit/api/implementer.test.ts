import { ORPCError } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { hasRole, toApiError } from '../../../src-main/api/implementer';
import { Problem } from '../../../src-main/engine/core/problem';

describe('who may call', () => {
  it('an administrator may all, a viewer only look', () => {
    expect(hasRole('administrator', 'operator')).toBe(true);
    expect(hasRole('operator', 'operator')).toBe(true);
    expect(hasRole('viewer', 'operator')).toBe(false);
    expect(hasRole('operator', 'administrator')).toBe(false);
  });
});

describe('errors that cross the API', () => {
  it('a problem keeps its code, text and field', () => {
    const error = toApiError(new Problem('port-in-use', 'Port 25 is used by exim4.', 'bindings'), () => {});
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({
      code: 'port-in-use',
      status: 409,
      message: 'Port 25 is used by exim4.',
      data: { field: 'bindings' },
    });
  });

  it('anything unforeseen is logged in full and shown without detail', () => {
    const lines: string[] = [];
    const error = toApiError(new Error('ENOENT /home/secret/path'), (line) => lines.push(line));
    expect(error.message).not.toContain('secret');
    expect(error).toMatchObject({ code: 'internal', status: 500 });
    expect(lines.join()).toContain('/home/secret/path');
  });
});
