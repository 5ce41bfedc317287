import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDeletedMessages } from '../../../../src-main/engine/mailroot/deleted-messages';
import type { ListKind } from '../../../../src-main/engine/mailroot/message-row';

const id = '019b76daabe8000000000000';
const today = Date.UTC(2026, 5, 15);
/** Folder of a deletion of now. */
const justNow = today.toString(16).padStart(12, '0').padEnd(24, '0');
const triplet = [`${id}.BAD`, `${id}.BDP`, `${id}.BDR`];

async function createFixture(kind: ListKind, names: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'mailroot-deleted-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) await writeFile(join(folder, name), name);
  let now = today;
  const deleted = createDeletedMessages({ folder, kind, now: () => now });
  const files = async (): Promise<string[]> =>
    (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  const batches = async (): Promise<string[]> => readdir(join(folder, '.deleted'));
  return {
    folder,
    deleted,
    files,
    batches,
    pass: (ms: number) => {
      now += ms;
      return now;
    },
  };
}

describe('deleted messages', () => {
  it('come back with their reason files', async () => {
    const { deleted, files, batches } = await createFixture('badmail', triplet);
    expect(await deleted.putAway([`${id}.BAD`])).toBe(1);
    expect(await files()).toEqual([]);
    expect(await deleted.restore([id])).toBe(1);
    expect(await files()).toEqual(triplet);
    expect(await batches()).toEqual([]);
  });

  it('are kept for an hour, and then gone for good', async () => {
    const { deleted, pass, files, batches } = await createFixture('drop', [`${id}.eml`]);
    await deleted.putAway([`${id}.eml`]);
    await deleted.sweep(pass(3_599_000));
    expect(await batches()).toHaveLength(1);
    await deleted.sweep(pass(2_000));
    expect(await batches()).toEqual([]);
    expect(await deleted.restore([id])).toBe(0);
    expect(await files()).toEqual([]);
  });

  it('of a clock that was years ahead are not kept for years', async () => {
    const { deleted, pass, batches } = await createFixture('drop', [`${id}.eml`]);
    pass(10 * 365 * 86_400_000);
    await deleted.putAway([`${id}.eml`]);
    await deleted.sweep(pass(-10 * 365 * 86_400_000));
    expect(await batches()).toEqual([]);
  });

  it('of one name that were deleted twice are both kept, and the later one comes back', async () => {
    const { folder, deleted, pass } = await createFixture('pickup', ['a.eml']);
    await deleted.putAway(['a.eml']);
    pass(1000);
    await writeFile(join(folder, 'a.eml'), 'second');
    await deleted.putAway(['a.eml']);
    expect(await deleted.restore(['a.eml'])).toBe(1);
    expect(await readFile(join(folder, 'a.eml'), 'utf8')).toBe('second');
  });

  it('never come back over a file that has their name now', async () => {
    const { folder, deleted } = await createFixture('pickup', ['a.eml']);
    await deleted.putAway(['a.eml']);
    await writeFile(join(folder, 'a.eml'), 'new');
    expect(await deleted.restore(['a.eml'])).toBe(0);
    expect(await readFile(join(folder, 'a.eml'), 'utf8')).toBe('new');
  });

  it.each(['../a', '.', '..', 'a/../../x', 'con:stream'])('has none by the name %j', async (name) => {
    const { deleted } = await createFixture('pickup', ['a.eml']);
    await deleted.putAway(['a.eml']);
    expect(await deleted.restore([name])).toBe(0);
  });

  it('are not put behind a link that somebody laid in their place', async () => {
    const { folder, deleted, files } = await createFixture('pickup', ['a.eml']);
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, join(folder, '.deleted'));
    await expect(deleted.putAway(['a.eml'])).rejects.toMatchObject({ code: 'folder-unusable' });
    expect(await files()).toEqual(['a.eml']);
    await expect(deleted.sweep(Date.now())).rejects.toMatchObject({ code: 'folder-unusable' });
  });
});

it('what is over its hour comes back no more, though it is not swept yet', async () => {
  const { deleted, pass, files } = await createFixture('badmail', triplet);
  await deleted.putAway([`${id}.BAD`]);
  pass(3_601_000);
  expect(await deleted.restore([id])).toBe(0);
  expect((await deleted.ids()).size).toBe(0);
  expect(await files()).toEqual([]);
});

// What `kill -9` leaves after each rename of the four: the message goes first and comes back last.
describe('a deletion that was cut short', () => {
  const steps = [`${id}.BAD`, `${id}.BDP`, `${id}.BDR`];
  it.each([1, 2, 3])('after %i of three renames is undone whole', async (count) => {
    const { folder, deleted, files } = await createFixture('badmail', triplet);
    const batch = join(folder, '.deleted', justNow);
    await mkdir(batch, { recursive: true });
    for (const name of steps.slice(0, count)) await rename(join(folder, name), join(batch, name));
    expect([...(await deleted.ids())]).toEqual([id]);
    expect(await deleted.restore([id])).toBe(1);
    expect(await files()).toEqual(triplet);
  });

  it.each([1, 2, 3])('after %i of three renames leaves nothing when its hour is over', async (count) => {
    const { folder, deleted, files } = await createFixture('badmail', triplet);
    const batch = join(folder, '.deleted', id);
    await mkdir(batch, { recursive: true });
    for (const name of steps.slice(0, count)) await rename(join(folder, name), join(batch, name));
    await deleted.sweep(Date.UTC(2036, 0, 1));
    expect(await files()).toEqual([]);
  });

  it.each([1, 2])('and an undoing after %i of three renames is finished by the next', async (count) => {
    const { folder, deleted, files } = await createFixture('badmail', triplet);
    await deleted.putAway([`${id}.BAD`]);
    const [batch = ''] = await readdir(join(folder, '.deleted'));
    for (const name of [`${id}.BDP`, `${id}.BDR`].slice(0, count))
      await rename(join(folder, '.deleted', batch, name), join(folder, name));
    expect(await deleted.restore([id])).toBe(1);
    expect(await files()).toEqual(triplet);
  });
});
