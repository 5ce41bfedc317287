import { describe, expect, it } from 'vitest';
import { createLiveFeed } from '../../../src-main/api/live-feed';
import type { Clock } from '../../../src-main/engine/core/clock';

/** Timers run when the test says so. */
function createManualClock(): Clock & { fire(): void; readonly waiting: number } {
  let timers: (() => void)[] = [];
  return {
    now: () => 0,
    startTimer(run) {
      timers.push(run);
      return () => {
        timers = timers.filter((timer) => timer !== run);
      };
    },
    fire() {
      const due = timers;
      timers = [];
      for (const run of due) run();
    },
    get waiting() {
      return timers.length;
    },
  };
}

describe('live feed', () => {
  it('tells a new watcher to read everything', async () => {
    const feed = createLiveFeed(createManualClock());
    const watch = feed.watch(undefined);
    expect((await watch.next()).value).toMatchObject({ servers: true, settings: true, folders: [] });
  });

  it('ten thousand events are one hint', async () => {
    const clock = createManualClock();
    const feed = createLiveFeed(clock);
    const watch = feed.watch(undefined);
    await watch.next();
    const next = watch.next();
    for (let count = 0; count < 10_000; count++)
      feed.push({ type: 'folder-changed', serverId: 1, folder: 'drop' });
    expect(clock.waiting).toBe(1);
    clock.fire();
    expect((await next).value).toEqual({
      servers: true,
      settings: false,
      changes: false,
      index: false,
      folders: [{ serverId: 1, folder: 'drop' }],
      warnings: [],
    });
  });

  it('what happens while a watcher is busy is not lost', async () => {
    const clock = createManualClock();
    const feed = createLiveFeed(clock);
    const watch = feed.watch(undefined);
    await watch.next();
    feed.push({ type: 'server-state', serverId: 1, state: 'paused' });
    clock.fire();
    expect((await watch.next()).value).toMatchObject({ servers: true });
  });

  it('an entry of the record is no change of servers or settings', async () => {
    const clock = createManualClock();
    const feed = createLiveFeed(clock);
    const watch = feed.watch(undefined);
    await watch.next();
    feed.pushChanges();
    clock.fire();
    expect((await watch.next()).value).toMatchObject({ servers: false, settings: false, changes: true });
  });

  it('an aborted watcher ends and is forgotten', async () => {
    const clock = createManualClock();
    const feed = createLiveFeed(clock);
    const abort = new AbortController();
    const watch = feed.watch(abort.signal);
    await watch.next();
    const next = watch.next();
    abort.abort();
    expect((await next).done).toBe(true);
    feed.pushSettings();
    expect(clock.waiting).toBe(0);
  });
});
