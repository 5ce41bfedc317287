import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKey, describeKey, readKey, recordOf } from '../../../src-main/dkim';
import { Problem } from '../../../src-main/engine/core/problem';
import { makeDkimKey } from '../../support/dkim-keys';

const rsa = makeDkimKey('corp.test', 'one');
const ed25519 = makeDkimKey('corp.test', 'two', 'ed25519');

function refusalOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('a new key', () => {
  it.each([
    ['rsa-sha256', 2048, { algorithm: 'rsa-sha256', bits: 2048 }],
    ['ed25519-sha256', 2048, { algorithm: 'ed25519-sha256' }],
  ] as const)('of %s is described as what was asked for', async (algorithm, bits, facts) => {
    const { publicKey, ...described } = describeKey(await createKey(algorithm, bits), algorithm);
    expect(described).toEqual(facts);
    expect(publicKey.length).toBeGreaterThan(40);
  });

  it('is another one each time', async () => {
    const [one, two] = await Promise.all([
      createKey('ed25519-sha256', 2048),
      createKey('ed25519-sha256', 2048),
    ]);
    expect(one).not.toBe(two);
  });
});

describe('a key from elsewhere', () => {
  it.each([
    ['PKCS #8', rsa.pkcs8Pem],
    ['PKCS #1', rsa.pkcs1Pem],
    ['lines that end in CRLF', rsa.pkcs8Pem.replaceAll('\n', '\r\n')],
    ['text around it', `my key:\n${rsa.pkcs1Pem}\nkeep it safe`],
  ])('is taken as %s', (_, pem) => {
    expect(readKey(pem)).toEqual({ algorithm: 'rsa-sha256', privateKey: rsa.setting.privateKey });
  });

  it('may be Ed25519', () => {
    expect(readKey(ed25519.pkcs8Pem).algorithm).toBe('ed25519-sha256');
  });

  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const locked = generateKeyPairSync('ed25519').privateKey;
  const half = Math.floor(rsa.pkcs8Pem.length / 2);
  it.each([
    ['nothing', '', 'Paste the whole private key'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----', 'This is the public key'],
    ['half of it', rsa.pkcs8Pem.slice(0, half), 'Paste the whole private key'],
    [
      'one with a hole',
      rsa.pkcs8Pem.replace(/\n.{64}\n/, '\n'),
      'The private key cannot be read. It may have been cut off.',
    ],
    ['a short one', makeDkimKey('a.test', 'b', 'rsa', 768).pkcs8Pem, 'The key has 768 bits'],
    ['another kind', ec.export({ format: 'pem', type: 'pkcs8' }).toString(), 'RSA and Ed25519 keys only'],
    [
      'one with a password',
      locked.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString(),
      'protected by a password',
    ],
  ])('is refused when it is %s, with a reason and nothing of it', (_, pem, reason) => {
    const { code, field, message } = refusalOf(() => readKey(pem));
    expect({ code, field }).toEqual({ code: 'invalid', field: 'pem' });
    expect(message).toContain(reason);
    for (const line of pem.split('\n').filter((text) => /^[\w+/=]{16,}$/.test(text)))
      expect(message).not.toContain(line);
  });

  it('that does not fit its algorithm is told when it is used', () => {
    const { privateKey } = ed25519.setting;
    expect(refusalOf(() => describeKey(privateKey, 'rsa-sha256')).code).toBe('unavailable');
    expect(refusalOf(() => describeKey('AAAA', 'rsa-sha256')).code).toBe('unavailable');
  });
});

describe('the record of a key', () => {
  it.each([
    ['RSA', rsa],
    ['Ed25519', ed25519],
  ])('publishes the public key of %s', (_, key) => {
    const { algorithm = 'rsa-sha256', privateKey } = key.setting;
    const record = recordOf(key.name, describeKey(privateKey, algorithm));
    expect(record).toMatchObject({ name: key.name, value: key.record });
  });

  it('comes in parts that a zone file takes', async () => {
    const long = makeDkimKey('corp.test', 'long', 'rsa', 4096);
    const record = recordOf(long.name, describeKey(long.setting.privateKey, 'rsa-sha256'));
    expect(record.parts.length).toBe(3);
    expect(Math.max(...record.parts.map(({ length }) => length))).toBeLessThanOrEqual(255);
    expect(record.parts.join('')).toBe(long.record);
    const quoted = record.parts.map((part) => `"${part}"`).join(' ');
    expect(record.zoneLine).toBe(`long._domainkey.corp.test. 3600 IN TXT ( ${quoted} )`);
    const short = recordOf(ed25519.name, describeKey(ed25519.setting.privateKey, 'ed25519-sha256'));
    expect(short.zoneLine).toBe(`two._domainkey.corp.test. 3600 IN TXT "${ed25519.record}"`);
  });
});
