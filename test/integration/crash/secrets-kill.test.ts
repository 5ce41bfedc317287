/** `kill -9` while accounts, certificates and passwords are saved: what was answered is there, and opens. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../src-main/settings/secret-box';
import { type RunningService, startService, waitFor } from '../../support/service';

let service: RunningService | undefined;
afterEach(() => service?.remove());

describe('kill -9', () => {
  it('loses no account, certificate or password that was saved', { timeout: 120_000 }, async () => {
    service = await startService();
    const running = service;
    const saved = { accounts: [] as string[], operators: [] as string[], certificates: [] as string[] };
    let password = '';
    let isKilled = false;
    const total = () => saved.accounts.length + saved.certificates.length;
    /** Saves one after another until the service is gone. */
    const lane = async (save: (name: string) => Promise<unknown>): Promise<void> => {
      for (let count = 0; !isKilled; count++) await save(`n${total()}-${count}`).catch(() => undefined);
    };
    for (const killAt of [1, 9, 20, 34]) {
      const { client } = running;
      isKilled = false;
      /** May have been saved without an answer. */
      let asked = password;
      const lanes = [
        lane(async (name) => {
          await client.accounts.create({ name: `a-${name}`, password: 'long enough' });
          saved.accounts.push(`a-${name}`);
        }),
        lane(async (name) => {
          await client.operators.create({ name: `o-${name}`, role: 'viewer', password: 'long enough' });
          saved.operators.push(`o-${name}`);
        }),
        lane(async (name) => {
          const { id } = await client.certificates.createSelfSigned({ name, names: ['mail.test'] });
          saved.certificates.push(id);
        }),
        lane(async (name) => {
          asked = `secret-${name}`;
          const patch = {
            outboundAuthentication: 'basic',
            outboundUserName: 'u',
            outboundPassword: asked,
          };
          await client.servers.set({ serverId: 1, patch });
          password = asked;
        }),
        lane(async () => {
          await waitFor('enough to be saved', () => total() >= killAt);
          isKilled = true;
          await running.kill();
        }),
      ];
      await Promise.all(lanes);
      await running.restart();
      expect(running.output()).not.toMatch(/unreadable|cannot be read/);
      const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);
      expect(names(await running.client.accounts.list())).toEqual(expect.arrayContaining(saved.accounts));
      expect(names(await running.client.operators.list())).toEqual(expect.arrayContaining(saved.operators));
      const ready = (await running.client.certificates.list()).filter(({ state }) => state === 'ready');
      expect(ready.map(({ id }) => id)).toEqual(expect.arrayContaining(saved.certificates));
      const { servers } = JSON.parse(readFileSync(join(running.dataFolder, 'settings.json'), 'utf8'));
      const sealed: string = servers[0].outboundPassword;
      const opened = sealed === '' ? '' : createSecretBox(running.dataFolder).open(sealed);
      expect([password, asked]).toContain(opened);
      password = opened;
    }
    expect(total()).toBeGreaterThan(30);
  });
});
