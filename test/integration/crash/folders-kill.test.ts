/**
 * `kill -9` at random moments while messages are deleted, brought back, removed by retention, and sent again with what
 * was sent put away: none is lost, and none is there by half.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepUnfinished } from '../../../src-main/engine/mailroot/folders';
import { createMessageList } from '../../../src-main/engine/mailroot/message-list';
import { createRetention } from '../../../src-main/engine/mailroot/retention';
import { readQueue } from '../../support/queue-folder';
import { createServerSettings } from '../../support/settings';
import { buildChild } from './child-program';

let base: string;
let program: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'mailroot-folders-kill-'));
  program = await buildChild('folders-child', base);
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** What was answered, by act. */
type Answered = Map<string, string[]>;

/** Lets the child run until it has answered `count` acts, and a little longer, then kills it. */
async function runAndKill(home: string, mode: string, count: number, answered: Answered): Promise<void> {
  const child = spawn(process.execPath, [program, home, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data;
  });
  const exited = once(child, 'close');
  const reached = new Promise<void>((resolveReached) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data;
      if (output.split('\n').length > count) resolveReached();
    });
  });
  await Promise.race([reached, exited]);
  // Somewhere within the next acts.
  await new Promise((resolveWait) => setTimeout(resolveWait, Math.random() * 40));
  child.kill('SIGKILL');
  await exited;
  expect(errors).toBe('');
  // The last line may be cut: then it was not answered.
  for (const line of output.split('\n').slice(0, -1)) {
    const [act = '', ...ids] = line.split(' ');
    answered.set(act, [...(answered.get(act) ?? []), ...ids]);
  }
}

async function makeHome(mode: string): Promise<string> {
  const home = await mkdtemp(join(base, `${mode}-`));
  for (const folder of ['Drop', 'Badmail', 'Pickup', 'Queue']) await mkdir(join(home, folder));
  return home;
}

const runs = [1, 2, 3, 5, 8, 4, 6, 7];
const onOutdated = (): void => undefined;

/** Names of files, by the id of their message. */
async function filesById(folder: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile()) {
      const id = entry.name.slice(0, 24);
      found.set(id, [...(found.get(id) ?? []), entry.name.slice(24)].sort());
    }
  return found;
}
const whole = ['.BAD', '.BDP', '.BDR'];

describe('kill -9 while messages rest in folders', () => {
  it('leaves what is deleted or brought back in one place, and one undoing makes all whole', {
    timeout: 120_000,
  }, async () => {
    const home = await makeHome('delete');
    const folder = join(home, 'Badmail');
    const answered: Answered = new Map();
    for (const count of runs) await runAndKill(home, 'delete', count, answered);

    const put = answered.get('put') ?? [];
    expect(put.length).toBeGreaterThan(100);
    const there = await filesById(folder);
    for (const id of answered.get('restored') ?? []) expect(there.get(id), id).toEqual(whole);

    const list = createMessageList({ folder, kind: 'badmail', onOutdated });
    const deleted = await list.deletedIds();
    for (const id of put)
      expect(
        [there.get(id)?.includes('.BAD') ?? false, deleted.has(id)].filter(Boolean),
        `${id} lies in one place`,
      ).toHaveLength(1);
    await list.restore([...deleted]);
    const back = await filesById(folder);
    for (const id of put) expect(back.get(id), id).toEqual(whole);
    for (const id of put.slice(-20)) expect((await list.properties(id))?.envelope, id).toBeDefined();
    expect((await list.deletedIds()).size).toBe(0);
    list.close();
  });

  it('leaves no message without its reasons, and the next rounds remove what is left over', {
    timeout: 120_000,
  }, async () => {
    const home = await makeHome('retain');
    const folders = {
      drop: join(home, 'Drop'),
      badmail: join(home, 'Badmail'),
      pickup: join(home, 'Pickup'),
    };
    const answered: Answered = new Map();
    for (const count of runs) {
      await runAndKill(home, 'retain', count, answered);
      for (const [id, endings] of await filesById(folders.badmail))
        if (endings.includes('.BAD')) expect(endings, id).toEqual(whole);
    }

    const settings = createServerSettings({ homeDirectory: home, badmailKeepMessages: 20 });
    const listOf = (kind: keyof typeof folders) =>
      createMessageList({ folder: folders[kind], kind, onOutdated });
    const lists = { drop: listOf('drop'), badmail: listOf('badmail'), pickup: listOf('pickup') };
    const clock = { now: () => Date.now() + 2 * 3_600_000, startTimer: () => () => undefined };
    const emit = (): void => undefined;
    const options = { serverId: 1, settings: () => settings, lists: () => lists, folders, clock, emit };
    await sweepUnfinished(folders.badmail);
    await createRetention(options).sweepNow();
    const left = await filesById(folders.badmail);
    const put = answered.get('put') ?? [];
    expect(put.length).toBeGreaterThan(100);
    expect(left.size).toBe(20);
    for (const [id, endings] of left) expect(endings, id).toEqual(whole);
    // The youngest: what was not answered may be younger still.
    const oldestLeft = [...left.keys()].sort()[0] as string;
    expect(put.filter((id) => id > oldestLeft && !left.has(id))).toEqual([]);
    for (const list of Object.values(lists)) list.close();
  });

  it('of what is sent again and put away each message waits in Queue, or lies in Drop, or both', {
    timeout: 120_000,
  }, async () => {
    const home = await makeHome('resend');
    const answered: Answered = new Map();
    for (const count of runs) await runAndKill(home, 'resend', count, answered);

    const counts = new Map<string, number>();
    for (const { queueId } of await readQueue(join(home, 'Queue'))) {
      const content = await readFile(join(home, 'Queue', `${queueId}.eml`), 'latin1');
      expect(content.endsWith('x\r\nend\r\n')).toBe(true);
      const id = /^Subject: (\S+)/m.exec(content)?.[1] ?? '';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const put = answered.get('put') ?? [];
    const sent = answered.get('sent') ?? [];
    const dropped = await filesById(join(home, 'Drop'));
    expect(sent.length).toBeGreaterThan(100);
    expect(put.filter((id) => !counts.has(id) && !dropped.has(id))).toEqual([]);
    expect(sent.filter((id) => counts.get(id) !== 1 || dropped.has(id))).toEqual([]);
    const list = createMessageList({ folder: join(home, 'Drop'), kind: 'drop', onOutdated });
    const deleted = await list.deletedIds();
    // What is put away was accepted before.
    expect([...deleted].filter((id) => !counts.has(id))).toEqual([]);
    expect(sent.filter((id) => !deleted.has(id))).toEqual([]);
    list.close();
  });
});
