import { describe, expect, it } from 'vitest';
import { Destination, firstLanes } from '../../../../src-main/engine/queue/destination';
import { createGroup, Entry, type Group } from '../../../../src-main/engine/queue/entry';
import type { Rank } from '../../../../src-main/engine/queue/ready-queue';
import { someId } from './fixture';
import { mxRoute, refused } from './runner-fixture';

const groupOf = (rank: Rank = 'new', route = mxRoute('x.test')): Group =>
  createGroup({ entry: new Entry(someId), route, generation: 0, indices: [0], rank, state: 'ready' });
const createDestination = (waiting: number): Destination => {
  const destination = new Destination('mx:x.test:25');
  for (let n = 0; n < waiting; n++) destination.add(groupOf());
  return destination;
};
/** Starts what may start, and takes it back. */
const lanesOf = (destination: Destination, limit = 100, now = 0): number => {
  const started: Group[] = [];
  for (let next = destination.next(now, limit); next; next = destination.next(now, limit)) {
    destination.started(next, now);
    started.push(next);
  }
  for (const group of started) {
    destination.ended(group);
    destination.add(group);
  }
  return started.length;
};
const delayMs = (failures: number): number => failures * 1000;

describe('destination', () => {
  it('has no lane without mail', () => {
    expect(lanesOf(createDestination(0))).toBe(0);
  });

  it('begins with few lanes, within the limit', () => {
    expect(lanesOf(createDestination(1000))).toBe(firstLanes);
    expect(lanesOf(createDestination(1000), 2)).toBe(2);
  });

  it('opens lanes while much mail waits, up to the limit', () => {
    const destination = createDestination(10_000);
    for (let n = 0; n < 500; n++) destination.succeeded(20);
    expect(lanesOf(destination)).toBe(20);
    const quiet = createDestination(10);
    for (let n = 0; n < 500; n++) quiet.succeeded(20);
    expect(lanesOf(quiet)).toBe(firstLanes);
  });

  it('counts attempts that failed side by side once', () => {
    const destination = createDestination(10);
    expect(destination.failed({ at: 0, status: refused }, delayMs)).toBe(1000);
    expect(destination.failed({ at: 10, status: refused }, delayMs)).toBe(1000);
    expect(destination.failures).toBe(1);
    expect(destination.failed({ at: 1000, status: refused }, delayMs)).toBe(3000);
  });

  it('sends one message ahead after a failure', () => {
    const destination = createDestination(10);
    destination.failed({ at: 0, status: refused }, delayMs);
    expect(lanesOf(destination, 100, 999)).toBe(0);
    expect(lanesOf(destination, 100, 1000)).toBe(1);
    destination.succeeded(100);
    expect(lanesOf(destination)).toBe(firstLanes);
    expect(destination.last).toBeUndefined();
  });

  it('is not forgotten while it is held, has mail or runs', () => {
    const destination = createDestination(1);
    expect(destination.isForgettable(0)).toBe(false);
    const group = destination.next(0, 1) as Group;
    destination.started(group, 0);
    expect(destination.isForgettable(0)).toBe(false);
    destination.ended(group);
    expect(destination.isForgettable(0)).toBe(true);
    destination.failed({ at: 0, status: refused }, delayMs);
    expect(destination.isForgettable(500)).toBe(false);
    expect(destination.isForgettable(1000)).toBe(true);
  });
});
