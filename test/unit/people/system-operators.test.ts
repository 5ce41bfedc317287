import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstSystemOperators, openPeople, type People } from '../../../src-main/people';
import { createSecretBox } from '../../../src-main/settings/secret-box';

let folder: string;
let users: Record<string, number>;
let groups: string[];
let reason: string | undefined;
let people: People;

const open = (): People =>
  openPeople({
    dataFolder: folder,
    box: createSecretBox(folder),
    clock: { now: () => 1000 },
    system: {
      names: {
        userId: async (name) => users[name],
        userName: async (userId) => Object.keys(users).find((name) => users[name] === userId),
        groupExists: async (name) => groups.includes(name),
      },
      whyUnsupported: () => reason,
    },
  });
const fileOf = (): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'people.json'), 'utf8'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'system-operators-'));
  users = { ann: 1001, 'EXAMPLE\\bob': 1002, bob: 1002 };
  groups = ['support', 'ann'];
  reason = undefined;
  people = open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ann = { kind: 'user', name: 'ann', role: 'viewer' } as const;

describe('operators of the system', () => {
  it('are listed with their role, users first, also after a restart', async () => {
    await people.systemOperators.create({ kind: 'group', name: 'support', role: 'operator' });
    await people.systemOperators.create(ann);
    // A user and a group of one name are two.
    await people.systemOperators.create({ ...ann, kind: 'group' });
    const rows = [
      { ...ann, createdAt: 1000, isFound: true },
      { ...ann, kind: 'group', createdAt: 1000, isFound: true },
      { kind: 'group', name: 'support', role: 'operator', createdAt: 1000, isFound: true },
    ];
    expect(await people.systemOperators.overview()).toEqual({ rows, isSupported: true });
    expect((await open().systemOperators.overview()).rows).toEqual(rows);
  });

  it.each([
    ['a user', { ...ann, name: 'carol' }, 'This computer has no user named "carol".'],
    [
      'a group',
      { ...ann, kind: 'group', name: 'sales' } as const,
      'This computer has no group named "sales".',
    ],
  ])('are refused with %s that does not exist', async (_, given, message) => {
    await expect(people.systemOperators.create(given)).rejects.toMatchObject({
      code: 'not-found',
      field: 'name',
      message,
    });
    expect(people.systemOperators.entries()).toEqual([]);
  });

  it('are refused twice, also under another name of the same person', async () => {
    await people.systemOperators.create(ann);
    await expect(people.systemOperators.create(ann)).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    });
    const { name } = await people.systemOperators.create({ ...ann, name: 'bob' });
    expect(name).toBe('EXAMPLE\\bob');
    await expect(people.systemOperators.create({ ...ann, name: 'EXAMPLE\\bob' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('stay listed when the computer has lost them', async () => {
    await people.systemOperators.create(ann);
    users = {};
    expect((await people.systemOperators.overview()).rows).toMatchObject([{ name: 'ann', isFound: false }]);
    await people.systemOperators.delete(ann);
    expect(people.systemOperators.entries()).toEqual([]);
  });

  it('get another role, and are told to whoever follows', async () => {
    await people.systemOperators.create(ann);
    let count = 0;
    people.systemOperators.onChange(() => {
      count += 1;
    });
    expect(await people.systemOperators.set({ ...ann, role: 'operator' })).toMatchObject({
      role: 'operator',
    });
    await people.systemOperators.set({ ...ann, role: 'operator' });
    expect(count).toBe(1);
    await expect(people.systemOperators.set({ ...ann, name: 'bob' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(people.systemOperators.delete({ ...ann, kind: 'group' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are refused where nobody can be told from another, which the list says', async () => {
    await people.systemOperators.create(ann);
    reason = 'Who calls cannot be found out here.';
    await expect(people.systemOperators.create({ ...ann, name: 'bob' })).rejects.toMatchObject({
      code: 'unavailable',
      message: reason,
    });
    expect(await people.systemOperators.overview()).toMatchObject({
      isSupported: false,
      reason,
      rows: [{ name: 'ann' }],
    });
  });

  it('are no part of a file that has none, which older versions read', async () => {
    await people.systemOperators.create(ann);
    expect(fileOf()).toHaveProperty('systemOperators');
    await people.systemOperators.delete(ann);
    expect(Object.keys(fileOf())).toEqual(['version', 'accounts', 'operators']);
    expect(open().systemOperators.entries()).toEqual([]);
  });

  it('of a damaged file stop the start', () => {
    const entry = { kind: 'robot', name: 'ann', role: 'viewer', createdAt: 1 };
    const document = { version: 1, accounts: [], operators: [], systemOperators: [entry] };
    writeFileSync(join(folder, 'people.json'), JSON.stringify(document));
    expect(open).toThrow(/people\.json: systemOperators\.0\.kind/);
  });
});

describe('who is admitted from the first run on', () => {
  const sudo = [{ kind: 'group', name: 'sudo', role: 'administrator' }];
  it.each([
    ['the administrators of the computer, with a service of root', 0, 'linux', 'sudo', sudo],
    ['the same, with a service that has an account of its own', 998, 'linux', 'sudo', sudo],
    ['nobody, where there is no such group', 0, 'linux', undefined, []],
    ['nobody else, where the data folder is a person’s', 1000, 'linux', 'sudo', []],
    ['nobody else, where the data folder is a person’s of a Mac', 501, 'darwin', 'admin', []],
    ['nobody by us, on Windows', 0, 'win32', 'Administrators', []],
  ] as const)('%s', (_, ownerId, platform, administratorsGroup, expected) => {
    expect(firstSystemOperators({ ownerId, platform, administratorsGroup })).toEqual(expected);
  });
});
