import { writeSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import type { TraceRecord } from '../../../../src-main/engine/core/trace';
import { createTraceJournal, type TraceJournalOptions } from '../../../../src-main/engine/trace/journal';
import { formatRecord, parseRecord } from '../../../../src-main/engine/trace/record-line';
import { filesToRemove } from '../../../../src-main/engine/trace/retention';
import { createFakeClock, type FakeClock, fakeStart } from '../../../support/fake-clock';

let base: string;
let folder: string;
let clock: FakeClock;
let warnings: string[];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mailroot-trace-'));
  folder = join(base, 'Trace', '1');
  clock = createFakeClock();
  warnings = [];
});
afterEach(() => rm(base, { recursive: true, force: true }));

const record = (queueId: string): TraceRecord => ({
  at: fakeStart,
  kind: 'outcome',
  queueId,
  recipient: 'b@corp.test',
  outcome: 'dropped',
  status: createStatus(250, '2.0.0', 'Ok'),
});
const limits = { traceKeepDays: null as number | null, traceKeepMb: null as number | null };
const open = (change: Partial<TraceJournalOptions> = {}) =>
  createTraceJournal({
    serverId: 1,
    folder,
    settings: () => limits,
    clock,
    emit: (event: EngineEvent) => {
      if (event.type === 'warning') warnings.push(event.code);
    },
    ...change,
  });
const readLines = async (name = '2026-03-26.jsonl'): Promise<string[]> =>
  (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '');
const idsIn = (lines: readonly string[]): string[] =>
  lines.map((line) => (JSON.parse(line) as { queueId: string }).queueId);

describe('trace journal', () => {
  it('has a record in the file when write resolves, in the order of the calls', async () => {
    const journal = open();
    journal.write(record('1'));
    await journal.write(record('2'));
    expect(idsIn(await readLines())).toEqual(['1', '2']);
    await journal.close();
    expect(journal.write(record('3'))).toBeUndefined();
  });

  it('what was said goes with the next record, or by itself after a moment', async () => {
    const said: TraceRecord = {
      at: fakeStart,
      kind: 'session',
      queueId: '1',
      sessionId: 's1',
      lines: [
        { at: fakeStart - 20, side: 'client', text: 'EHLO c' },
        { at: fakeStart, side: 'server', text: '250 ok' },
      ],
    };
    let writes = 0;
    const journal = open({
      append: async (descriptor, data) => {
        writes++;
        writeSync(descriptor, data);
      },
    });
    const first = journal.write(said);
    await clock.settle();
    expect(writes).toBe(0);
    await journal.write(record('1'));
    expect(writes).toBe(1);
    await first;
    const second = journal.write(said);
    await clock.advance(50);
    await second;
    expect(writes).toBe(2);
    expect((await readLines()).map(parseRecord)).toEqual([said, record('1'), said]);
    journal.write(said);
    await journal.close();
    expect(await readLines()).toHaveLength(4);
  });

  it.each([
    ['what was said', 'MAIL FROM:<a@b.test> 12s3c'],
    ['nothing', ''],
    ['other alphabets', 'Grüße \u2028 \ud83d\ude00'],
    ['a line break', 'a\nb'],
  ])('a line of the file gives back %s', (_what, text) => {
    const lines = (['client', 'server', 'note'] as const).map((side, n) => ({
      at: fakeStart - n * 1.5,
      side,
      text,
    }));
    const said: TraceRecord = { at: fakeStart, kind: 'session', queueId: '1', sessionId: 's', lines };
    expect(parseRecord(formatRecord(said))).toEqual(said);
  });

  it('writes what came together at once', async () => {
    const sizes: number[] = [];
    const journal = open({ append: async (_descriptor, data) => void sizes.push(data.length) });
    await Promise.all([journal.write(record('1')), journal.write(record('2')), journal.write(record('3'))]);
    expect(sizes).toHaveLength(1);
    await journal.close();
  });

  it('ends a line that a crash has torn, and begins another file with another day', async () => {
    const journal = open();
    await journal.write(record('1'));
    await journal.close();
    await appendFile(join(folder, '2026-03-26.jsonl'), '{"at":1');
    const again = open();
    await again.write(record('2'));
    expect((await readLines())[1]).toBe('{"at":1');
    expect(idsIn([(await readLines())[2] ?? ''])).toEqual(['2']);
    await clock.advance(24 * 60 * 60_000);
    await again.write(record('3'));
    expect(idsIn(await readLines('2026-03-27.jsonl'))).toEqual(['3']);
    await again.close();
  });

  it('holds nobody up for longer than two seconds when the disk hangs, and tells once of what is lost', async () => {
    let answer = (): void => undefined;
    const journal = open({
      append: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    let isDone = false;
    const writing = Promise.resolve(journal.write(record('1'))).then(() => {
      isDone = true;
    });
    for (let turn = 0; turn < 200 && clock.timerCount < 2; turn++) await clock.settle();
    await clock.advance(1_900);
    expect(isDone).toBe(false);
    await clock.advance(200);
    await writing;
    const large = { ...record('2'), recipient: 'x'.repeat(1024 * 1024) } as TraceRecord;
    for (let n = 0; n < 20; n++) expect(journal.write(large)).toBeUndefined();
    expect(warnings).toEqual(['trace-lost']);
    answer();
    let isClosed = false;
    const closed = journal.close().then(() => {
      isClosed = true;
    });
    while (!isClosed) {
      await clock.settle();
      answer();
    }
    await closed;
    expect(warnings).toEqual(['trace-lost', 'trace-written']);
  });

  it('warns once when it cannot write, lets mail go on, and writes later what it could not', async () => {
    await writeFile(join(base, 'Trace'), 'a file where the folder should be');
    const journal = open();
    await journal.write(record('1'));
    expect(journal.write(record('2'))).toBeUndefined();
    expect(warnings).toEqual(['trace-unwritable']);
    await rm(join(base, 'Trace'));
    await clock.advance(1_000);
    for (let turn = 0; turn < 500 && warnings.length < 2; turn++) await clock.settle();
    expect(warnings).toEqual(['trace-unwritable', 'trace-written']);
    expect(idsIn(await readLines())).toEqual(['1', '2']);
    await journal.close();
  });

  it('removes what is older than wanted, at the start and when the settings change', async () => {
    const first = open();
    await first.write(record('1'));
    await first.close();
    await writeFile(join(folder, '2026-01-01.jsonl'), '{}\n');
    await writeFile(join(folder, '2026-03-20.jsonl'), '{}\n');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    const settings = { traceKeepDays: 30, traceKeepMb: null };
    const journal = open({ settings: () => settings });
    await journal.close();
    expect((await readdir(folder)).sort()).toEqual(['2026-03-20.jsonl', '2026-03-26.jsonl', 'notes.txt']);
    const again = open({ settings: () => ({ traceKeepDays: 2, traceKeepMb: null }) });
    await again.close();
    expect((await readdir(folder)).sort()).toEqual(['2026-03-26.jsonl', 'notes.txt']);
  });
});

describe('which files go', () => {
  const file = (day: string, number: number, megabytes: number) => ({
    day,
    number,
    bytes: megabytes * 1024 * 1024,
  });
  const files = [
    file('2026-03-26', 2, 10),
    file('2026-03-26', 1, 60),
    file('2026-03-24', 1, 5),
    file('2026-03-25', 1, 5),
  ];
  it.each([
    { keepDays: null, keepMb: null, gone: [] },
    { keepDays: 1, keepMb: null, gone: ['2026-03-24/1'] },
    { keepDays: null, keepMb: 76, gone: ['2026-03-24/1'] },
    { keepDays: null, keepMb: 1, gone: ['2026-03-24/1', '2026-03-25/1', '2026-03-26/1'] },
  ])('$keepDays days, $keepMb MB', ({ keepDays, keepMb, gone }) => {
    const removed = filesToRemove(files, { traceKeepDays: keepDays, traceKeepMb: keepMb }, fakeStart);
    expect(removed.map(({ day, number }) => `${day}/${number}`)).toEqual(gone);
  });
});
