import { describe, expect, it } from 'vitest';
import {
  hashPassword,
  passwordHash,
  prepareScramPassword,
  verifyPassword,
} from '../../../src-main/people/password';

describe('a hashed password', () => {
  it('verifies with the password and with nothing else', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword(hash, 'correct horse')).toBe(true);
    for (const wrong of ['Correct horse', 'correct horse ', ''])
      expect(await verifyPassword(hash, wrong)).toBe(false);
  });

  it('has a salt of its own, its parameters beside it, and not the password in it', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one.salt).not.toBe(other.salt);
    expect(one.key).not.toBe(other.key);
    expect(one).toMatchObject({ scheme: 'scrypt', n: 32_768, r: 8, p: 1 });
    expect(JSON.stringify(one)).not.toContain('correct');
  });

  it('verifies with the parameters and the salt that lie beside it (RFC 7914, section 12)', async () => {
    const hash = {
      scheme: 'scrypt',
      n: 16_384,
      r: 8,
      p: 1,
      salt: Buffer.from('SodiumChloride').toString('base64'),
      key: Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex').toString(
        'base64',
      ),
    } as const;
    expect(await verifyPassword(hash, 'pleaseletmein')).toBe(true);
    expect(await verifyPassword({ ...hash, n: 32_768 }, 'pleaseletmein')).toBe(false);
  });

  it('is the same for letters that another system composes differently', async () => {
    expect(await verifyPassword(await hashPassword('Schl\u00fcssel'), 'Schlu\u0308ssel')).toBe(true);
  });

  it('of nobody matches nothing, not even the empty password', async () => {
    expect(await verifyPassword(undefined, '')).toBe(false);
    expect(await verifyPassword(undefined, 'correct horse')).toBe(false);
  });

  it('read from a file is refused when its cost is not sane', async () => {
    const hash = await hashPassword('x');
    expect(passwordHash.safeParse(hash).success).toBe(true);
    for (const wrong of [
      { n: 2 ** 30 },
      { n: 2 ** 15 + 1 },
      { n: 1024 },
      { r: 1000 },
      { p: 0 },
      { salt: '' },
      { key: 'AAAA' },
      { scheme: 'md5' },
      { more: 1 },
    ])
      expect(passwordHash.safeParse({ ...hash, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  });
});

describe('a password of SCRAM', () => {
  it.each([
    // RFC 4013, section 3.
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['two\u00a0words', 'two words'],
    ['Schlu\u0308ssel', 'Schl\u00fcssel'],
  ])('%j is prepared as %j', (typed, prepared) => {
    expect(prepareScramPassword(typed)).toBe(prepared);
  });
});
