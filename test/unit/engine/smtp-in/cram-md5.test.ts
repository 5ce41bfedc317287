import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createCramMd5Dialogue,
  isCramDigest,
  parseCramResponse,
} from '../../../../src-main/engine/smtp-in/cram-md5';
import { createMeans } from './log-on-means';

const digestOf = (password: string, challenge: Uint8Array): string =>
  createHmac('md5', password).update(challenge).digest('hex');

describe('CRAM-MD5', () => {
  it('takes the example of RFC 2195', () => {
    const challenge = '<1896.697170952@postoffice.reston.mci.net>';
    const response = parseCramResponse(
      Buffer.from('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw', 'base64'),
    );
    expect(response).toMatchObject({ user: 'tim' });
    expect(isCramDigest('tanstaaftanstaaf', challenge, response?.digest ?? Buffer.alloc(0))).toBe(true);
    expect(isCramDigest('tanstaaftanstaag', challenge, response?.digest ?? Buffer.alloc(0))).toBe(false);
  });

  it.each([
    ['ann 0123456789abcdef0123456789abcdef', 'ann'],
    ['Ann Miller 0123456789ABCDEF0123456789ABCDEF', 'Ann Miller'],
    ['ann', undefined],
    ['ann 0123', undefined],
    [' 0123456789abcdef0123456789abcdef', undefined],
    ['ann  0123456789abcdef0123456789abcdeg', undefined],
    ['', undefined],
  ])('reads "%s"', (text, user) => {
    expect(parseCramResponse(Buffer.from(text))?.user).toBe(user);
  });

  it('has another challenge each time, with time and own name', async () => {
    const means = await createMeans();
    const [one, other] = [createCramMd5Dialogue(means), createCramMd5Dialogue(means)].map(({ prompt }) =>
      Buffer.from(prompt).toString(),
    );
    expect(one).toMatch(/^<[0-9a-f]{32}\.1700000000000@mail\.local\.test>$/);
    expect(one).not.toBe(other);
  });

  it.each([
    ['the password', 'ann', 'secret', 'ann'],
    ['another password', 'ann', 'Secret', undefined],
    ['a bare name in the default domain', 'bob', 'two words', 'bob@corp.test'],
    ['nobody', 'eve', 'secret', undefined],
    ['a name that cannot be one', 'a\u0001', 'secret', undefined],
  ])('of %s', async (_title, user, password, account) => {
    const dialogue = createCramMd5Dialogue(await createMeans({ defaultLogonDomain: 'corp.test' }));
    expect(await dialogue.step(Buffer.from(`${user} ${digestOf(password, dialogue.prompt)}`))).toEqual(
      account === undefined ? { kind: 'refused', user } : { kind: 'accepted', account },
    );
  });

  it('is refused for an account that does not allow it, whatever its password', async () => {
    const means = await createMeans();
    means.keyring.methods.set('ann', ['basic', 'ntlm']);
    const dialogue = createCramMd5Dialogue(means);
    expect(await dialogue.step(Buffer.from(`ann ${digestOf('secret', dialogue.prompt)}`))).toMatchObject({
      kind: 'refused',
    });
  });
});
