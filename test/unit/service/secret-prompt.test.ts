import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askSecret, type SecretInput } from '../../../src-main/service/secret-prompt';

class Keyboard extends EventEmitter implements SecretInput {
  isTTY = true;
  isRaw = false;
  isFlowing = false;
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
  resume(): void {
    this.isFlowing = true;
  }
  pause(): void {
    this.isFlowing = false;
  }
}

async function type(...pieces: (string | Buffer)[]) {
  const keyboard = new Keyboard();
  let shown = '';
  const asked = askSecret('Password', keyboard, (text) => {
    shown += text;
  });
  expect(keyboard).toMatchObject({ isRaw: true, isFlowing: true });
  for (const piece of pieces) keyboard.emit('data', typeof piece === 'string' ? Buffer.from(piece) : piece);
  const result = await asked.catch((error: unknown) => error);
  expect(keyboard).toMatchObject({ isRaw: false, isFlowing: false });
  expect(keyboard.listenerCount('data')).toBe(0);
  // Whatever is typed: the question and the end of its line, nothing else.
  expect(shown).toBe('Password: \n');
  return result;
}

describe('a secret that is asked for', () => {
  it.each([
    ['at once', ['correct horse\r'], 'correct horse'],
    ['letter by letter', [...'horse', '\r'], 'horse'],
    ['with another end of line', ['horse\n'], 'horse'],
    ['with mistakes taken back', ['hosr\u007f\u007frse\r'], 'horse'],
    ['with a fresh start', ['wrong\u0015horse\r'], 'horse'],
    ['with arrow keys', ['ho', '\u001b[D', 'rse\r'], 'horse'],
    ['with letters cut in two', [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0d])], 'ü'],
    ['as nothing', ['\r'], ''],
  ] as const)('is what was typed %s, and is not shown', async (_, pieces, secret) => {
    expect(await type(...pieces)).toBe(secret);
  });

  it.each([['wrong\u0003'], ['\u0004']])('can be given up with %j', async (keys) => {
    expect(await type(keys)).toMatchObject({ code: 'refused' });
  });

  it('is not asked for where nobody sits', async () => {
    const keyboard = Object.assign(new Keyboard(), { isTTY: false });
    expect(await askSecret('Password', keyboard, () => undefined)).toBeUndefined();
  });
});
