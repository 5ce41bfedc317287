import { describe, expect, it } from 'vitest';
import { createGroup, Entry, type Group } from '../../../../src-main/engine/queue/entry';
import { type Rank, ReadyQueue } from '../../../../src-main/engine/queue/ready-queue';
import { someId } from './fixture';
import { mxRoute } from './runner-fixture';

const groupOf = (rank: Rank): Group =>
  createGroup({
    entry: new Entry(someId),
    route: mxRoute('x.test'),
    generation: 0,
    indices: [0],
    rank,
    state: 'ready',
  });

function drain(queue: ReadyQueue): Group[] {
  const order: Group[] = [];
  for (let next = queue.first(); next; next = queue.first()) {
    queue.take(next);
    order.push(next);
  }
  return order;
}

describe('ready queue', () => {
  it('lets mail that was tried before and new mail take turns, the oldest of each first', () => {
    const queue = new ReadyQueue();
    const [tried, fresh] = [0, 1].map((kind) =>
      Array.from({ length: 4 }, () => groupOf(kind === 0 ? 'tried' : 'new')),
    ) as [Group[], Group[]];
    for (const group of [...fresh, ...tried]) queue.add(group);
    expect(drain(queue)).toEqual([0, 1, 2, 3].flatMap((at) => [tried[at], fresh[at]]));
  });

  it('goes on with one kind when there is no other', () => {
    const queue = new ReadyQueue();
    const groups = Array.from({ length: 5 }, () => groupOf('new'));
    for (const group of groups) queue.add(group);
    expect(drain(queue)).toEqual(groups);
  });

  it('puts problem messages behind everything else', () => {
    const queue = new ReadyQueue();
    const problem = groupOf('problem');
    queue.add(problem);
    const later = [groupOf('new'), groupOf('tried'), groupOf('new')];
    for (const group of later) queue.add(group);
    expect(queue.size).toBe(4);
    expect([...queue]).toHaveLength(4);
    expect(drain(queue).at(-1)).toBe(problem);
  });

  it('gives up what is withdrawn', () => {
    const queue = new ReadyQueue();
    const [one, other] = [groupOf('new'), groupOf('problem')];
    queue.add(one);
    queue.add(other);
    expect(queue.delete(one)).toBe(true);
    expect(queue.delete(one)).toBe(false);
    expect(queue.delete(other)).toBe(true);
    expect(queue.first()).toBeUndefined();
  });
});
