import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSettingsFile as openDesktopFile } from '../../../src-main/desktop/settings-file';
import { openSettingsFile as openServiceFile } from '../../../src-main/service/settings-file';

// electron-store is conf with another name for the name; it asks for Electron all the same, which is not here.
vi.mock('electron-store', async () => {
  const { default: Conf } = await import('conf');
  return {
    default: class extends Conf {
      constructor({ name, ...options }: { name: string; cwd: string }) {
        super({ ...options, configName: name });
      }
    },
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'settings.json');
const document = { version: 1, servers: [{ id: 1, name: 'One. Two', relayList: ['10.0.0.0/8'] }] };

describe('the settings file of the desktop', () => {
  it('is byte for byte the one of the service', () => {
    openDesktopFile(folder).write(document);
    const bytes = readFileSync(path());
    const { mode } = statSync(path());
    rmSync(path());
    openServiceFile(folder).write(document);
    expect(readFileSync(path())).toEqual(bytes);
    expect(statSync(path()).mode).toBe(mode);
  });

  it('is read anew each time', () => {
    const file = openDesktopFile(folder);
    file.write(document);
    writeFileSync(path(), '{"version":2}');
    expect(file.read()).toEqual({ version: 2 });
  });

  it('keeps beside a new one what a person broke meanwhile', () => {
    const file = openDesktopFile(folder);
    file.write(document);
    writeFileSync(path(), '{"version":1, "servers": [');
    expect(() => file.read()).toThrow(SyntaxError);
    file.write(document);
    expect(file.read()).toEqual(document);
    expect(readdirSync(folder).sort()).toEqual(['settings.json', 'settings.json.broken']);
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe('{"version":1, "servers": [');
  });
});
