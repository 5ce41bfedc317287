import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createBadmail } from '../../../../src-main/engine/mailroot/badmail';
import { createMessageList } from '../../../../src-main/engine/mailroot/message-list';
import { createRetention } from '../../../../src-main/engine/mailroot/retention';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';
import { contentOf, createEnvelope } from './content';

const day = 86_400_000;
const today = Date.UTC(2026, 5, 15);
const idOf = (at: number, number = 0): string =>
  at.toString(16).padStart(12, '0') + number.toString(16).padStart(12, '0');

async function createFixture(change: Partial<ServerSettingsInput>, mostAtOnce?: number) {
  const home = await mkdtemp(join(tmpdir(), 'mailroot-retention-'));
  const folders = { drop: join(home, 'Drop'), badmail: join(home, 'Badmail'), pickup: join(home, 'Pickup') };
  for (const folder of Object.values(folders)) await mkdir(folder);
  const onOutdated = (): void => undefined;
  const listOf = (kind: keyof typeof folders) =>
    createMessageList({ folder: folders[kind], kind, onOutdated, now: () => today });
  const lists = { drop: listOf('drop'), badmail: listOf('badmail'), pickup: listOf('pickup') };
  const events: EngineEvent[] = [];
  let settings = createServerSettings({ homeDirectory: home, ...change });
  const clock = { now: () => today, startTimer: () => () => undefined };
  const retention = createRetention({
    serverId: 1,
    settings: () => settings,
    lists: () => lists,
    folders,
    clock,
    emit: (event) => void events.push(event),
    ...(mostAtOnce === undefined ? {} : { mostAtOnce }),
  });
  onTestFinished(async () => {
    for (const list of Object.values(lists)) list.close();
    await chmod(folders.drop, 0o700);
    await rm(home, { recursive: true, force: true });
  });
  /** A message that was dropped so many days ago. */
  const drop = async (daysAgo: number, bytes = 100, number = 0): Promise<string> => {
    const at = today - daysAgo * day;
    const path = join(folders.drop, `${idOf(at, number)}.eml`);
    await writeFile(path, 'x'.repeat(bytes));
    await utimes(path, at / 1000, at / 1000);
    return idOf(at, number);
  };
  const badmail = createBadmail({ folder: folders.badmail, serverId: 1, emit: () => undefined, clock });
  const bad = () =>
    badmail.put({
      envelope: createEnvelope(),
      content: contentOf('Subject: x\r\n\r\nx'),
      recipients: createEnvelope().recipients,
      cause: 'general-failure',
      reason: 'No.',
    });
  return {
    folders,
    lists,
    events,
    retention,
    drop,
    bad,
    clock,
    set: (next: Partial<ServerSettingsInput>) => {
      settings = createServerSettings({ homeDirectory: home, ...next });
    },
    kept: async () => (await readdir(folders.drop)).map((name) => name.slice(0, 24)).sort(),
    removedEvents: () => events.filter(({ type }) => type === 'mail-removed'),
  };
}

describe('retention', () => {
  it('removes nothing as installed', async () => {
    const { retention, drop, kept, events } = await createFixture({});
    await drop(4000);
    expect(await retention.sweepNow()).toBe(false);
    expect(await kept()).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it('removes what is older than the days, and tells in one line', async () => {
    const { retention, drop, kept, removedEvents } = await createFixture({ dropKeepDays: 10 });
    await drop(30);
    await drop(20);
    const young = await drop(5);
    await retention.sweepNow();
    expect(await kept()).toEqual([young]);
    expect(removedEvents()).toEqual([
      { type: 'mail-removed', serverId: 1, folder: 'drop', count: 2, sizeBytes: 200 },
    ]);
  });

  it('a message with an old name that was put in by hand counts from then on', async () => {
    const { retention, drop, kept, folders } = await createFixture({ dropKeepDays: 10 });
    const id = await drop(4000);
    await utimes(join(folders.drop, `${id}.eml`), (today - day) / 1000, (today - day) / 1000);
    await retention.sweepNow();
    expect(await kept()).toEqual([id]);
  });

  it('removes a bounded number a round, the oldest first', async () => {
    const { retention, drop, kept } = await createFixture({ dropKeepMessages: 1 }, 3);
    const ids: string[] = [];
    for (let age = 1; age <= 8; age++) ids.push(await drop(age));
    expect(await retention.sweepNow()).toBe(true);
    expect(await kept()).toEqual(ids.slice(0, 5).sort());
    expect(await retention.sweepNow()).toBe(true);
    expect(await retention.sweepNow()).toBe(false);
    expect(await kept()).toEqual([ids[0]]);
  });

  it('never removes what it does not know as a message', async () => {
    const { retention, drop, folders } = await createFixture({ dropKeepDays: 1, dropKeepMessages: 1 });
    for (const name of ['notes.txt', 'abc.eml', `${idOf(1)}.eml.old`])
      await writeFile(join(folders.drop, name), 'x');
    await mkdir(join(folders.drop, `${idOf(2)}.eml`));
    await drop(30);
    await retention.sweepNow();
    expect((await readdir(folders.drop)).sort()).toEqual(
      [`${idOf(2)}.eml`, `${idOf(1)}.eml.old`, 'abc.eml', 'notes.txt'].sort(),
    );
  });

  it('removes the reason files of dead mail with it', async () => {
    const { retention, bad, folders, set } = await createFixture({});
    for (let count = 0; count < 3; count++) await bad();
    set({ badmailKeepMessages: 1 });
    await retention.sweepNow();
    expect(await readdir(folders.badmail)).toHaveLength(3);
  });

  it('removes reason files whose message a crash had removed, when they are ours and old', async () => {
    const { retention, folders, bad, clock } = await createFixture({ badmailKeepMessages: 1 });
    const gone = await bad();
    const kept = await bad();
    await rm(join(folders.badmail, `${gone}.BAD`));
    const foreign = idOf(5);
    await writeFile(join(folders.badmail, `${foreign}.BDP`), 'not ours');
    clock.now = () => today + 2 * 3_600_000;
    await retention.sweepNow();
    expect((await readdir(folders.badmail)).map((name) => name.slice(0, 24)).sort()).toEqual(
      [foreign, kept, kept, kept].sort(),
    );
  });

  it('removes what a crash left of reason files that were being written, once it is old', async () => {
    const { retention, folders, bad, clock } = await createFixture({ badmailKeepMessages: 1 });
    const kept = await bad();
    await writeFile(join(folders.badmail, `${idOf(5)}.BDP`), '');
    const reason = await readFile(join(folders.badmail, `${kept}.BDR`));
    await writeFile(join(folders.badmail, `${idOf(5)}.BDR`), reason);
    await writeFile(join(folders.badmail, `${idOf(6)}.BDR`), reason);
    await writeFile(join(folders.badmail, `${idOf(7)}.BDR`), 'Theirs');
    clock.now = () => Date.now() + 2 * 3_600_000;
    await retention.sweepNow();
    expect((await readdir(folders.badmail)).sort()).toEqual(
      [`${idOf(7)}.BDR`, ...['BAD', 'BDP', 'BDR'].map((ending) => `${kept}.${ending}`)].sort(),
    );
  });

  it('leaves the envelope of what was deleted when a crash left it in the folder', async () => {
    const { retention, lists, folders, bad, clock } = await createFixture({ badmailKeepMessages: 1 });
    clock.now = () => today - 2 * 3_600_000;
    const id = await bad();
    clock.now = () => today;
    const batch = join(folders.badmail, '.deleted', idOf(today));
    await mkdir(batch, { recursive: true });
    await rename(join(folders.badmail, `${id}.BAD`), join(batch, `${id}.BAD`));
    await retention.sweepNow();
    expect(await lists.badmail.restore([id])).toBe(1);
    expect((await lists.badmail.properties(id))?.envelope).toBeDefined();
  });

  it('follows changed settings', async () => {
    const { retention, drop, kept, set } = await createFixture({});
    await drop(30);
    const young = await drop(3);
    await retention.sweepNow();
    expect(await kept()).toHaveLength(2);
    set({ dropKeepDays: 7 });
    await retention.sweepNow();
    expect(await kept()).toEqual([young]);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'says once that something cannot be removed',
    async () => {
      const { retention, drop, folders, events } = await createFixture({ dropKeepDays: 7 });
      await drop(30);
      await chmod(folders.drop, 0o500);
      await retention.sweepNow();
      await retention.sweepNow();
      expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    },
  );
});

describe('causes of Badmail', () => {
  it('are counted, listed one by one, and follow the folder', async () => {
    const { lists, folders, bad } = await createFixture({});
    const first = await bad();
    await bad();
    const foreign = idOf(today - day);
    await writeFile(join(folders.badmail, `${foreign}.bad`), 'Subject: theirs\r\n\r\n');
    await lists.badmail.table.refresh();
    const counts = () => lists.badmail.table.totals().map(({ cause, count }) => [cause, count]);
    expect(counts()).toEqual([
      ['general-failure', 2],
      ['unknown', 1],
    ]);
    const unknown = await lists.badmail.list({ offset: 0, limit: 10, cause: 'unknown' });
    expect([unknown.total, unknown.rows.map(({ id }) => id)]).toEqual([1, [foreign]]);
    await lists.badmail.delete([first]);
    await lists.badmail.table.refresh();
    expect(counts()).toEqual([
      ['unknown', 1],
      ['general-failure', 1],
    ]);
    expect((await lists.badmail.list({ offset: 0, limit: 10, cause: 'general-failure' })).total).toBe(1);
  });
});
