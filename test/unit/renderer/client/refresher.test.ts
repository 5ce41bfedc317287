import { describe, expect, it } from 'vitest';
import { createRefresher } from '../../../../src-renderer/client/refresher';

function createReadings() {
  const open: { key: string; end: () => void }[] = [];
  const begun: string[] = [];
  const refresher = createRefresher((key) => {
    begun.push(key.join('/'));
    return new Promise((resolve) => open.push({ key: key.join('/'), end: resolve }));
  });
  const endFirst = async (): Promise<void> => {
    open.shift()?.end();
    await new Promise(setImmediate);
  };
  return { refresher, begun, endFirst };
}

describe('reading stale answers again', () => {
  it('reads once for a burst of changes, and once more for those that came meanwhile', async () => {
    const { refresher, begun, endFirst } = createReadings();
    for (let change = 0; change < 5; change += 1) refresher.refresh(['sessions', 1]);
    expect(begun).toEqual(['sessions/1']);
    await endFirst();
    expect(begun).toEqual(['sessions/1', 'sessions/1']);
    await endFirst();
    expect(begun).toEqual(['sessions/1', 'sessions/1']);
  });

  it('does not make one answer wait for another', () => {
    const { refresher, begun } = createReadings();
    refresher.refresh(['sessions', 1]);
    refresher.refresh(['queue', 1]);
    expect(begun).toEqual(['sessions/1', 'queue/1']);
  });
});
