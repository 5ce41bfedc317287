/** Waiting mail over the API: a real engine, whose other services nobody asks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiRouter } from '../../../../src-main/api/dispatch';
import type { Services } from '../../../../src-main/api/handlers/services';
import { Engine } from '../../../../src-main/engine/engine';
import type { VirtualServer } from '../../../../src-main/engine/virtual-server';
import { type Settings, settingsDocument } from '../../../../src-main/settings/schema';
import { until } from '../../../support/fake-clock';
import { findFreePort } from '../../../support/service';

let folder: string;
let engine: Engine;
let server: VirtualServer;
let settings: Settings;
let router: ReturnType<typeof createApiRouter>;

const caller = { role: 'administrator', name: 'ann', via: 'control' } as const;
const options = { context: { caller } };
const page = { offset: 0, limit: 50 };

/** Stands for services that no call here is about. */
const unasked: unknown = new Proxy(() => undefined, { get: () => unasked });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-queue-api-'));
  // Nobody listens there.
  const deadPort = await findFreePort();
  settings = settingsDocument.parse({
    version: 1,
    servers: [
      {
        id: 1,
        name: 'Relay',
        bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
        homeDirectory: join(folder, 'mailroot'),
        fullyQualifiedDomainName: 'relay.corp.test',
        domains: [{ type: 'default', name: 'corp.test' }],
        smartHost: '[127.0.0.1]',
        outboundPort: deadPort,
      },
    ],
  });
  engine = new Engine({ settings: () => settings, productVersion: '0', dataFolder: folder });
  await engine.start();
  server = engine.server(1);
  router = createApiRouter({
    engine,
    settings: { current: () => settings },
    log: () => undefined,
    changes: { during: <T>(_act: unknown, run: () => Promise<T>): Promise<T> => run() },
    certificates: { list: () => [] },
    signIns: { store: { find: () => undefined } },
    async changeSettings(change: (now: Settings) => unknown) {
      const before = settings;
      settings = settingsDocument.parse(await change(settings));
      await engine.settingsChanged(before);
      return settings;
    },
    people: unasked,
    live: unasked,
    firstRun: unasked,
    mailIndex: unasked,
    mailChecks: unasked,
  } as unknown as Services);
});
afterEach(async () => {
  await engine.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

async function accept(...recipients: string[]): Promise<string> {
  const transaction = server.running.intake.open(
    {
      serverId: 1,
      sender: 'app@corp.test',
      recipients: recipients.map((address) => ({ address })),
      body: '7bit',
      source: { kind: 'test' },
    },
    {},
  );
  await transaction.write(Buffer.from('Subject: order\r\n\r\nbody\r\n'));
  return (await transaction.commit()).queueId;
}
const show = (queueId: string) => call(router.queue.show, { serverId: 1, queueId }, options);
const isTried = async (queueId: string): Promise<void> => {
  let has = false;
  for (let tries = 0; !has && tries < 500; tries++) {
    const row = await show(queueId);
    has = !row.isActive && row.recipients.every(({ attempts }) => attempts > 0);
    if (!has) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(has).toBe(true);
};
async function whole<T extends { counted: number; messages: number }>(ask: () => Promise<T>): Promise<T> {
  let answer = await ask();
  for (let tries = 0; answer.counted < answer.messages && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    answer = await ask();
  }
  return answer;
}
const groups = (filter = {}) =>
  whole(() => call(router.queue.groups, { serverId: 1, ...page, filter }, options));
const totals = () => whole(() => call(router.queue.totals, { serverId: 1 }, options));

describe('waiting mail over the API', () => {
  it('is listed in groups and totals by where it goes, whether the server runs or not', async () => {
    const queueId = await accept('x@far.test', 'y@near.test');
    await isTried(queueId);
    const running = await groups();
    const [row] = running.rows;
    expect(running).toMatchObject({ total: 1, messages: 1 });
    expect(row).toMatchObject({ queueId, recipients: ['x@far.test', 'y@near.test'], recipientCount: 2 });
    const destination = row?.destination ?? '';
    const sums = await totals();
    expect(sums.destinations).toMatchObject([
      { destination, title: `smart host ${destination}`, groups: 1, recipients: 2, isFrozen: false },
    ]);
    await server.stop(0);
    const stopped = await groups();
    expect(stopped.rows).toMatchObject([{ queueId, destination, isActive: false, attempts: 1 }]);
    expect((await totals()).destinations).toMatchObject([
      { destination, groups: 1, recipients: 2, lastError: sums.destinations[0]?.lastError },
    ]);
    expect((await groups({ recipient: 'nobody' })).rows).toEqual([]);
  });

  it('of a server that does not run is not acted on, and that is said', async () => {
    const queueId = await accept('x@far.test');
    await server.stop(0);
    const chosen = { queueIds: [queueId] };
    const { hold, release, retry, delete: giveUp } = router.queue;
    const input = { serverId: 1, chosen };
    const refused = { code: 'unavailable' };
    await expect(call(hold, input, options)).rejects.toMatchObject(refused);
    await expect(call(release, input, options)).rejects.toMatchObject(refused);
    await expect(call(retry, input, options)).rejects.toMatchObject(refused);
    await expect(call(giveUp, input, options)).rejects.toMatchObject(refused);
    expect((await show(queueId)).recipients[0]?.outcome).toBeUndefined();
  });

  it('is held, sent another way, readdressed, released and given up', async () => {
    const queueId = await accept('x@far.test');
    await isTried(queueId);
    const chosen = { queueIds: [queueId] };
    const input = { serverId: 1, chosen };
    expect(await call(router.queue.hold, input, options)).toEqual({ count: 1 });
    expect(await call(router.queue.hold, input, options)).toEqual({ count: 0 });
    const way = { kind: 'host', host: '127.0.0.1', port: 9 } as const;
    expect(await call(router.queue.setWay, { ...input, way }, options)).toEqual({ count: 1 });
    const names = { from: 'X@far.test', to: 'z@far.test' };
    expect(await call(router.queue.setRecipient, { ...input, ...names }, options)).toEqual({ count: 1 });
    expect((await show(queueId)).recipients).toMatchObject([
      { address: 'z@far.test', isHeld: true, way: { kind: 'host', host: '[127.0.0.1]', port: 9 } },
    ]);
    expect((await groups({ state: 'held' })).rows).toMatchObject([{ queueId, destination: '[127.0.0.1]:9' }]);
    expect(await call(router.queue.release, input, options)).toEqual({ count: 1 });
    expect(await call(router.queue.delete, input, options)).toEqual({ count: 1 });
    await expect(show(queueId)).rejects.toMatchObject({ code: 'not-found' });
    expect((await groups()).total).toBe(0);
  });

  it.each([
    ['no address', { from: 'x@far.test', to: 'nobody' }],
    ['the same address', { from: 'x@far.test', to: 'x@far.test' }],
  ])('%s is refused with its field', async (_what, names) => {
    const input = { serverId: 1, chosen: { queueIds: [await accept('x@far.test')] }, ...names };
    await expect(call(router.queue.setRecipient, input, options)).rejects.toMatchObject({
      code: 'invalid',
      data: { field: 'to' },
    });
  });

  it('a domain whose mail goes to a smart host is no destination, and what is not frozen does not thaw', async () => {
    const at = (name: string) => ({ serverId: 1, destination: name });
    await expect(call(router.queue.freeze, at('far.test'), options)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^Mail for far\.test goes to \[127\.0\.0\.1\]:\d+\. Freeze \[127/),
    });
    await expect(call(router.queue.thaw, at('far.test'), options)).rejects.toMatchObject({
      code: 'refused',
      message: 'far.test is not frozen.',
    });
    expect(settings.servers[0]?.frozenDestinations).toEqual([]);
  });

  it('a destination that two operators freeze at once is frozen once, in any case, and thaws', async () => {
    await isTried(await accept('x@far.test'));
    const [{ destination } = { destination: '' }] = (await totals()).destinations;
    const freeze = (name: string) => call(router.queue.freeze, { serverId: 1, destination: name }, options);
    await Promise.all([freeze(destination), freeze(` ${destination.toUpperCase()} `), freeze('drop')]);
    await freeze(destination);
    const frozen = await totals();
    expect([...frozen.frozen].sort()).toEqual([destination, 'Drop'].sort());
    expect(frozen.destinations).toMatchObject([{ destination, isFrozen: true }]);
    await server.stop(0);
    expect((await groups({ state: 'frozen' })).total).toBe(1);
    await call(router.queue.thaw, { serverId: 1, destination: 'DROP' }, options);
    expect(settings.servers[0]?.frozenDestinations).toEqual([destination]);
    await expect(freeze('  ')).rejects.toMatchObject({ code: 'invalid', data: { field: 'destination' } });
  });

  it('a message that is gone is told as gone', async () => {
    const queueId = '000000000000000000000001';
    await expect(show(queueId)).rejects.toMatchObject({ code: 'not-found' });
    const chosen = { queueIds: [queueId] };
    expect(await call(router.queue.hold, { serverId: 1, chosen }, options)).toEqual({ count: 0 });
    await until(() => server.running.runner.stats().total === 0, 'nothing waits');
  });
});
