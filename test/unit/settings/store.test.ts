import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src-main/engine/core/problem';
import { createFirstDocument, suggestFullyQualifiedDomainName } from '../../../src-main/settings/first-run';
import { createSecretBox } from '../../../src-main/settings/secret-box';
import {
  findDocumentFaults,
  lastGoodPathOf,
  openSettings as openWithBox,
  restoreLastGood,
  type SettingsFile,
} from '../../../src-main/settings/store';

let folder: string;
let file: SettingsFile;
const openSettings = (from: SettingsFile, createFirst: Parameters<typeof openWithBox>[1]) =>
  openWithBox(from, createFirst, createSecretBox(folder));
const first = () => createFirstDocument({ dataFolder: folder, fqdn: 'relay.corp.test' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-settings-'));
  const path = join(folder, 'settings.json');
  file = {
    path,
    read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (document) => writeFileSync(path, JSON.stringify(document)),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const caught = (run: () => unknown): Problem => {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('the name of a first run', () => {
  it.each([
    ['PRINT-01', 'print-01'],
    ['relay.corp.test', 'relay.corp.test'],
    ['two words', 'localhost'],
    ['a'.repeat(64), 'localhost'],
  ])('of the computer %j is %j, which the settings take', (host, name) => {
    expect(suggestFullyQualifiedDomainName(host)).toBe(name);
    expect(findDocumentFaults(createFirstDocument({ dataFolder: '/data', fqdn: name }))).toEqual([]);
  });
});

describe('a file that a person breaks while its settings are in force', () => {
  const change = (hops: number) => (now: ReturnType<typeof first>) => ({
    ...now,
    servers: now.servers.map((server) => ({ ...server, maxHops: hops })),
  });
  const broken = ['{"version":1,', '{"version":1,"servers":[],"colour":"red"}'];

  it.each(broken)('is not written over by a change: %s', (text) => {
    const { store } = openSettings(file, first);
    const before = store.current();
    writeFileSync(file.path, text);
    expect(caught(() => store.update(change(20))).code).toBe('settings-broken');
    expect(readFileSync(file.path, 'utf8')).toBe(text);
    expect(store.current()).toBe(before);
    expect(store.fileProblem()?.code).toBe('settings-broken');
  });

  it.each(broken)('is told until it is mended: %s', (text) => {
    const { store } = openSettings(file, first);
    expect(store.fileProblem()).toBeUndefined();
    const right = readFileSync(file.path, 'utf8');
    writeFileSync(file.path, text);
    expect(caught(() => store.reload()).code).toBe('settings-broken');
    expect(store.fileProblem()?.message).toContain('mailroot config restore');
    writeFileSync(file.path, right);
    expect(store.fileProblem()).toBeUndefined();
    expect(store.update(change(20)).servers[0]?.maxHops).toBe(20);
  });

  it.each(broken)('gives way to the settings in force, and is kept: %s', (text) => {
    const { store } = openSettings(file, first);
    store.update(change(20));
    writeFileSync(file.path, text);
    caught(() => store.reload());
    const keptAs = `${file.path}.broken`;
    expect(store.restore()).toEqual({ path: file.path, keptAs });
    expect(readFileSync(keptAs, 'utf8')).toBe(text);
    expect(store.fileProblem()).toBeUndefined();
    expect(openSettings(file, first).store.current().servers[0]?.maxHops).toBe(20);
  });

  it('is not kept when nothing was wrong with it', () => {
    const { store } = openSettings(file, first);
    expect(store.restore()).toEqual({ path: file.path });
  });
});

describe('settings store', () => {
  it('writes the document of a first run', () => {
    const { store, isFirstRun } = openSettings(file, first);
    expect(isFirstRun).toBe(true);
    expect(store.current().servers[0]).toMatchObject({
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '', port: 25 }],
    });
    expect(openSettings(file, first).isFirstRun).toBe(false);
  });

  it('settings in force cannot be changed in place', () => {
    const { store } = openSettings(file, first);
    expect(() => {
      (store.current().servers as unknown[]).push({});
    }).toThrow(TypeError);
    expect(() => {
      (store.current().servers[0] as { name: string }).name = 'x';
    }).toThrow(TypeError);
  });

  it('a refused change changes nothing, on disk or in force', () => {
    const { store } = openSettings(file, first);
    const before = readFileSync(file.path, 'utf8');
    const problem = caught(() =>
      store.update((now) => ({ ...now, servers: now.servers.map((server) => ({ ...server, maxHops: 3 })) })),
    );
    expect(problem).toMatchObject({ code: 'invalid', field: 'servers.0.maxHops' });
    expect(store.current().servers[0]?.maxHops).toBe(15);
    expect(readFileSync(file.path, 'utf8')).toBe(before);
  });

  it('a change that cannot be written is not in force', () => {
    const { store } = openSettings(file, first);
    const failing: SettingsFile = {
      ...file,
      write: () => {
        throw new Error('disk full');
      },
    };
    const { store: other } = openSettings(failing, first);
    expect(
      caught(() =>
        other.update((now) => ({ ...now, servers: now.servers.map((server) => ({ ...server, name: 'x' })) })),
      ).code,
    ).toBe('folder-unusable');
    expect(other.current()).toEqual(store.current());
  });

  it('a broken file stops the start with file, field and reason, and is left as it is', () => {
    openSettings(file, first);
    const broken = readFileSync(file.path, 'utf8').replace('"port":25', '"port":70000');
    writeFileSync(file.path, broken);
    const problem = caught(() => openSettings(file, first));
    expect(problem).toMatchObject({ code: 'settings-broken', field: 'servers.0.bindings.0.port' });
    expect(problem.message).toContain(file.path);
    expect(problem.message).toContain('A port is 1 to 65535.');
    expect(readFileSync(file.path, 'utf8')).toBe(broken);
  });

  it('a file that is no JSON stops the start', () => {
    writeFileSync(file.path, '{ "version": 1, ');
    expect(caught(() => openSettings(file, first))).toMatchObject({ code: 'settings-broken' });
  });

  it('the last good copy can be put back and the broken file is kept', () => {
    const { store } = openSettings(file, first);
    store.update((now) => ({
      ...now,
      servers: now.servers.map((server) => ({ ...server, name: 'Renamed' })),
    }));
    writeFileSync(file.path, 'rubbish');
    expect(restoreLastGood(file.path)).toEqual({ keptAs: `${file.path}.broken` });
    expect(openSettings(file, first).store.current().servers[0]?.name).toBe('Renamed');
    expect(readFileSync(`${file.path}.broken`, 'utf8')).toBe('rubbish');
  });

  it('says so when there is no last good copy', () => {
    expect(caught(() => restoreLastGood(file.path)).message).toContain(lastGoodPathOf(file.path));
  });

  it('a bad reload keeps the settings in force', () => {
    const { store } = openSettings(file, first);
    const before = store.current();
    writeFileSync(file.path, '{}');
    expect(caught(() => store.reload()).code).toBe('settings-broken');
    expect(store.current()).toBe(before);
  });

  it('says what is wrong in words for people', () => {
    const server = createFirstDocument({ dataFolder: '/srv', fqdn: 'relay.corp.test' }).servers[0];
    const reasonFor = (change: object) =>
      findDocumentFaults({ version: 1, servers: [{ ...server, ...change }] })[0]?.reason;
    expect(reasonFor({ outboundPort: 'abc' })).toBe('Enter a number.');
    expect(reasonFor({ startsAutomatically: 'maybe' })).toBe('Enter true or false.');
    expect(reasonFor({ relayMode: 'all' })).toBe('Enter one of: only, except.');
    expect(reasonFor({ name: 5 })).toBe('Enter text.');
    expect(reasonFor({ domains: [{ type: 'local', name: 'a.test' }] })).toBe(
      'Enter one of: default, alias, remote.',
    );
  });
});
