/**
 * `kill -9` at random moments while a Queue folder is written: every message whose commit was answered is
 * found again (or was delivered), whole; nothing is damaged; what was never answered leaves nothing behind.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DamagedPair } from '../../../src-main/engine/queue/message-reader';
import { parseRecord } from '../../../src-main/engine/trace/record-line';
import { readQueue } from '../../support/queue-folder';
import { buildChild } from './child-program';

let base: string;
let program: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'mailroot-kill-'));
  program = await buildChild('queue-child', base);
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** Lets the child run until it has answered `count` messages, and a little longer, then kills it. */
async function runAndKill(folder: string, mode: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, folder, mode], { stdio: ['ignore', 'pipe', 'pipe'] });
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
  // Somewhere within the next few messages, at whatever step each of them is.
  await new Promise((resolveWait) => setTimeout(resolveWait, Math.random() * 20));
  child.kill('SIGKILL');
  await exited;
  expect(errors).toBe('');
  // The last line may be cut: then it was not answered.
  return output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace('accepted ', ''));
}

/** What the trace has of each message; a line that a kill has torn is passed over. */
async function readTrace(folder: string) {
  const accepted = new Set<string>();
  const outcomes = new Map<string, Set<string>>();
  for (const name of await readdir(folder)) {
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      const record = parseRecord(line);
      if (record?.kind === 'accepted') accepted.add(record.queueId);
      if (record?.kind === 'outcome')
        outcomes.set(record.queueId, (outcomes.get(record.queueId) ?? new Set()).add(record.outcome));
    }
  }
  return { accepted, outcomes };
}

describe('kill -9 while the queue is written', () => {
  it.each(['accept', 'deliver'])(
    'loses no message and damages none (%s)',
    { timeout: 120_000 },
    async (mode) => {
      const home = await mkdtemp(join(base, `${mode}-`));
      const folder = join(home, 'Queue');
      await mkdir(folder);
      await mkdir(join(home, 'delivered'));
      const answered: string[] = [];
      for (const count of [1, 5, 20, 40, 80, 33, 66])
        answered.push(...(await runAndKill(folder, mode, count)));

      const damaged: DamagedPair[] = [];
      const recovered = await readQueue(folder, { quarantine: async (pair) => damaged.push(pair) });
      expect(damaged).toEqual([]);
      const waiting = new Set(recovered.map(({ queueId }) => queueId));
      const delivered = new Set(await readdir(join(home, 'delivered')));
      expect(answered.length).toBeGreaterThan(200);
      expect(answered.filter((queueId) => !(waiting.has(queueId) || delivered.has(queueId)))).toEqual([]);
      const traced = await readTrace(join(home, 'Trace'));
      expect(answered.filter((queueId) => !traced.accepted.has(queueId))).toEqual([]);
      // Whose files are gone has its outcome in the trace, and one alone.
      expect(answered.filter((queueId) => !waiting.has(queueId) && !traced.outcomes.has(queueId))).toEqual(
        [],
      );
      for (const outcomes of traced.outcomes.values()) expect([...outcomes]).toEqual(['dropped']);
      if (mode === 'deliver') expect(delivered.size).toBeGreaterThan(0);

      for (const { queueId, subject } of recovered) {
        const content = await readFile(join(folder, `${queueId}.eml`), 'latin1');
        expect(content).toContain(`Subject: ${subject}\r\n\r\n`);
        expect(content.endsWith(`${'x'.repeat(48)}\r\n`)).toBe(true);
      }
      const expected = [...waiting].flatMap((queueId) => [`${queueId}.eml`, `${queueId}.json`]).sort();
      expect((await readdir(folder)).sort()).toEqual(expected);
    },
  );

  it('expands each group once, and sends to nobody before that stands on disk', {
    timeout: 120_000,
  }, async () => {
    const home = await mkdtemp(join(base, 'expand-'));
    const folder = join(home, 'Queue');
    await mkdir(folder);
    await mkdir(join(home, 'delivered'));
    const answered: string[] = [];
    for (const count of [1, 5, 20, 40, 80, 33, 66])
      answered.push(...(await runAndKill(folder, 'expand', count)));

    const recovered = new Map(
      (await readQueue(folder)).map((envelope) => [envelope.queueId as string, envelope]),
    );
    const delivered = new Set(await readdir(join(home, 'delivered')));
    const members = ['m1@corp.test', 'm2@corp.test', 'm3@corp.test'];
    expect(answered.length).toBeGreaterThan(200);
    expect(delivered.size).toBeGreaterThan(0);
    for (const queueId of answered) {
      const envelope = recovered.get(queueId);
      const sentTo = members.filter((address) => delivered.has(`${queueId} ${address}`));
      expect(delivered.has(`${queueId} b@corp.test`), 'the group itself').toBe(false);
      if (!envelope) expect(sentTo, `members of ${queueId}, which is over`).toEqual(members);
      else if (envelope.isResolved)
        expect(envelope.recipients.map(({ address }) => address)).toEqual(['b@corp.test', ...members]);
      else {
        expect(envelope.recipients.map(({ address }) => address)).toEqual(['b@corp.test']);
        expect(sentTo, 'nobody was sent to before').toEqual([]);
      }
    }
  });

  it('leaves what an operator did before or after, and after where it was answered', {
    timeout: 120_000,
  }, async () => {
    const home = await mkdtemp(join(base, 'operate-'));
    const folder = join(home, 'Queue');
    await mkdir(folder);
    await mkdir(join(home, 'delivered'));
    const answered: string[] = [];
    for (const count of [1, 5, 20, 40, 80, 33, 66])
      answered.push(...(await runAndKill(folder, 'operate', count)));

    const recovered = new Map(
      (await readQueue(folder)).map((envelope) => [envelope.queueId as string, envelope]),
    );
    const told = new Set(await readdir(join(home, 'delivered')));
    expect(answered.length).toBeGreaterThan(200);
    for (const line of answered) {
      const [act, queueId = ''] = line.split(' ');
      const recipient = recovered.get(queueId)?.recipients[0];
      if (act === 'returned') expect([recipient, told.has(queueId)], line).toEqual([undefined, true]);
      else if (act === 'held')
        expect(recipient, line).toMatchObject({ address: 'b@corp.test', isHeld: true });
      else expect(recipient, line).toMatchObject({ address: 'c@corp.test', orcpt: 'rfc822;b@corp.test' });
    }
    // What was not answered stands as it was, or as it was to become.
    for (const { recipients, queueId } of recovered.values()) {
      expect(recipients, queueId).toHaveLength(1);
      expect(['b@corp.test', 'c@corp.test']).toContain(recipients[0]?.address);
      expect(recipients[0]?.outcome, queueId).toBeUndefined();
    }
  });
});
