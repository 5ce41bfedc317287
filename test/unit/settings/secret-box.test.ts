import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretBox } from '../../../src-main/settings/secret-box';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keyPath = () => join(folder, 'secret.key');

describe('secret box', () => {
  it('opens what it sealed, whatever it is', () => {
    const box = createSecretBox(folder);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = box.seal(text);
        expect(sealed).toMatch(/^sealed:v1:[A-Za-z0-9+/=]+$/);
        expect(box.open(sealed)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('the same key opens it after a restart', () => {
    const sealed = createSecretBox(folder).seal('geheim');
    expect(createSecretBox(folder).open(sealed)).toBe('geheim');
  });

  it('derives the same secret after a restart, and another one for each purpose', () => {
    const secret = createSecretBox(folder).derive('a');
    expect(createSecretBox(folder).derive('a')).toEqual(secret);
    expect(createSecretBox(folder).derive('b')).not.toEqual(secret);
  });

  it('two boxes that were opened before there was a key share the first one', () => {
    const [one, other] = [createSecretBox(folder), createSecretBox(folder)];
    const sealed = [one.seal('a'), other.seal('b')];
    expect([other.open(sealed[0] ?? ''), one.open(sealed[1] ?? '')]).toEqual(['a', 'b']);
  });

  it('seals the same text differently each time', () => {
    const box = createSecretBox(folder);
    expect(box.seal('geheim')).not.toBe(box.seal('geheim'));
  });

  it('makes its key at the first use, for its owner alone, and never another one', () => {
    const box = createSecretBox(folder);
    expect(existsSync(keyPath())).toBe(false);
    box.seal('a');
    if (process.platform !== 'win32') expect(statSync(keyPath()).mode & 0o777).toBe(0o600);
    const key = readFileSync(keyPath(), 'utf8');
    createSecretBox(folder).seal('b');
    expect(readFileSync(keyPath(), 'utf8')).toBe(key);
  });

  it('makes its key although a process of the same number was killed while it made one', () => {
    writeFileSync(`${keyPath()}.${process.pid}.tmp`, 'half a k');
    const sealed = createSecretBox(folder).seal('geheim');
    expect(createSecretBox(folder).open(sealed)).toBe('geheim');
    expect(readdirSync(folder)).toEqual(['secret.key']);
  });

  it.each([
    [
      'a byte is changed',
      (sealed: string) => sealed.replace(/.(?=.{4}$)/, (one) => (one === 'A' ? 'B' : 'A')),
    ],
    ['it is cut', (sealed: string) => sealed.slice(0, 20)],
    ['it is of another version', (sealed: string) => sealed.replace('v1', 'v2')],
    ['it is not sealed', () => 'geheim'],
    ['it is empty', () => ''],
  ])('does not open when %s', (_what, change) => {
    const box = createSecretBox(folder);
    const sealed = change(box.seal('geheim'));
    expect(() => box.open(sealed)).toThrow(/Enter it again/);
  });

  it('does not open with the key of another folder, or none', () => {
    const sealed = createSecretBox(folder).seal('geheim');
    rmSync(keyPath());
    expect(() => createSecretBox(folder).open(sealed)).toThrow(/Enter it again/);
    createSecretBox(folder).seal('something else');
    expect(() => createSecretBox(folder).open(sealed)).toThrow(/Enter it again/);
  });

  it('a damaged key is said so and is not replaced', () => {
    writeFileSync(keyPath(), 'short');
    expect(() => createSecretBox(folder).seal('a')).toThrow(/no usable key/);
    expect(readFileSync(keyPath(), 'utf8')).toBe('short');
  });
});
