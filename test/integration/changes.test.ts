/** The record of changes of a running service: who, what, from what to what. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeRow } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { type RunningService, startService, waitFor } from '../support/service';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.remove());

const list = async (query = {}): Promise<ChangeRow[]> => (await service.client.changes.list(query)).rows;
/** The entries since the last look, the oldest first. */
async function since<T>(act: () => Promise<T>): Promise<ChangeRow[]> {
  const { total } = await service.client.changes.list({ limit: 1 });
  await act();
  const rows = await list({ limit: 1000 });
  return rows.slice(0, rows.length - total).reverse();
}
const name = 'Default SMTP Virtual Server';
const settingsPath = (): string => join(service.dataFolder, 'settings.json');
const editSettings = (change: object): void => {
  const document = JSON.parse(readFileSync(settingsPath(), 'utf8'));
  Object.assign(document.servers[0], change);
  writeFileSync(settingsPath(), JSON.stringify(document));
};

describe('the record of changes', () => {
  it('has a setting with its old and new value, and who set it', async () => {
    const before = Date.now();
    const rows = await since(() => service.client.servers.set({ serverId: 1, patch: { maxHops: 30 } }));
    expect(rows).toEqual([
      {
        at: expect.any(Number),
        // The kernel knows who calls; where it cannot be asked, the owner of the data folder is "local".
        who: expect.stringMatching(new RegExp(`^(?:${userInfo().username}|local)$`)),
        via: 'control',
        action: 'servers.set',
        subject: name,
        changes: [{ field: 'servers.1.maxHops', before: '15', after: '30' }],
      },
    ]);
    expect(rows[0]?.at).toBeGreaterThanOrEqual(before);
  });

  it('has domains, people, certificates, and what is done to servers', async () => {
    const { client } = service;
    const rows = await since(async () => {
      await client.domains.create({ serverId: 1, type: 'remote', name: 'example.com' });
      await client.domains.rename({ serverId: 1, name: 'example.com', newName: 'example.org' });
      await client.accounts.create({ name: 'scanner', password: 'correct horse' });
      await client.accounts.set({ name: 'scanner', isEnabled: false, password: 'battery staple' });
      await client.operators.create({ name: 'ann', role: 'viewer', password: 'correct horse' });
      await client.operators.set({ name: 'ann', role: 'operator' });
      await client.operators.delete({ name: 'ann' });
      const { id } = await client.certificates.createSelfSigned({ name: 'Mail', names: ['mail.test'] });
      await client.certificates.rename({ id, name: 'Post' });
      await client.servers.stop({ serverId: 1 });
      await client.servers.start({ serverId: 1 });
    });
    expect(
      rows.map(({ action, subject, changes }) => [action, subject, changes?.map(({ field }) => field)]),
    ).toEqual([
      ['domains.create', `example.com of ${name}`, ['servers.1.domains.example.com']],
      ['domains.rename', `example.com of ${name}, now example.org`, ['servers.1.domains.example.com.name']],
      ['accounts.create', 'scanner', ['accounts.scanner']],
      ['accounts.set', 'scanner', ['accounts.scanner.isEnabled', 'accounts.scanner.password']],
      ['operators.create', 'ann', ['operators.ann']],
      ['operators.set', 'ann', ['operators.ann.role']],
      ['operators.delete', 'ann', ['operators.ann']],
      ['certificates.createSelfSigned', 'Mail', undefined],
      ['certificates.rename', 'Mail, now Post', undefined],
      ['servers.stop', name, ['servers.1.startsAutomatically']],
      ['servers.start', name, ['servers.1.startsAutomatically']],
    ]);
    expect(rows[5]?.changes).toEqual([{ field: 'operators.ann.role', before: 'viewer', after: 'operator' }]);
  });

  it('has no password, neither in clear nor sealed', async () => {
    const rows = await since(() =>
      service.client.servers.set({
        serverId: 1,
        patch: { outboundAuthentication: 'basic', outboundUserName: 'ann', outboundPassword: 'secret-word' },
      }),
    );
    expect(rows[0]?.changes).toContainEqual({
      field: 'servers.1.outboundPassword',
      before: 'not set',
      after: 'set',
    });
    const text = readFileSync(join(service.dataFolder, 'changes.jsonl'), 'utf8');
    expect(text).not.toMatch(/secret-word|sealed:|correct horse|battery staple|scrypt/);
    if (process.platform !== 'win32')
      expect(statSync(join(service.dataFolder, 'changes.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('has nothing of a call that was refused, only looked, or changed nothing', async () => {
    const { client } = service;
    const rows = await since(async () => {
      await expect(client.servers.set({ serverId: 1, patch: { maxHops: -1 } })).rejects.toThrow();
      await expect(
        client.servers.set({ serverId: 1, patch: { homeDirectory: '/dev/null/x' } }),
      ).rejects.toThrow();
      await expect(client.accounts.delete({ name: 'nobody' })).rejects.toThrow();
      await client.servers.set({ serverId: 1, patch: { maxHops: 30 } });
      await client.queue.retry({ serverId: 1 });
      await client.system.status();
      await client.settings.export();
    });
    expect(rows).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'has a settings file that was edited while Mailroot ran',
    async () => {
      const rows = await since(async () => {
        editSettings({ maxHops: 31 });
        service.process.kill('SIGHUP');
        await waitFor('the settings', () => service.output().includes('The settings were read again.'));
      });
      const change = { field: 'servers.1.maxHops', before: '30', after: '31' };
      expect(rows).toMatchObject([
        { who: 'file', via: 'file', action: 'settings.file', subject: 'settings file', changes: [change] },
      ]);
    },
  );

  it('has one that was edited while it did not, and stays after kill -9', async () => {
    const { total } = await service.client.changes.list({ limit: 1 });
    await service.kill();
    editSettings({ maxHops: 32 });
    await service.restart();
    const after = await service.client.changes.list({ limit: 1 });
    expect(after.total).toBe(total + 1);
    expect(after.rows).toMatchObject([
      { via: 'file', changes: [{ field: 'servers.1.maxHops', after: '32' }] },
    ]);
  });

  it('is read on the command line, by page and by part of a text', async () => {
    const show = async (...words: string[]): Promise<string> => {
      const result = await runCommand(['changes', ...words, '--data', service.dataFolder]);
      expect(result).toMatchObject({ code: 0, error: '' });
      return result.out;
    };
    expect(await show('--limit', '1')).toMatch(
      /^\d{4}-\d\d-\d\d [\d:]{8} {2}file \(file\) {2}settings\.file: settings file\n {4}servers\.1\.maxHops: \S+ -> 32\n1 of \d+ shown; the next ones with --offset 1\.\n$/,
    );
    expect(await show('--filter', 'EXAMPLE.ORG')).toContain(
      'servers.1.domains.example.com.name: example.com -> example.org',
    );
    expect(await show('--filter', 'no such thing')).toBe('No changes are recorded.\n');
    expect(JSON.parse(await show('--json', '--limit', '2'))).toMatchObject({
      rows: [{}, {}],
      total: expect.any(Number),
    });
  });

  it('that cannot be written refuses nothing, and waits for a person', async () => {
    const { client, dataFolder } = service;
    rmSync(join(dataFolder, 'changes.jsonl'));
    mkdirSync(join(dataFolder, 'changes.jsonl'));
    await client.servers.set({ serverId: 1, patch: { maxHops: 40 } });
    expect((await client.servers.get({ serverId: 1 })).settings.maxHops).toBe(40);
    expect((await client.system.status()).attention).toContainEqual(
      expect.objectContaining({ code: 'change-not-recorded', text: expect.stringContaining('EISDIR') }),
    );
    expect(service.output()).toContain('warning change-not-recorded');
    rmSync(join(dataFolder, 'changes.jsonl'), { recursive: true });
    await client.servers.set({ serverId: 1, patch: { maxHops: 41 } });
    expect((await client.system.status()).attention.map(({ code }) => code)).not.toContain(
      'change-not-recorded',
    );
    expect(await list()).toMatchObject([{ changes: [{ before: '40', after: '41' }] }]);
  });
});
