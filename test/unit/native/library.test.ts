import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGssapi, nativeProblem } from '../../../src-main/native';
import { loadKoffi, openKoffi } from '../../../src-main/native/library';

describe('native calls that cannot be loaded', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-native-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are one reason in one line when the file is missing', () => {
    const { problem } = loadKoffi([join(folder, 'koffi-none')]) as { problem: string };
    expect(problem).toMatch(/^The system's own libraries cannot be called: .*koffi-none/);
    expect(problem).not.toContain('\n');
  });

  it('are a reason too when the file is damaged', () => {
    mkdirSync(join(folder, 'damaged'));
    writeFileSync(join(folder, 'damaged/koffi.node'), 'not machine code');
    writeFileSync(join(folder, 'damaged/package.json'), '{"main":"koffi.node"}');
    expect(loadKoffi([join(folder, 'damaged')])).toEqual({
      problem: expect.stringContaining('The system'),
    });
  });

  it('are looked for in the next folder', () => {
    mkdirSync(join(folder, 'next'));
    writeFileSync(join(folder, 'next/index.js'), 'module.exports = { config() {} };');
    expect(loadKoffi([join(folder, 'koffi-none'), join(folder, 'next')])).toHaveProperty('koffi');
  });
});

it('native calls load on the systems that are tested', () => {
  expect(openKoffi()?.version).toMatch(/^3\./);
  expect(nativeProblem()).toBeUndefined();
});

it('nothing native is loaded before something asks', () => {
  let opened = 0;
  const gssapi = createGssapi({
    open: () => {
      opened++;
      return undefined;
    },
  });
  expect(opened).toBe(0);
  expect(gssapi.isUsable('')).toBe(false);
  expect(gssapi.isUsable('')).toBe(false);
  expect(opened).toBe(1);
});
