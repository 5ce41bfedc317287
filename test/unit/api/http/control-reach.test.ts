import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setReach } from '../../../../src-main/api/http/control-reach';

let folder: string;
let server: Server;
let warnings: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reach-'));
  warnings = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'control.sock'), resolve));
  chmodSync(join(folder, 'control.sock'), 0o600);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (name = ''): string => (statSync(join(folder, name)).mode & 0o777).toString(8);
const set = (isOpen: boolean): void => {
  const path = join(folder, 'control.sock');
  const endpoint = { kind: 'socket', path, directory: folder, base: 'control', isShared: false } as const;
  setReach({ dataFolder: folder, endpoint, warn: (line) => warnings.push(line) }, isOpen);
};
const put = (name: string, mode: number): void => {
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
};
const make = (name: string, mode: number): void => {
  mkdirSync(join(folder, name));
  chmodSync(join(folder, name), mode);
};

describe.skipIf(process.platform === 'win32')('the way to the control socket', () => {
  it('is opened for passing through alone, and what was kept by the folder is kept by itself', () => {
    chmodSync(folder, 0o700);
    put('settings.json', 0o644);
    put('people.json', 0o600);
    make('mailroot', 0o755);
    make('certificates', 0o700);
    set(true);
    expect(modeOf()).toBe('711');
    expect(modeOf('control.sock')).toBe('666');
    expect(['settings.json', 'people.json', 'mailroot', 'certificates'].map(modeOf)).toEqual([
      '600',
      '600',
      '700',
      '700',
    ]);
    expect(warnings).toEqual([]);
  });

  it('is closed again as it was', () => {
    chmodSync(folder, 0o700);
    set(true);
    set(true);
    set(false);
    expect([modeOf(), modeOf('control.sock')]).toEqual(['700', '600']);
    expect(existsSync(join(folder, 'control.open'))).toBe(false);
  });

  it('is closed after a crash too', () => {
    chmodSync(folder, 0o700);
    set(true);
    // The next process finds the folder as the last one left it, and its socket new.
    chmodSync(join(folder, 'control.sock'), 0o600);
    set(false);
    expect(modeOf()).toBe('700');
  });

  it('leaves alone what a person opened, before and after', () => {
    chmodSync(folder, 0o755);
    make('mailroot', 0o755);
    put('note.txt', 0o644);
    set(true);
    set(false);
    expect([modeOf(), modeOf('mailroot'), modeOf('note.txt')]).toEqual(['755', '755', '644']);
  });

  it('leaves a group what the person gave it', () => {
    chmodSync(folder, 0o750);
    make('mailroot', 0o755);
    set(true);
    expect([modeOf(), modeOf('mailroot')]).toEqual(['751', '750']);
    set(false);
    expect([modeOf(), modeOf('mailroot')]).toEqual(['750', '750']);
  });

  it('does not follow links out of the folder', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    chmodSync(outside, 0o755);
    symlinkSync(outside, join(folder, 'pickup'));
    chmodSync(folder, 0o700);
    set(true);
    expect((statSync(outside).mode & 0o777).toString(8)).toBe('755');
    rmSync(outside, { recursive: true });
  });

  it('that cannot be opened is a warning', () => {
    rmSync(join(folder, 'control.sock'));
    set(true);
    expect(warnings).toEqual([
      expect.stringMatching(/^The control channel could not be opened to other users: ENOENT/),
    ]);
  });
});
