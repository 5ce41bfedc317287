import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeRow } from '../../../src-main/api/contract';
import { createChangeRecord } from '../../../src-main/changes';
import { createFirstDocument } from '../../../src-main/settings/first-run';
import { type Settings, settingsDocument } from '../../../src-main/settings/schema';

let folder: string;
let written: ChangeRow[];
let warnings: string[];
let isFull: boolean;
let now: Settings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-record-'));
  written = [];
  warnings = [];
  isFull = false;
  now = settingsDocument.parse(createFirstDocument({ dataFolder: folder, fqdn: 'relay.test' }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const act = { who: 'ann', via: 'browser', action: 'servers.set' } as const;

function openRecord() {
  const record = createChangeRecord({
    dataFolder: folder,
    clock: { now: () => 1000 },
    warn: (text) => warnings.push(text),
    file: {
      async append(change) {
        if (isFull) throw new Error('ENOSPC: no space left on device');
        written.push(change);
      },
      list: async () => ({ rows: written, total: written.length }),
    },
  });
  /** As the store does it: the document is replaced and whoever listens is told. */
  const setHops = (maxHops: number): void => {
    const before = now;
    now = settingsDocument.parse({ ...now, servers: now.servers.map((server) => ({ ...server, maxHops })) });
    record.settingsChanged(now, before);
  };
  const putBack = (to: Settings): void => {
    const before = now;
    now = to;
    record.settingsChanged(now, before);
  };
  return { record, setHops, putBack };
}

describe('the record', () => {
  it('has who, when, what, and the old and the new value', async () => {
    const { record, setHops } = openRecord();
    await record.during(
      act,
      async () => setHops(40),
      () => 'Default',
    );
    expect(written).toEqual([
      {
        at: 1000,
        ...act,
        subject: 'Default',
        changes: [{ field: 'servers.1.maxHops', before: '15', after: '40' }],
      },
    ]);
  });

  it('has one change where a call made two', async () => {
    const { record, setHops } = openRecord();
    await record.during(
      act,
      async () => {
        setHops(40);
        await Promise.resolve();
        setHops(50);
      },
      () => '',
    );
    expect(written[0]?.changes).toEqual([{ field: 'servers.1.maxHops', before: '15', after: '50' }]);
  });

  it('keeps calls apart that run at the same time', async () => {
    const { record, setHops } = openRecord();
    const call = (who: string, hops: number) =>
      record.during(
        { ...act, who },
        async () => {
          await Promise.resolve();
          setHops(hops);
        },
        () => '',
      );
    await Promise.all([call('ann', 40), call('bob', 50)]);
    expect(written.map(({ who, changes }) => [who, changes?.[0]?.before, changes?.[0]?.after])).toEqual([
      ['ann', '15', '40'],
      ['bob', '40', '50'],
    ]);
  });

  it('has nothing of a change that was taken back', async () => {
    const { record, setHops, putBack } = openRecord();
    const call = record.during(
      act,
      async () => {
        const before = now;
        setHops(40);
        putBack(before);
        throw new Error('the port is taken');
      },
      () => 'Default',
    );
    await expect(call).rejects.toThrow('the port is taken');
    expect(written).toEqual([]);
  });

  it('has what a failed call changed nevertheless', async () => {
    const { record, setHops } = openRecord();
    const call = record.during(
      act,
      async () => {
        setHops(40);
        throw new Error('it does not start');
      },
      () => 'Default',
    );
    await expect(call).rejects.toThrow('it does not start');
    expect(written).toMatchObject([{ who: 'ann', subject: 'Default' }]);
  });

  it('has nothing of a refused call', async () => {
    const { record } = openRecord();
    await expect(
      record.during(
        act,
        () => Promise.reject(new Error('no')),
        () => 'x',
      ),
    ).rejects.toThrow('no');
    expect(written).toEqual([]);
  });

  it('is written before the call is answered', async () => {
    const { record } = openRecord();
    const { length } = await record.during(
      act,
      async () => written,
      () => 'x',
    );
    expect(length).toBe(1);
  });

  it('that cannot be written refuses nothing, and says so until it can', async () => {
    const { record, setHops } = openRecord();
    isFull = true;
    expect(
      await record.during(
        act,
        async () => setHops(40) ?? 'done',
        () => 'Default',
      ),
    ).toBe('done');
    expect(record.fault()).toMatch(/cannot be written: ENOSPC/);
    expect(warnings).toEqual([expect.stringMatching(/ENOSPC.*Not recorded: ann, servers\.set Default/)]);
    isFull = false;
    await record.during(
      act,
      async () => undefined,
      () => 'Default',
    );
    expect(record.fault()).toBeUndefined();
  });

  it('holds one bounded line as a subject, whatever a name was', async () => {
    const { record } = openRecord();
    await record.during(
      act,
      async () => undefined,
      () => `a\r\nb\u001b[2J${'x'.repeat(1000)}`,
    );
    expect(written[0]?.subject).toMatch(/^a b \[2Jx+…$/);
    expect(written[0]?.subject).toHaveLength(300);
  });
});
