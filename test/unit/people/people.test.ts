import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
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
import { md4 } from '../../../src-main/engine/ntlm/md4';
import { openPeople, type People } from '../../../src-main/people';
import { createSecretBox } from '../../../src-main/settings/secret-box';

let folder: string;
let path: string;
let now: number;
const open = (): People =>
  openPeople({ dataFolder: folder, box: createSecretBox(folder), clock: { now: () => now } });
const textOf = (): string => readFileSync(path, 'utf8');
let people: People;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'people-'));
  path = join(folder, 'people.json');
  now = 1_000_000;
  people = open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ann = { name: 'Ann', password: 'correct horse' };

describe('accounts', () => {
  it('are nobody at first, and nothing is written for nobody', () => {
    expect(people.accounts.list()).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('log in with their password, under a name in any case, and are told by the name they were given', async () => {
    await people.accounts.create(ann);
    expect(await people.accounts.authenticate('ANN', 'correct horse')).toBe('Ann');
    expect(await people.accounts.authenticate('ann', 'wrong horse')).toBeUndefined();
    expect(await people.accounts.authenticate('bob', 'correct horse')).toBeUndefined();
    expect(people.accounts.find('aNN')).toBe('Ann');
    expect(people.accounts.find('bob')).toBeUndefined();
  });

  it('are the same after a restart, without what was only in memory', async () => {
    await people.accounts.create(ann);
    now += 5;
    await people.accounts.authenticate('ann', 'correct horse');
    expect(people.accounts.list()).toEqual([
      { name: 'Ann', isEnabled: true, createdAt: 1_000_000, methods: ['basic'], lastLogInAt: 1_000_005 },
    ]);
    people = open();
    expect(people.accounts.list()).toEqual([
      { name: 'Ann', isEnabled: true, createdAt: 1_000_000, methods: ['basic'] },
    ]);
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBe('Ann');
  });

  it('lie on the disk without their password, for the owner only', async () => {
    await people.accounts.create(ann);
    expect(textOf()).not.toContain('correct');
    expect(textOf()).not.toContain(Buffer.from('correct horse').toString('base64'));
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leave no hashes behind in what a crash left half-written', async () => {
    await people.accounts.create(ann);
    writeFileSync(`${path}.4711-1.tmp`, textOf());
    open();
    expect(readdirSync(folder)).toEqual(['people.json']);
  });

  it('have one name each, whatever the case', async () => {
    await people.accounts.create(ann);
    await expect(people.accounts.create({ ...ann, name: 'ANN' })).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    });
    expect(people.accounts.list()).toHaveLength(1);
  });

  it('that are disabled do not log in, not even in the minute after they did', async () => {
    await people.accounts.create(ann);
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBe('Ann');
    expect(await people.accounts.set('ann', { isEnabled: false })).toMatchObject({ isEnabled: false });
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBeUndefined();
    expect(people.accounts.find('ann')).toBeUndefined();
    expect(['ANN', 'bob'].map((name) => people.accounts.isDisabled(name))).toEqual([true, false]);
    await people.accounts.set('ann', { isEnabled: true });
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBe('Ann');
  });

  it('with a new password do not log in with the old one, not even in the minute after they did', async () => {
    await people.accounts.create(ann);
    await people.accounts.authenticate('ann', 'correct horse');
    await people.accounts.set('ann', { password: 'battery staple' });
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBeUndefined();
    expect(await people.accounts.authenticate('ann', 'battery staple')).toBe('Ann');
  });

  it('that were just logged in are still refused with a wrong password', async () => {
    await people.accounts.create(ann);
    await people.accounts.authenticate('ann', 'correct horse');
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBe('Ann');
    expect(await people.accounts.authenticate('ann', 'correct hors')).toBeUndefined();
    expect(await people.accounts.authenticate('ann', '')).toBeUndefined();
  });

  it('that change while their password is looked at do not log in', async () => {
    await people.accounts.create(ann);
    // Four verifications at two at once: the later ones look at an account that is gone by then.
    const tries = Array.from({ length: 4 }, () => people.accounts.authenticate('ann', 'correct horse'));
    await people.accounts.delete('ann');
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBeUndefined();
    expect(people.accounts.list()).toEqual([]);
    for (const name of await Promise.all(tries)) expect([undefined, 'Ann']).toContain(name);
    await people.accounts.create({ ...ann, name: 'ann', password: 'battery staple' });
    expect(people.accounts.list()[0]?.lastLogInAt).toBeUndefined();
  });

  it.each(['set', 'delete'] as const)('that do not exist: %s says so', async (verb) => {
    const done = verb === 'set' ? people.accounts.set('bob', {}) : people.accounts.delete('bob');
    await expect(done).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no account named "bob".',
    });
  });

  it('are no operators, and operators are no accounts', async () => {
    await people.accounts.create(ann);
    await people.operators.create({ name: 'bob', role: 'viewer', password: 'battery staple' });
    expect(await people.operators.verify('ann', 'correct horse')).toBeUndefined();
    expect(await people.accounts.authenticate('bob', 'battery staple')).toBeUndefined();
  });
});

describe('ways to log in', () => {
  const all = ['basic', 'ntlm', 'cram-md5', 'scram-sha-256'] as const;
  const stored = () => JSON.parse(textOf()).accounts[0];

  it('are basic alone when nothing is said, and the file is one that older versions read', async () => {
    await people.accounts.create(ann);
    expect(people.accounts.list()[0]?.methods).toEqual(['basic']);
    expect(Object.keys(stored())).toEqual(['name', 'isEnabled', 'createdAt', 'password']);
    expect(people.accounts.allows('ANN', 'basic')).toBe(true);
    expect(people.accounts.allows('ann', 'ntlm')).toBe(false);
    for (const method of ['ntlm', 'cram-md5', 'scram-sha-256'] as const)
      expect(people.accounts.logOnSecret('ann', method)).toBeUndefined();
  });

  it('each have their secret after a restart, and none of them lies on the disk in clear', async () => {
    await people.accounts.create({ ...ann, methods: all });
    people = open();
    expect(people.accounts.list()[0]?.methods).toEqual(all);
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBe('Ann');
    const ntlm = people.accounts.logOnSecret('ann', 'ntlm');
    const ntHash = md4(Buffer.from('correct horse', 'utf16le'));
    expect(ntlm).toMatchObject({ account: 'Ann' });
    expect(Buffer.from(ntlm?.secret.ntHash ?? []).equals(ntHash)).toBe(true);
    expect(people.accounts.logOnSecret('ANN', 'cram-md5')?.secret).toEqual({ password: 'correct horse' });
    const scram = people.accounts.logOnSecret('ann', 'scram-sha-256')?.secret;
    expect(scram?.iterations).toBe(10_000);
    const salted = pbkdf2Sync('correct horse', scram?.salt ?? '', 10_000, 32, 'sha256');
    const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
    expect([...(scram?.serverKey ?? [])]).toEqual([...hmac('Server Key')]);
    expect([...(scram?.storedKey ?? [])]).toEqual([
      ...createHash('sha256').update(hmac('Client Key')).digest(),
    ]);
    for (const secret of [Buffer.from('correct horse'), ntHash, Buffer.from(scram?.storedKey ?? [])])
      for (const encoding of ['latin1', 'base64', 'hex'] as const)
        expect(textOf()).not.toContain(secret.toString(encoding));
    expect(Object.values(stored().secrets)).toSatisfy((sealed: string[]) =>
      sealed.every((text) => text.startsWith('sealed:')),
    );
  });

  it('take their secrets along when they go, and need the password when they come', async () => {
    await people.accounts.create({ ...ann, methods: all });
    await people.accounts.set('ann', { methods: ['cram-md5', 'kerberos'] });
    expect(Object.keys(stored())).toEqual(['name', 'isEnabled', 'createdAt', 'methods', 'secrets']);
    expect(Object.keys(stored().secrets)).toEqual(['cram-md5']);
    expect(people.accounts.logOnSecret('ann', 'cram-md5')?.secret).toEqual({ password: 'correct horse' });
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBeUndefined();
    await expect(
      people.accounts.set('ann', { methods: ['basic', 'ntlm', 'cram-md5'] }),
    ).rejects.toMatchObject({
      code: 'invalid',
      field: 'password',
      message: 'Enter the password: PLAIN and LOGIN, NTLM cannot be allowed without it.',
    });
    expect(people.accounts.list()[0]?.methods).toEqual(['cram-md5', 'kerberos']);
    await people.accounts.set('ann', { methods: ['basic'], password: 'battery staple' });
    expect(await people.accounts.authenticate('ann', 'battery staple')).toBe('Ann');
    expect(people.accounts.logOnSecret('ann', 'cram-md5')).toBeUndefined();
    expect(textOf()).not.toContain('sealed:');
  });

  it('all follow a new password', async () => {
    await people.accounts.create({ ...ann, methods: all });
    const before = people.accounts.logOnSecret('ann', 'scram-sha-256')?.secret;
    await people.accounts.set('ann', { password: 'battery staple' });
    expect(people.accounts.logOnSecret('ann', 'cram-md5')?.secret).toEqual({ password: 'battery staple' });
    expect(people.accounts.logOnSecret('ann', 'ntlm')?.secret.ntHash).toEqual(
      new Uint8Array(md4(Buffer.from('battery staple', 'utf16le'))),
    );
    const after = people.accounts.logOnSecret('ann', 'scram-sha-256')?.secret;
    expect(after?.salt).not.toEqual(before?.salt);
    expect(people.accounts.list()[0]?.methods).toEqual(all);
  });

  it('need no password for Kerberos, and take none', async () => {
    await people.accounts.create({ name: 'ann@EXAMPLE.TEST', methods: ['kerberos'] });
    expect(people.accounts.allows('ann@example.test', 'kerberos')).toBe(true);
    expect(await people.accounts.authenticate('ann@EXAMPLE.TEST', '')).toBeUndefined();
    await expect(
      people.accounts.set('ann@EXAMPLE.TEST', { password: 'correct horse' }),
    ).rejects.toMatchObject({ code: 'invalid', field: 'password' });
    await expect(people.accounts.create({ name: 'bob', methods: ['ntlm'] })).rejects.toMatchObject({
      code: 'invalid',
      field: 'password',
      message: 'Enter the password: NTLM cannot be allowed without it.',
    });
    expect(people.accounts.find('bob')).toBeUndefined();
  });

  it('of a disabled account are none, and come back with it', async () => {
    await people.accounts.create({ ...ann, methods: all });
    await people.accounts.set('ann', { isEnabled: false });
    expect(people.accounts.allows('ann', 'ntlm')).toBe(false);
    expect(people.accounts.logOnSecret('ann', 'ntlm')).toBeUndefined();
    await people.accounts.set('ann', { isEnabled: true });
    expect(people.accounts.logOnSecret('ann', 'ntlm')).toBeDefined();
  });

  it('that are changed while a password is made are not lost', async () => {
    await people.accounts.create(ann);
    const slow = people.accounts.set('ann', { password: 'battery staple' });
    await people.accounts.set('ann', { isEnabled: false });
    await expect(slow).rejects.toMatchObject({ code: 'conflict' });
    expect(people.accounts.list()[0]?.isEnabled).toBe(false);
  });

  it('are told, without their secret, when the key of the data folder is gone', async () => {
    await people.accounts.create({ ...ann, methods: ['ntlm'] });
    rmSync(join(folder, 'secret.key'));
    people = open();
    expect(people.accounts.allows('ann', 'ntlm')).toBe(true);
    expect(() => people.accounts.logOnSecret('ann', 'ntlm')).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        message: expect.stringContaining('account "Ann": give it'),
      }),
    );
  });

  it('leave a note of the last log-in', async () => {
    await people.accounts.create({ ...ann, methods: ['ntlm'] });
    now += 7;
    people.accounts.noteLogOn('Ann');
    expect(people.accounts.list()[0]).toMatchObject({ lastLogInAt: 1_000_007 });
  });
});

describe('operators', () => {
  const create = () => people.operators.create({ name: 'Ann', role: 'operator', password: 'correct horse' });
  const verified = async () => {
    const operator = await people.operators.verify('ann', 'correct horse');
    if (!operator) throw new Error('Ann was refused.');
    return operator;
  };

  it('are told with their role, and nothing for a wrong name or password', async () => {
    await create();
    expect(await people.operators.verify('ANN', 'correct horse')).toEqual({ name: 'Ann', role: 'operator' });
    expect(await people.operators.verify('ann', 'Correct horse')).toBeUndefined();
    expect(await people.operators.verify('bob', 'correct horse')).toBeUndefined();
    expect(people.operators.list()).toEqual([{ name: 'Ann', role: 'operator', createdAt: 1_000_000 }]);
  });

  it('stay who they are while others change', async () => {
    await create();
    const operator = await verified();
    await people.operators.create({ name: 'bob', role: 'viewer', password: 'battery staple' });
    await people.accounts.create(ann);
    await people.operators.set('ann', { role: 'operator' });
    expect(people.operators.isCurrent(operator)).toBe(true);
    expect(await verified()).toBe(operator);
  });

  it.each([
    ['another role', () => people.operators.set('ann', { role: 'viewer' })],
    ['another password', () => people.operators.set('ann', { password: 'battery staple' })],
    ['the same password again', () => people.operators.set('ann', { password: 'correct horse' })],
    ['being deleted', () => people.operators.delete('ann')],
    ['being deleted and made again', () => people.operators.delete('ann').then(create)],
  ])('are not who they were after %s', async (_, change) => {
    await create();
    const operator = await verified();
    let changes = 0;
    people.operators.onChange(() => {
      changes += 1;
      expect(people.operators.isCurrent(operator)).toBe(false);
    });
    await change();
    expect(changes).toBeGreaterThan(0);
  });
});

describe('the file', () => {
  it('holds all of many changes made at once', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `user${at}`);
    await Promise.all([
      ...names.map((name) => people.accounts.create({ name, password: 'correct horse' })),
      people.operators.create({ name: 'ann', role: 'viewer', password: 'correct horse' }),
    ]);
    expect(
      open()
        .accounts.list()
        .map(({ name }) => name),
    ).toEqual(names);
    expect(open().operators.list()).toHaveLength(1);
  });

  it('takes one of two that are made at once with the same name', async () => {
    const made = await Promise.allSettled([people.accounts.create(ann), people.accounts.create(ann)]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(open().accounts.list()).toHaveLength(1);
  });

  it('that cannot be written refuses the change, and the next one goes on', async () => {
    const change = people.accounts.create(ann);
    rmSync(folder, { recursive: true });
    await expect(change).rejects.toMatchObject({ code: 'folder-unusable' });
    expect(people.accounts.list()).toEqual([]);
    expect(await people.accounts.authenticate('ann', 'correct horse')).toBeUndefined();
    mkdirSync(folder);
    await people.accounts.create(ann);
    expect(open().accounts.list()).toHaveLength(1);
  });

  const hash = { scheme: 'scrypt', n: 32_768, r: 8, p: 1, salt: 'A'.repeat(22), key: 'A'.repeat(43) };
  const entry = { name: 'ann', createdAt: 1, password: hash };
  it.each([
    ['no JSON', '{"accounts": [', 'This is not JSON.'],
    ['an empty file', '', 'This is not JSON.'],
    ['another version', JSON.stringify({ version: 2, accounts: [], operators: [] }), 'version'],
    ['a list missing', JSON.stringify({ version: 1, accounts: [] }), 'operators'],
    [
      'an unknown role',
      JSON.stringify({ version: 1, accounts: [], operators: [{ ...entry, role: 'root' }] }),
      'operators.0.role',
    ],
    [
      'one name twice',
      JSON.stringify({
        version: 1,
        accounts: [
          { ...entry, isEnabled: true },
          { ...entry, name: 'ANN', isEnabled: true },
        ],
        operators: [],
      }),
      'A name is there twice.',
    ],
    [
      'a password in clear',
      JSON.stringify({
        version: 1,
        accounts: [{ ...entry, password: 'correct horse', isEnabled: true }],
        operators: [],
      }),
      'accounts.0.password',
    ],
  ])('with %s stops the start by its name and stays as it is', (_, text, reason) => {
    writeFileSync(path, text);
    let message = '';
    try {
      open();
    } catch (error) {
      expect(error).toMatchObject({ code: 'settings-broken' });
      message = String(error);
    }
    expect(message).toContain(`${path}: `);
    expect(message).toContain(reason);
    expect(message).not.toContain('correct horse');
    expect(textOf()).toBe(text);
  });

  it('that cannot be read stops the start too: it is not nobody', () => {
    mkdirSync(path);
    expect(open).toThrow(expect.objectContaining({ code: 'settings-broken' }));
  });
});
