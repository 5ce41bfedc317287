/** Asking other hosts on schedule and by hand. */
import { describe, expect, it } from 'vitest';
import { createCollector } from '../../../../src-main/engine/collection/collector';
import type { CollectionResult } from '../../../../src-main/engine/core/collection';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import type { Collection, ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createFakeClock } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';

const host = { name: 'Provider', host: 'mail.provider.test', domains: ['corp.test'], everyMinutes: 30 };

function openBench(collections: ServerSettingsInput['collections'] = [host]) {
  const clock = createFakeClock();
  const events: EngineEvent[] = [];
  const asked: { readonly collection: Collection; readonly finish: (result: CollectionResult) => void }[] =
    [];
  let settings = createServerSettings({ collections });
  const signals: AbortSignal[] = [];
  const collector = createCollector({
    serverId: 1,
    settings: () => settings,
    clock,
    emit: (event) => events.push(event),
    ask: (collection, signal) => {
      signals.push(signal);
      return new Promise((finish) => asked.push({ collection, finish }));
    },
  });
  return {
    clock,
    events,
    asked,
    signals,
    collector,
    change(next: ServerSettingsInput['collections']) {
      settings = createServerSettings({ collections: next });
      collector.refresh();
    },
    async finish(result: CollectionResult) {
      asked.at(-1)?.finish(result);
      await new Promise((resolve) => setImmediate(resolve));
    },
    warnings: () => events.flatMap((event) => (event.type === 'warning' ? [event.text] : [])),
  };
}

const ok: CollectionResult = { isOk: true, text: '250 2.0.0 OK' };
const bad: CollectionResult = { isOk: false, text: '459 4.0.0 not for you' };

describe('a host that is asked for mail', () => {
  it('is asked at the start, and again after the interval from then', async () => {
    const bench = openBench();
    expect(bench.asked).toHaveLength(1);
    await bench.finish(ok);
    await bench.clock.advance(29 * 60_000);
    expect(bench.asked).toHaveLength(1);
    await bench.clock.advance(60_000);
    expect(bench.asked).toHaveLength(2);
  });

  it('is not asked while it is being asked', async () => {
    const bench = openBench();
    await bench.clock.advance(90 * 60_000);
    const byHand = bench.collector.askNow('PROVIDER');
    expect(bench.asked).toHaveLength(1);
    await bench.finish(ok);
    expect(await byHand).toEqual(ok);
  });

  it('is asked by hand alone where its schedule is off', async () => {
    const bench = openBench([{ ...host, isEnabled: false }]);
    await bench.clock.advance(24 * 60 * 60_000);
    expect(bench.asked).toHaveLength(0);
    expect(bench.collector.states()).toEqual([{ name: 'Provider', isAsking: false }]);
    const answer = bench.collector.askNow('Provider');
    await bench.finish(ok);
    expect(await answer).toEqual(ok);
    expect(bench.collector.states()[0]).toMatchObject({ isAsking: false, result: ok });
  });

  it('that refuses is told of once, and again when the reason is another one', async () => {
    const bench = openBench();
    for (const result of [bad, bad, { ...bad, text: 'no such host' }, ok, bad]) {
      await bench.finish(result);
      await bench.clock.advance(30 * 60_000);
    }
    expect(bench.warnings().map((text) => text.replace(/.*: /, ''))).toEqual([
      '459 4.0.0 not for you',
      'no such host',
      '459 4.0.0 not for you',
    ]);
  });

  it('follows the settings: another host under the same name is asked at once, one that is gone never', async () => {
    const bench = openBench();
    await bench.finish(ok);
    bench.change([{ ...host, host: 'mail.other.test' }]);
    expect(bench.asked.map(({ collection }) => collection.host)).toEqual([
      'mail.provider.test',
      'mail.other.test',
    ]);
    await bench.finish(ok);
    bench.change([]);
    await bench.clock.advance(24 * 60 * 60_000);
    expect(bench.asked).toHaveLength(2);
    expect(bench.collector.states()).toEqual([]);
  });

  it('that nobody knows is refused', async () => {
    const bench = openBench();
    await expect(bench.collector.askNow('Nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is left in peace after the end, and what is under way is broken off', async () => {
    const bench = openBench();
    const closed = bench.collector.close();
    expect(bench.signals[0]?.aborted).toBe(true);
    await bench.finish(bad);
    await closed;
    await bench.clock.advance(24 * 60 * 60_000);
    expect(bench.asked).toHaveLength(1);
    expect(bench.warnings()).toEqual([]);
  });
});
