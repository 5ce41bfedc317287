/** Things that are wrong around the service: a taken port, a broken file, a folder that cannot be written, a full disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { describeUnless } from '../support/packages';
import { commandLine, findFreePort, startService } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function createDataFolder(settings: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailroot-faults-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'settings.json'),
    typeof settings === 'string' ? settings : JSON.stringify(settings),
  );
  return folder;
}

const documentOf = (port: number, home: string) => ({
  version: 1,
  servers: [
    {
      id: 1,
      name: 'Test',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: home,
      domains: [{ type: 'default', name: 'corp.test' }],
    },
  ],
});

/** Runs `serve` to its end; a service that does not end is ended after 15 s and fails the expectations. */
const serve = (folder: string, ...words: string[]) =>
  spawnSync(process.execPath, [commandLine, 'serve', '--data', folder, '--console', 'off', ...words], {
    encoding: 'utf8',
    timeout: 15_000,
  });

describe('a port that is taken', () => {
  it('is named, and the service without any virtual server ends with 1', async () => {
    const port = await findFreePort();
    const owner = createServer().listen(port, '127.0.0.1');
    await once(owner, 'listening');
    cleanUp.push(() => owner.close());
    const folder = createDataFolder(documentOf(port, join(tmpdir(), 'unused-mailroot')));
    const { status, stderr, stdout } = serve(folder);
    expect(status).toBe(1);
    expect(stderr + stdout).toContain(`${port}`);
    expect(stderr).toMatch(/is used by|in use/);
  });
});

describe('a broken settings file', () => {
  it('stops the start with file, field and reason, and stays as it is', async () => {
    const folder = createDataFolder(documentOf(70_000, '/srv/mailroot'));
    const before = readFileSync(join(folder, 'settings.json'), 'utf8');
    const { status, stderr } = serve(folder);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(join(folder, 'settings.json'));
    expect(stderr).toContain('servers.0.bindings.0.port');
    expect(stderr).toContain('A port is 1 to 65535.');
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(before);
  });

  it('that is no JSON does the same', () => {
    const { status, stderr } = serve(createDataFolder('{ "version": 1,'));
    expect(status).toBe(1);
    expect(stderr).toContain('settings.json');
  });
});

const isRoot = process.getuid?.() === 0;

describe('a mailroot that cannot be used', () => {
  it('is named with the reason', async () => {
    const folder = createDataFolder('{}');
    const home = join(folder, 'home');
    // A file where the folder should be stops root as well; a mode would not.
    writeFileSync(home, '');
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(documentOf(await findFreePort(), home)));
    const { status, stderr } = serve(folder);
    expect(status).toBe(1);
    expect(stderr).toContain(home);
  });

  describeUnless(isRoot ? 'root may write everywhere' : undefined, 'without the right to write', () => {
    it('is named with the reason', async () => {
      const folder = createDataFolder('{}');
      const home = join(folder, 'home');
      mkdirSync(home, { mode: 0o500 });
      cleanUp.push(() => chmodSync(home, 0o700));
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(documentOf(await findFreePort(), home)));
      const { status, stderr } = serve(folder);
      expect(status).toBe(1);
      expect(stderr).toContain(home);
    });
  });
});

describeUnless(
  process.platform === 'linux' && isRoot ? undefined : 'needs root on Linux to mount a small tmpfs',
  'a full disk',
  () => {
    it('is answered with 452, and nothing half-written stays', { timeout: 60_000 }, async () => {
      const home = mkdtempSync(join(tmpdir(), 'mailroot-tiny-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', home]);
      cleanUp.push(() => rmSync(home, { recursive: true, force: true }));
      cleanUp.push(() => execFileSync('umount', ['-l', home]));
      const service = await startService({
        home,
        server: {
          smartHost: '[127.0.0.1]',
          outboundPort: 9,
          relayList: ['127.0.0.1'],
          maxMessageKb: null,
          maxSessionKb: null,
        },
      });
      cleanUp.push(() => service.remove());
      const client = await connectSmtp(service.port);
      await client.say('EHLO test');
      const replies: string[] = [];
      for (let count = 0; count < 40; count++) {
        const reply = await client.send({
          from: 'app@line.test',
          to: ['x@elsewhere.test'],
          data: `Subject: ${count}\r\n\r\n${`${'x'.repeat(998)}\r\n`.repeat(1000)}`,
        });
        replies.push(reply);
        if (!reply.startsWith('250')) break;
      }
      expect(replies.at(-1)).toMatch(/^452 4\.3\.1 /);
      const accepted = replies.filter((reply) => reply.startsWith('250')).length;
      const queue = service.files('Queue');
      expect(queue.filter((name) => name.endsWith('.json'))).toHaveLength(accepted);
      expect(queue.filter((name) => name.endsWith('.eml'))).toHaveLength(accepted);
      expect(queue.filter((name) => name.endsWith('.tmp'))).toEqual([]);
      client.end();
    });
  },
);
