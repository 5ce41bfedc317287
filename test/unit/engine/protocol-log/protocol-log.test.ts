import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import type { ProtocolEntry } from '../../../../src-main/engine/core/protocol-entry';
import { createProtocolLog, type ProtocolLog } from '../../../../src-main/engine/protocol-log/protocol-log';
import type { ServerSettings } from '../../../../src-main/settings/schema';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock';
import { createServerSettings } from '../../../support/settings';

let root: string;
let settings: ServerSettings;
let clock: FakeClock;
let events: EngineEvent[];
let log: ProtocolLog;

const set = (change: Partial<ServerSettings>): void => {
  settings = { ...settings, ...change };
};
const entry = (argument: string): ProtocolEntry => ({
  at: clock.now(),
  direction: 'in',
  sessionId: 's',
  remoteAddress: '192.0.2.22',
  userName: 'red',
  localAddress: '192.0.2.2',
  port: 25,
  method: 'NOOP',
  argument,
  status: 250,
  sentBytes: 1,
  receivedBytes: 1,
  timeTakenMs: 0,
});
const folder = (): string => join(root, 'SMTPSVC1');
const files = async (): Promise<string[]> => (await readdir(folder())).sort();
/** Arguments of the lines of a file, without its heads. */
const linesOf = async (name: string): Promise<string[]> =>
  (await readFile(join(folder(), name), 'utf8'))
    .split('\r\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mailroot-log-'));
  settings = createServerSettings({ logFields: ['cs-uri-query'] });
  clock = createFakeClock();
  events = [];
  log = createProtocolLog({
    serverId: 1,
    settings: () => settings,
    defaultFolder: root,
    computerName: 'MX',
    productVersion: '1',
    clock,
    emit: (event) => events.push(event),
  });
});
afterEach(async () => {
  await log.close();
  await rm(root, { recursive: true, force: true });
});

describe('the protocol log', () => {
  it('has no file before there is a line, and none when logging is off', async () => {
    set({ isLogging: false });
    log.write(entry('a'));
    await log.close();
    expect(await readdir(root)).toEqual([]);
  });

  it('begins a new file with the next day and keeps to the day of each line', async () => {
    log.write(entry('one'));
    await clock.advance(24 * 3_600_000);
    log.write(entry('two'));
    await log.flush();
    expect(await files()).toEqual(['ex260326.log', 'ex260327.log']);
    expect(await linesOf('ex260326.log')).toEqual(['+one']);
    expect(await linesOf('ex260327.log')).toEqual(['+two']);
  });

  it('goes on in a file that is there, with a head of its own', async () => {
    await mkdir(folder());
    await writeFile(join(folder(), 'ex260326.log'), '#Fields: time\r\nold\r\n');
    log.write(entry('new'));
    await log.flush();
    const text = await readFile(join(folder(), 'ex260326.log'), 'utf8');
    expect(text).toMatch(
      /^#Fields: time\r\nold\r\n#Software: .*\r\n[\s\S]*#Fields: cs-uri-query\r\n\+new\r\n$/,
    );
  });

  it('follows changed settings with the next line', async () => {
    log.write(entry('one'));
    set({ logFormat: 'ncsa' });
    log.write(entry('two'));
    const elsewhere = join(root, 'elsewhere');
    set({ logDirectory: elsewhere, logFormat: 'w3c', logSchedule: 'monthly' });
    log.write(entry('three'));
    set({ isLogging: false });
    log.write(entry('four'));
    await log.flush();
    expect(await files()).toEqual(['ex260326.log', 'nc260326.log']);
    expect(await linesOf('ex260326.log')).toEqual(['+one']);
    const third = await readFile(join(elsewhere, 'SMTPSVC1', 'ex2603.log'), 'utf8');
    expect(third).toContain('+three\r\n');
    expect(third).not.toContain('four');
  });

  it('begins the next numbered file when one has reached its size, also after a restart', async () => {
    set({ logSchedule: 'size', logFileSizeMb: 1 });
    const long = 'x'.repeat(4000);
    for (let count = 0; count < 300; count++) log.write(entry(long));
    await log.flush();
    expect(await files()).toEqual(['extend1.log', 'extend2.log']);
    expect((await linesOf('extend1.log')).length + (await linesOf('extend2.log')).length).toBe(300);
    await log.close();
    log = createProtocolLog({
      serverId: 1,
      settings: () => settings,
      defaultFolder: root,
      computerName: 'MX',
      productVersion: '1',
      clock,
      emit: (event) => events.push(event),
    });
    log.write(entry('last'));
    await log.flush();
    expect((await linesOf('extend2.log')).at(-1)).toBe('+last');
  });

  it('never ends a file of the schedule "unlimited"', async () => {
    set({ logSchedule: 'unlimited' });
    log.write(entry('one'));
    await log.flush();
    await clock.advance(90 * 24 * 3_600_000);
    log.write(entry('two'));
    await log.flush();
    expect(await files()).toEqual(['extend1.log']);
    expect(await linesOf('extend1.log')).toEqual(['+one', '+two']);
  });

  it('says once that it cannot write, keeps what waits, and writes it when it can', async () => {
    // A file where the folder should be.
    await writeFile(join(root, 'SMTPSVC1'), '');
    log.write(entry('one'));
    await log.flush();
    log.write(entry('two'));
    await log.flush();
    expect(events.map((event) => event.type === 'warning' && event.code)).toEqual(['log-unwritable']);
    await rm(join(root, 'SMTPSVC1'));
    await log.flush();
    expect(await linesOf('ex260326.log')).toEqual(['+one', '+two']);
    expect(events.map((event) => event.type === 'warning' && event.code)).toEqual([
      'log-unwritable',
      'log-written',
    ]);
  });

  it('keeps a bounded part of what waits, the newest, and says how much was lost', async () => {
    await writeFile(join(root, 'SMTPSVC1'), '');
    const long = 'x'.repeat(4000);
    for (let count = 0; count < 12_000; count++) {
      log.write(entry(`${count}${long}`));
      if (count % 1000 === 0) await log.flush();
    }
    await log.flush();
    await rm(join(root, 'SMTPSVC1'));
    await log.flush();
    const lines = await linesOf('ex260326.log');
    expect(lines.length * 4000).toBeLessThan(17 * 1024 * 1024);
    expect(lines.at(-1)).toMatch(/^\+11999x/);
    expect(events.at(-1)).toMatchObject({
      code: 'log-written',
      text: expect.stringContaining(`${12_000 - lines.length} lines were lost`),
    });
  });
});
