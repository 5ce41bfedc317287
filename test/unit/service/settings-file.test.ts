import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettingsFile } from '../../../src-main/service/settings-file';
import { importSettings } from '../../../src-main/service/settings-import';
import { createSecretBox } from '../../../src-main/settings/secret-box';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'settings.json');
const document = {
  version: 1,
  servers: [
    {
      id: 1,
      name: 'One. Two',
      bindings: [{ address: '', port: 25 }],
      homeDirectory: '/srv/mailroot',
      maxConnections: null,
      domains: [{ type: 'default', name: 'example.com' }],
    },
  ],
};

describe('the settings file', () => {
  it('is undefined when there is none, and reading makes none', () => {
    expect(openSettingsFile(folder).read()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives back what was written, to its owner alone', () => {
    const file = openSettingsFile(folder);
    file.write(Object.freeze(document));
    expect(file.read()).toEqual(document);
    expect(file.path).toBe(path());
    expect(readdirSync(folder)).toEqual(['settings.json']);
    if (process.platform !== 'win32') expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('is read anew each time', () => {
    const file = openSettingsFile(folder);
    file.write(document);
    writeFileSync(path(), '{"version":2}');
    expect(file.read()).toEqual({ version: 2 });
  });

  it.each(['', '{"version":1,', 'version: 1'])('is a SyntaxError when it is no JSON: %j', (text) => {
    writeFileSync(path(), text);
    expect(() => openSettingsFile(folder).read()).toThrow(SyntaxError);
    expect(readFileSync(path(), 'utf8')).toBe(text);
  });

  it('keeps a broken file beside a new one', () => {
    writeFileSync(path(), '{"version":1,');
    openSettingsFile(folder).write(document);
    expect(openSettingsFile(folder).read()).toEqual(document);
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe('{"version":1,');
  });
});

describe('importing a document', () => {
  it('fills in the defaults', () => {
    const file = openSettingsFile(folder);
    importSettings(file, document, createSecretBox(folder));
    expect(file.read()).toMatchObject({ servers: [{ name: 'One. Two', maxHops: 15, maxConnections: null }] });
  });

  it('refuses a wrong one with the field, and writes nothing', () => {
    const file = openSettingsFile(folder);
    const wrong = { ...document, servers: [{ ...document.servers[0], maxHops: 5 }] };
    expect(() => importSettings(file, wrong, createSecretBox(folder))).toThrowError(
      expect.objectContaining({ code: 'invalid', field: 'servers.0.maxHops', message: 'At least 10.' }),
    );
    expect(file.read()).toBeUndefined();
  });
});
