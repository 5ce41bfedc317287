/** The index of mail in the built service: it follows mail, and survives what happens to its files and its process. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../support/command';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

let service: RunningService;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.remove());

async function send(subject: string): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  await client.send({
    from: 'app@line.test',
    to: ['ann@corp.test'],
    data: `From: app@line.test\r\nSubject: ${subject}\r\n\r\nThe annual figures\r\n`,
  });
  client.end();
}

const find = async (query: string) => {
  const found = await service.client.search.find({ query });
  return found.rows.map(({ subject }) => subject);
};
const found = (query: string, subject: string) =>
  waitFor(`"${query}" to find ${subject}`, async () =>
    (await find(query).catch((): string[] => [])).includes(subject),
  );

it('finds a message that was just dropped, and lists show its marks', async () => {
  await send('first one');
  await found('annual fig in:drop', 'first one');
  const { rows } = await service.client.search.find({ query: 'from:app@line.test in:drop' });
  const [row] = rows;
  if (!row) throw new Error('nothing was found');
  await service.client.search.mark({
    messages: [{ serverId: 1, folder: 'drop', id: row.id }],
    isRead: true,
    addTags: ['seen'],
  });
  const list = await service.client.messages.list({ serverId: 1, folder: 'drop' });
  expect(list.rows[0]?.marks).toEqual({ isRead: true, isStarred: false, tags: ['seen'] });
  expect(await find('tag:seen is:read')).toEqual(['first one']);

  const printed = await runCommand([
    'message',
    'search',
    'subject:first',
    '--json',
    '--data',
    service.dataFolder,
  ]);
  expect(JSON.parse(printed.out)).toMatchObject({ total: 1, isComplete: true });
  const starred = await runCommand(['message', 'star', row.id, '--data', service.dataFolder]);
  expect(starred.code).toBe(0);
  expect(await find('is:starred')).toEqual(['first one']);
  const status = await runCommand(['index', 'status', '--data', service.dataFolder]);
  expect(status.out).toContain('ready');
});

it('makes a lost or damaged cache anew, and keeps what people noted', async () => {
  await send('kept');
  await found('annual in:drop', 'kept');
  const { rows } = await service.client.search.find({ query: '' });
  await service.client.search.mark({
    messages: rows.map(({ serverId, folder, id }) => ({ serverId, folder, id })),
    addTags: ['mine'],
  });
  await service.kill();
  const cache = join(service.dataFolder, 'Cache');
  expect(readdirSync(cache)).toContain('mail.db');
  rmSync(cache, { recursive: true });
  await service.restart();
  await found('tag:mine', 'kept');
  await service.stop();
  rmSync(join(cache, 'mail.db-wal'), { force: true });
  writeFileSync(join(cache, 'mail.db'), Buffer.alloc(20_000, 'damage'));
  await service.restart();
  await found('tag:mine annual', 'kept');
  expect(await service.client.search.rebuild()).toEqual({});
  await found('tag:mine annual', 'kept');
});

it('goes on where it was after kill -9 in the middle', async () => {
  const drop = join(service.home, 'Drop');
  const total = 2000;
  for (let number = 0; number < total; number++) {
    const id = `${(Date.UTC(2026, 0, 1) + number).toString(16).padStart(12, '0')}0000${'12345678'}`;
    writeFileSync(join(drop, `${id}.eml`), `x-sender: a@b.test\r\nSubject: number ${number}\r\n\r\ntext\r\n`);
  }
  await waitFor('the beginning', async () => (await service.client.search.status()).done > 0);
  await service.kill();
  await service.restart();
  await waitFor('all of them', async () => {
    const { state, done } = await service.client.search.status();
    return state === 'ready' && done === total;
  });
  expect((await service.client.search.find({ query: 'number' })).total).toBe(total);
  expect(existsSync(join(service.dataFolder, 'Marks', 'marks.db'))).toBe(true);
});
