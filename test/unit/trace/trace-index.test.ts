import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStatus } from '../../../src-main/engine/core/smtp-status';
import type { TraceRecord } from '../../../src-main/engine/core/trace';
import { openSqlite } from '../../../src-main/mail-index/sqlite';
import { openTrace, type TraceReader } from '../../../src-main/trace';
import { createTraceCalls, type TraceCalls } from '../../../src-main/trace/calls';
import { TraceScan } from '../../../src-main/trace/trace-scan';
import { callInProcess } from '../../../src-main/worker';

let base: string;
let folder: string;
let reader: TraceReader;
const open = (): TraceReader => {
  const root = join(base, 'Trace');
  const { calls, close } = createTraceCalls({ root, path: join(root, 'index.db') });
  return openTrace({ dataFolder: base, host: callInProcess<TraceCalls>(calls, close) });
};
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mailroot-trace-'));
  folder = join(base, 'Trace', '1');
  await mkdir(folder, { recursive: true });
  reader = open();
});
afterEach(async () => {
  await reader.close();
  await rm(base, { recursive: true, force: true });
});

const at = Date.UTC(2026, 2, 26, 19, 18, 6);
const page = { offset: 0, limit: 10 };
const idOf = (n: number): string => n.toString(16).padStart(24, '0');
const accepted = (
  n: number,
  change: Partial<Extract<TraceRecord, { kind: 'accepted' }>> = {},
): TraceRecord => ({
  at: at + n,
  kind: 'accepted',
  queueId: idOf(n),
  sender: `Sender${n}@corp.test`,
  recipients: ['ben@partner.test'],
  subject: 'Report',
  messageId: `<${n}@corp.test>`,
  sizeBytes: 100,
  source: { kind: 'smtp', sessionId: '1', peer: '192.0.2.7', helo: 'scanner' },
  ...change,
});
const dropped = (n: number): TraceRecord => ({
  at: at + n + 1,
  kind: 'outcome',
  queueId: idOf(n),
  recipient: 'ben@partner.test',
  outcome: 'dropped',
  status: createStatus(250, '2.0.0', 'Ok'),
});
const refused = (recipient: string): TraceRecord => ({
  at,
  kind: 'refused',
  sessionId: '1',
  peer: '198.51.100.9',
  sender: 'x@spam.test',
  recipient,
  status: createStatus(550, '5.7.1', 'Unable to relay'),
  lines: [],
});
const lines = (...records: TraceRecord[]): string =>
  records.map((each) => `${JSON.stringify(each)}\n`).join('');
const put = (text: string, name = '2026-03-26.jsonl'): Promise<void> => appendFile(join(folder, name), text);
const find = async (query: Parameters<TraceReader['find']>[0]) =>
  (await reader.find(query, page)).rows.map(({ id }) => id);

describe('index of the trace', () => {
  it.each([
    [{ person: 'SENDER2' }, [idOf(2)]],
    [{ person: '192.0.2.7' }, [idOf(3), idOf(2)]],
    [{ person: 'nobody@corp' }, ['2026-03-26.jsonl:0']],
    [{ recipient: 'ben@' }, [idOf(3), idOf(2)]],
    [{ sender: 'ben@' }, []],
    [{ subject: 'GRÜSSE' }, [idOf(3)]],
    [{ messageId: '<2@corp.test>' }, [idOf(2)]],
    [{ messageId: idOf(3) }, [idOf(3)]],
    [{ outcome: 'waiting' as const }, [idOf(3)]],
    [{ outcome: 'dropped' as const }, [idOf(2)]],
    [{ outcome: 'refused' as const }, ['2026-03-26.jsonl:0']],
    [{ from: at + 3 }, [idOf(3)]],
    [{ person: '100%' }, []],
    [{ serverId: 2 }, []],
  ])('finds by %j', async (query, ids) => {
    await put(
      lines(
        refused('Nobody@corp.test'),
        accepted(2),
        dropped(2),
        accepted(3, { subject: '=?utf-8?q?Gr=C3=BCsse?=' }),
      ),
    );
    expect(await find(query)).toEqual(ids);
  });

  it('goes on where it was, over a restart, and takes a line when it is whole', async () => {
    const text = lines(dropped(1));
    await put(lines(accepted(1)) + text.slice(0, 30));
    expect(await find({ outcome: 'waiting' })).toEqual([idOf(1)]);
    await reader.close();
    reader = open();
    await put(text.slice(30));
    expect(await find({ outcome: 'waiting' })).toEqual([]);
    const story = await reader.show(1, idOf(1));
    expect(story.steps.map(({ kind }) => kind)).toEqual(['accepted', 'outcome']);
  });

  it('passes over lines that are torn or no records', async () => {
    await put(`{"at":1\n[]\nnull\n{"at":1,"kind":"accepted"}\n${lines(accepted(1))}`);
    expect(await find({})).toEqual([idOf(1)]);
  });

  it('tells a message whose records stand in two files, and forgets what is gone', async () => {
    await put(lines(accepted(1), accepted(2)));
    await put(lines(dropped(1)), '2026-03-27.jsonl');
    expect((await reader.show(1, idOf(1))).steps).toHaveLength(2);
    await rm(join(folder, '2026-03-26.jsonl'));
    expect(await find({})).toEqual([idOf(1)]);
    const story = await reader.show(1, idOf(1));
    expect(story.note).toContain('older records');
    await expect(reader.show(1, idOf(2))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leads from a message to its notification', async () => {
    await put(
      lines(accepted(1), accepted(2, { sender: '', source: { kind: 'notification', about: idOf(1) } })),
    );
    expect((await reader.show(1, idOf(1))).steps.at(-1)).toMatchObject({ leadsTo: idOf(2) });
    expect((await reader.show(1, idOf(2))).about).toBe(idOf(1));
  });

  it('is made anew when its file is no database', async () => {
    await put(lines(accepted(1)));
    await writeFile(join(base, 'Trace', 'index.db'), 'x'.repeat(5000));
    expect(await find({})).toEqual([idOf(1)]);
  });

  it('an index that breaks while it is used is made anew', async () => {
    await put(lines(accepted(1)));
    expect(await find({})).toEqual([idOf(1)]);
    const other = openSqlite(join(base, 'Trace', 'index.db'));
    other.exec('drop table detail');
    other.close();
    await put(lines(accepted(2)));
    expect(await find({})).toEqual([idOf(2), idOf(1)]);
  });

  it('of a long way it tells a part, and what became of everybody', async () => {
    const status = createStatus(451, '4.7.1', 'Greylisted');
    const deferred = (n: number): TraceRecord => ({
      at: at + 2 + n,
      kind: 'deferred',
      queueId: idOf(1),
      recipient: 'ben@partner.test',
      status,
      nextAttemptAt: at + n + 1,
    });
    await put(lines(accepted(1)));
    for (let n = 0; n < 6000; n += 1000)
      await put(lines(...Array.from({ length: 1000 }, (_, next) => deferred(n + next))));
    await put(lines({ ...dropped(1), at: at + 8000 }));
    for (let tries = 0; tries < 100 && !(await reader.find({}, page)).isComplete; tries++);
    const story = await reader.show(1, idOf(1));
    expect(story.steps).toHaveLength(5000);
    expect([story.steps[0]?.kind, story.steps.at(-1)?.kind]).toEqual(['accepted', 'outcome']);
    expect(story.recipients).toEqual([{ address: 'ben@partner.test', outcome: 'dropped' }]);
    expect(story.note).toContain('too many');
  });
});

describe('the trace without an index', () => {
  beforeEach(async () => {
    await reader.close();
    // No database can be made of a folder.
    await mkdir(join(base, 'Trace', 'index.db', 'x'), { recursive: true });
    reader = open();
  });

  it('answers from the newest files, and says that it is not complete', async () => {
    await put(lines(accepted(1)), '2026-03-25.jsonl');
    await put(lines(dropped(1), accepted(2), refused('nobody@corp.test')));
    const answer = await reader.find({ serverId: 1 }, page);
    expect(answer.isComplete).toBe(false);
    expect(answer.total).toBe(3);
    expect(await find({ outcome: 'dropped' })).toEqual([idOf(1)]);
    expect(await find({ messageId: idOf(2) })).toEqual([idOf(2)]);
    expect(await find({ person: 'NOBODY@corp' })).toHaveLength(1);
    expect(await find({ serverId: 2 })).toEqual([]);
  });

  it('shows a message, and leads to its notification', async () => {
    await put(lines(accepted(1)), '2026-03-25.jsonl');
    await put(
      lines(dropped(1), accepted(2, { sender: '', source: { kind: 'notification', about: idOf(1) } })),
    );
    const story = await reader.show(1, idOf(1));
    expect(story.steps.map(({ kind }) => kind)).toEqual(['accepted', 'outcome', 'notification']);
    await expect(reader.show(1, idOf(9))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reads no more than its share of the newest', async () => {
    await put(lines(accepted(1)), '2026-03-25.jsonl');
    await put(lines(accepted(2), accepted(3)));
    const most = Buffer.byteLength(lines(accepted(2), accepted(3))) - 5;
    const scan = new TraceScan({ root: join(base, 'Trace'), most });
    expect((await scan.find({}, page)).rows.map(({ id }) => id)).toEqual([idOf(3)]);
  });
});
