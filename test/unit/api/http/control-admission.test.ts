import type { Socket } from 'node:net';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Role, SystemOperatorKind } from '../../../../src-main/api/contract';
import { createAdmission, decideRole } from '../../../../src-main/api/http/control-admission';

interface Entry {
  readonly kind: SystemOperatorKind;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
}
const user = (name: string, role: Role): Entry => ({ kind: 'user', name, role, createdAt: 0 });
const group = (name: string, role: Role): Entry => ({ kind: 'group', name, role, createdAt: 0 });

const owner = 1000;
const service = 999;
const ann = 1001;

describe('the role of a caller', () => {
  const people: Record<number, { name: string; groups: string[] }> = {
    0: { name: 'root', groups: ['root'] },
    [owner]: { name: 'owner', groups: [] },
    [ann]: { name: 'ann', groups: ['ann', 'support', 'admins'] },
  };
  it.each<[string, number, Entry[], Role | undefined]>([
    ['the owner of the data folder is administrator', owner, [], 'administrator'],
    ['whatever the list says of the owner', owner, [user('owner', 'viewer')], 'administrator'],
    ['the account that runs Mailroot is administrator', service, [], 'administrator'],
    ['root is administrator', 0, [user('root', 'viewer')], 'administrator'],
    ['nobody else is anything', ann, [], undefined],
    [
      'somebody who is not listed is nothing',
      ann,
      [user('bob', 'viewer'), group('staff', 'viewer')],
      undefined,
    ],
    ['a user who is listed has the role', ann, [user('ann', 'operator')], 'operator'],
    ['a member of a listed group has its role', ann, [group('support', 'viewer')], 'viewer'],
    [
      'a member of several groups has the role that allows most',
      ann,
      [group('support', 'viewer'), group('admins', 'operator'), group('staff', 'administrator')],
      'operator',
    ],
    [
      'an entry for the person goes before those for groups',
      ann,
      [group('admins', 'administrator'), user('ann', 'viewer')],
      'viewer',
    ],
    [
      'a group of the name of a user is another thing',
      ann,
      [group('ANN', 'viewer'), user('support', 'viewer')],
      undefined,
    ],
    ['names are those of the system, with their case', ann, [user('Ann', 'viewer')], undefined],
    ['a number without a name is nobody', 4711, [user('', 'viewer'), user('4711', 'viewer')], undefined],
  ])('%s', (_, userId, entries, role) => {
    const person = people[userId];
    const facts = { userId, userName: person?.name, groups: () => person?.groups ?? [] };
    expect(decideRole({ ...facts, entries, ownerId: owner, processUserId: service })).toBe(role);
  });

  it('needs no directory server where numbers or names decide', () => {
    const groups = (): never => {
      throw new Error('asked');
    };
    const facts = { ownerId: owner, processUserId: service, groups };
    const entries = [user('ann', 'viewer'), group('support', 'viewer')];
    expect(decideRole({ ...facts, userId: owner, userName: 'owner', entries })).toBe('administrator');
    expect(decideRole({ ...facts, userId: ann, userName: 'ann', entries })).toBe('viewer');
    expect(
      decideRole({ ...facts, userId: ann, userName: 'ann', entries: [user('bob', 'viewer')] }),
    ).toBeUndefined();
  });
});

describe('admission', () => {
  let nowMs: number;
  let entries: Entry[];
  let groupsOfAnn: string[];
  let questions: string[];
  beforeEach(() => {
    nowMs = 0;
    entries = [];
    groupsOfAnn = ['support'];
    questions = [];
  });
  const socketOf = (userId: number | undefined): Socket => ({ userId }) as unknown as Socket;
  const open = ({
    canIdentify = true,
    groupsOf = async () => groupsOfAnn,
  }: {
    canIdentify?: boolean;
    groupsOf?: () => Promise<string[]>;
  } = {}) =>
    createAdmission({
      systemOperators: { entries: () => entries, onChange: () => () => undefined },
      identityOf: (socket) => {
        const { userId } = socket as unknown as { userId: number | undefined };
        return userId === undefined ? undefined : { userId };
      },
      canIdentify: () => canIdentify,
      accounts: {
        userName: async (userId) => {
          questions.push(`name ${userId}`);
          return userId === ann ? 'ann' : userId === 0 ? 'root' : undefined;
        },
        groupsOf: (name) => {
          questions.push(`groups ${name}`);
          return groupsOf();
        },
      },
      ownerId: owner,
      processUserId: service,
      clock: { now: () => nowMs },
    });

  it('calls people by the name that the system has for them', async () => {
    entries = [user('ann', 'operator')];
    const admission = open();
    expect(await admission.callerOf(socketOf(ann))).toEqual({
      name: 'ann',
      role: 'operator',
      via: 'control',
    });
    expect(await admission.callerOf(socketOf(0))).toEqual({
      name: 'root',
      role: 'administrator',
      via: 'control',
    });
    expect(await admission.callerOf(socketOf(owner))).toEqual({
      name: `user ${owner}`,
      role: 'administrator',
      via: 'control',
    });
    expect(await admission.callerOf(socketOf(4711))).toBeUndefined();
  });

  it('asks for the groups of a person once in five seconds', async () => {
    entries = [group('support', 'viewer')];
    const admission = open();
    expect((await admission.callerOf(socketOf(ann)))?.role).toBe('viewer');
    groupsOfAnn = [];
    nowMs = 4_999;
    expect((await admission.callerOf(socketOf(ann)))?.role).toBe('viewer');
    expect(questions).toEqual([`name ${ann}`, 'groups ann']);
    nowMs = 5_000;
    expect(await admission.callerOf(socketOf(ann))).toBeUndefined();
  });

  it('asks a directory that does not answer once for all calls of a person', async () => {
    entries = [group('support', 'viewer')];
    let answer: (groups: string[]) => void = () => undefined;
    const admission = open({ groupsOf: () => new Promise((resolve) => (answer = resolve)) });
    const calls = [admission.callerOf(socketOf(ann)), admission.callerOf(socketOf(ann))];
    expect(await admission.callerOf(socketOf(owner))).toMatchObject({ role: 'administrator' });
    await vi.waitUntil(() => questions.includes('groups ann'));
    nowMs = 60_000;
    calls.push(admission.callerOf(socketOf(ann)));
    await vi.waitUntil(() => questions.filter((question) => question === `name ${ann}`).length === 2);
    answer(['support']);
    for (const caller of await Promise.all(calls)) expect(caller?.role).toBe('viewer');
    expect(questions.filter((question) => question === 'groups ann')).toHaveLength(1);
  });

  it('knows without asking whether somebody still is what they were', async () => {
    entries = [user('ann', 'administrator')];
    const admission = open();
    const caller = await admission.callerOf(socketOf(ann));
    const root = await admission.callerOf(socketOf(0));
    if (!caller || !root) throw new Error('not admitted');
    expect(admission.stillIs(caller)).toBe(true);
    entries = [user('ann', 'operator')];
    expect(admission.stillIs(caller)).toBe(false);
    entries = [];
    expect(admission.stillIs(caller)).toBe(false);
    expect(admission.stillIs(root)).toBe(true);
  });

  it('heeds a change of the list at once', async () => {
    entries = [user('ann', 'viewer')];
    const admission = open();
    expect((await admission.callerOf(socketOf(ann)))?.role).toBe('viewer');
    entries = [];
    expect(await admission.callerOf(socketOf(ann))).toBeUndefined();
  });

  it('is for others only where there are some, and callers can be told apart', async () => {
    expect(open().isShared()).toBe(false);
    entries = [user('ann', 'viewer')];
    expect(open().isShared()).toBe(true);
    expect(open({ canIdentify: false }).isShared()).toBe(false);
  });

  it('lets in who cannot be identified as long as the file system keeps all others out', async () => {
    const stranger = socketOf(undefined);
    expect(await open().callerOf(stranger)).toEqual({ role: 'administrator', name: 'local', via: 'control' });
    entries = [user('ann', 'viewer')];
    expect(await open({ canIdentify: false }).callerOf(stranger)).toMatchObject({ name: 'local' });
    expect(await open().callerOf(stranger)).toBeUndefined();
  });
});
