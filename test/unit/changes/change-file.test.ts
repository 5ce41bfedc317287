import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeRow } from '../../../src-main/api/contract';
import { openChangeFile } from '../../../src-main/changes/change-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-changes-'));
  path = join(folder, 'changes.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const changeOf = (at: number, more: Partial<ChangeRow> = {}): ChangeRow => ({
  at,
  who: 'ann',
  via: 'control',
  action: 'servers.stop',
  subject: `Server ${at}`,
  ...more,
});
const everything = { offset: 0, limit: 1000 };
const timesOf = async (file = openChangeFile(folder), query = {}) =>
  (await file.list({ ...everything, ...query })).rows.map(({ at }) => at);

describe('the file of changes', () => {
  it('gives back what was written, the newest first, also after a restart', async () => {
    const file = openChangeFile(folder);
    const changes = [changeOf(1), changeOf(2, { changes: [{ field: 'a', before: 'é\n', after: '日本' }] })];
    for (const change of changes) await file.append(change);
    expect(await file.list(everything)).toEqual({ rows: changes.toReversed(), total: 2 });
    expect(await openChangeFile(folder).list(everything)).toEqual({ rows: changes.toReversed(), total: 2 });
  });

  it('is empty where there is none', async () => {
    expect(await openChangeFile(folder).list(everything)).toEqual({ rows: [], total: 0 });
  });

  it.skipIf(process.platform === 'win32')("is its owner's alone", async () => {
    await openChangeFile(folder).append(changeOf(1));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps the order of changes that come at once', async () => {
    const file = openChangeFile(folder);
    await Promise.all([1, 2, 3, 4, 5].map((at) => file.append(changeOf(at))));
    expect(await timesOf(file)).toEqual([5, 4, 3, 2, 1]);
  });

  it.each([
    ['a line that was cut', '{"at":2,"who":"bob"'],
    ['bytes that are no text', '\u0000\u0000\ufffd'],
    ['JSON that is no change', '{"at":"noon"}\n[]\nnull\n'],
    ['empty lines', '\n\n\n'],
    ['a line of two megabytes', `"${'x'.repeat(2_000_000)}"`],
  ])('passes over %s, and goes on after it', async (_, damage) => {
    await openChangeFile(folder).append(changeOf(1));
    appendFileSync(path, damage);
    const file = openChangeFile(folder);
    expect(await timesOf(file)).toEqual([1]);
    await file.append(changeOf(3));
    expect(await timesOf(file)).toEqual([3, 1]);
  });

  it('gives a page of those that the filter lets through, and their number', async () => {
    const file = openChangeFile(folder);
    for (let at = 1; at <= 20; at += 1) await file.append(changeOf(at, { who: at % 2 ? 'Ann' : 'bob' }));
    expect(await file.list({ offset: 2, limit: 3, filter: ' aNN ' })).toMatchObject({
      rows: [{ at: 15 }, { at: 13 }, { at: 11 }],
      total: 10,
    });
    expect(await timesOf(file, { filter: 'server 7' })).toEqual([7]);
    await file.append(
      changeOf(21, { changes: [{ field: 'servers.2.smartHost', before: '', after: 'MX.test' }] }),
    );
    expect(await timesOf(file, { filter: 'smarthost' })).toEqual([21]);
    expect(await timesOf(file, { filter: 'mx.test' })).toEqual([21]);
    expect(await timesOf(file, { filter: 'nowhere' })).toEqual([]);
  });

  it('stays bounded: the oldest make room', async () => {
    const file = openChangeFile(folder, { maxBytes: 300, maxOlder: 2 });
    for (let at = 1; at <= 30; at += 1) await file.append(changeOf(at));
    expect(readdirSync(folder).sort()).toEqual(['changes.1.jsonl', 'changes.2.jsonl', 'changes.jsonl']);
    const times = await timesOf(file);
    expect(times).toEqual(Array.from({ length: times.length }, (_, at) => 30 - at));
    expect(times.length).toBeLessThan(15);
    expect(times.length).toBeGreaterThan(6);
  });

  it('goes on after a crash between two renamings', async () => {
    const limits = { maxBytes: 100, maxOlder: 3 };
    writeFileSync(join(folder, 'changes.2.jsonl'), `${JSON.stringify(changeOf(1))}\n`);
    writeFileSync(path, `${JSON.stringify(changeOf(2, { subject: 'x'.repeat(100) }))}\n`);
    const file = openChangeFile(folder, limits);
    await file.append(changeOf(3));
    expect(await timesOf(file)).toEqual([3, 2, 1]);
  });

  it('reads lines across the pieces that it reads in', async () => {
    const file = openChangeFile(folder);
    for (let at = 1; at <= 40; at += 1)
      await file.append(changeOf(at, { subject: `${at}${'ü'.repeat(10_000)}` }));
    expect(readFileSync(path).length).toBeGreaterThan(3 * 256 * 1024);
    const { rows } = await file.list(everything);
    expect(rows.map(({ at }) => at)).toEqual(Array.from({ length: 40 }, (_, at) => 40 - at));
    expect(rows.every(({ at, subject }) => subject === `${at}${'ü'.repeat(10_000)}`)).toBe(true);
  });

  it('fails when it cannot be written, and works again afterwards', async () => {
    const missing = join(folder, 'gone');
    await expect(openChangeFile(missing).append(changeOf(1))).rejects.toThrow('ENOENT');
    const file = openChangeFile(folder);
    await file.append(changeOf(1));
    expect(await timesOf(file)).toEqual([1]);
  });
});
