/** Nothing that changes something is missing in the record of changes. */
import { type AnyContractProcedure, isContractProcedure } from '@orpc/contract';
import { describe, expect, it } from 'vitest';
import { createCallRecorder } from '../../../src-main/api/call-recorder';
import { changeSubjects } from '../../../src-main/api/change-subjects';
import { contract, type Role } from '../../../src-main/api/contract';
import type { Act, ChangeRecord } from '../../../src-main/changes';

const roleOf = (procedure: AnyContractProcedure): Role =>
  (procedure['~orpc'].meta as { readonly role: Role }).role;

const procedures = Object.entries(contract).flatMap(([area, members]) =>
  Object.entries(members).flatMap(([name, procedure]: [string, unknown]) =>
    isContractProcedure(procedure) ? [{ path: `${area}.${name}`, role: roleOf(procedure) }] : [],
  ),
);

describe('the table of subjects', () => {
  it('has a row for each procedure that a viewer may not call, and for no other', () => {
    const wanted = procedures.filter(({ role }) => role !== 'viewer').map(({ path }) => path);
    expect(Object.keys(changeSubjects).toSorted()).toEqual(wanted.toSorted());
  });
});

interface Recorded extends Act {
  readonly subject: string;
}

/** What a call leaves in the record. */
async function callRecorded(
  path: string,
  input: unknown,
  output: unknown,
  { hasChanges = false }: { readonly hasChanges?: boolean } = {},
): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  const record: Pick<ChangeRecord, 'during'> = {
    async during(act, run, word) {
      const result = await run();
      const subject = word({ result, hasChanges });
      if (subject !== undefined) recorded.push({ ...act, subject });
      return result;
    },
  };
  const around = createCallRecorder(record, {
    serverName: (id) => (id === 2 ? 'Relay' : ''),
    certificateName: (id) => (id === '00112233445566ff' ? 'Mail' : ''),
    signInName: (id) => (id === '00112233445566ff' ? 'Office' : ''),
  });
  const caller = { role: 'administrator', name: 'ann', via: 'control' } as const;
  await around({ caller, path, role: 'operator', input }, async () => ({ output }));
  return recorded;
}

const id = '0199f2c4a1b300001234abcd';

describe('a call is recorded', () => {
  it.each([
    ['servers.stop', { serverId: 2 }, {}, 'Relay'],
    ['sessions.terminate', { serverId: 2, sessionId: 's7' }, {}, 'session s7 of Relay'],
    ['sessions.terminateAll', { serverId: 2 }, { count: 3 }, '3 sessions of Relay'],
    ['queue.delete', { serverId: 2, chosen: { queueIds: [id] } }, { count: 1 }, `1 message of Relay: ${id}`],
    [
      'queue.hold',
      { serverId: 2, chosen: { groups: [{ queueId: id, destination: 'far.test' }] } },
      { count: 1 },
      `1 message of Relay: ${id}`,
    ],
    ['queue.release', { serverId: 2, chosen: { filter: {} } }, { count: 7 }, '7 messages of Relay'],
    [
      'queue.setRecipient',
      { serverId: 2, chosen: { queueIds: [id] }, from: 'bbo@far.test', to: 'bob@far.test' },
      { count: 1 },
      'bbo@far.test, now bob@far.test, in 1 message of Relay',
    ],
    ['queue.freeze', { serverId: 2, destination: 'far.test' }, {}, 'far.test of Relay'],
    ['queue.retry', { serverId: 2 }, { count: 12 }, '12 messages of Relay'],
    [
      'messages.delete',
      { serverId: 2, folder: 'drop', ids: Array(9).fill(id) },
      { count: 9 },
      `drop, 9 messages of Relay: ${Array(5).fill(id).join(', ')} and 4 more`,
    ],
    ['accounts.create', { name: 'scanner', password: 'correct horse' }, { name: 'scanner' }, 'scanner'],
    ['systemOperators.create', { kind: 'group', name: 'support', role: 'viewer' }, {}, 'group support'],
    ['certificates.rename', { id: '00112233445566ff', name: 'New' }, {}, 'Mail, now New'],
    ['certificates.export', { id: '00112233445566ff', password: 'x' }, {}, 'Mail, with its key'],
    ['oauth.beginSignIn', { id: '00112233445566ff' }, { kind: 'done' }, 'Office'],
    ['something.new', { serverId: 2 }, {}, ''],
  ])('%s', async (path, input, output, subject) => {
    expect(await callRecorded(path, input, output)).toEqual([
      { who: 'ann', via: 'control', action: path, subject },
    ]);
  });

  it.each([
    ['that only looks', 'operators.list', {}, []],
    ['that found nothing to delete', 'queue.delete', { serverId: 2, queueIds: [id] }, { count: 0 }],
    ['that set what was set already', 'servers.set', { serverId: 2, patch: {} }, {}],
    ['that left an account as it was', 'accounts.set', { name: 'scanner', isEnabled: true }, {}],
    ['that left a role as it was', 'systemOperators.set', { kind: 'user', name: 'ann', role: 'viewer' }, {}],
  ])('not when it is one %s', async (_, path, input, output) => {
    expect(await callRecorded(path, input, output)).toEqual([]);
  });

  it('when a setting came out different', async () => {
    const recorded = await callRecorded(
      'domains.set',
      { serverId: 2, name: 'a.test' },
      {},
      { hasChanges: true },
    );
    expect(recorded).toMatchObject([{ subject: 'a.test of Relay' }]);
  });

  it('whatever was sent instead of valid arguments', async () => {
    for (const input of [undefined, null, 'x', [1], { serverId: {}, name: 7, queueIds: 'x' }])
      for (const path of Object.keys(changeSubjects)) await callRecorded(path, input, undefined);
  });
});
