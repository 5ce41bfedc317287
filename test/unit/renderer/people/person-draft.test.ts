import { describe, expect, it } from 'vitest';
import { emptyPerson, findPersonFaults } from '../../../../src-renderer/people/person-draft';

const needed = { name: true, password: 'needed' } as const;
const faults = (
  change: Partial<typeof emptyPerson>,
  wanted: Parameters<typeof findPersonFaults>[1] = needed,
) => Object.keys(findPersonFaults({ ...emptyPerson, ...change }, wanted));

describe('a person being entered', () => {
  it.each([
    [{}, ['name', 'password']],
    [{ name: 'ann' }, ['password']],
    [{ name: 'ann', password: 'seven77' }, ['password']],
    [{ name: 'ann', password: 'eight888' }, ['repeated']],
    [{ name: 'ann', password: 'eight888', repeated: 'eight889' }, ['repeated']],
    [{ name: 'ann', password: 'eight888', repeated: 'eight888' }, []],
    [{ name: 'an n', password: 'eight888', repeated: 'eight888' }, ['name']],
  ])('%j is wrong at %j', (change, fields) => {
    expect(faults(change)).toEqual(fields);
  });

  it('keeps the password when none is given, and only then', () => {
    const optional = { name: false, password: 'optional' } as const;
    expect(faults({}, optional)).toEqual([]);
    expect(faults({ repeated: 'eight888' }, optional)).toEqual(['password']);
    expect(faults({ password: 'eight888' }, optional)).toEqual(['repeated']);
  });
});
