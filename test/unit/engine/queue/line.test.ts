import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Line } from '../../../../src-main/engine/queue/line';

describe('line', () => {
  it('has the same first as a list, whoever comes and leaves', () => {
    const step = fc.record({ who: fc.nat(9), leaves: fc.boolean(), asks: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const people = Array.from({ length: 10 }, (_, name) => ({ name }));
        const line = new Line<object>();
        let list: object[] = [];
        for (const { who, leaves, asks } of steps) {
          const one = people[who] as object;
          if (leaves) {
            expect(line.delete(one)).toBe(list.includes(one));
            list = list.filter((other) => other !== one);
          } else {
            line.add(one);
            if (!list.includes(one)) list.push(one);
          }
          if (asks) expect(line.first()).toBe(list[0]);
          expect(line.size).toBe(list.length);
          expect(line.has(one)).toBe(!leaves);
        }
        expect([...line]).toEqual(list);
      }),
    );
  });

  it('is emptied from the front without walking over those who left', () => {
    const line = new Line<{ readonly name: number }>();
    for (let name = 0; name < 300_000; name++) line.add({ name });
    let sum = 0;
    for (let first = line.first(); first; first = line.first()) {
      sum += first.name;
      line.delete(first);
    }
    expect(sum).toBe((300_000 * 299_999) / 2);
    line.add({ name: 7 });
    expect(line.first()?.name).toBe(7);
    line.clear();
    expect(line.first()).toBeUndefined();
  });
});
