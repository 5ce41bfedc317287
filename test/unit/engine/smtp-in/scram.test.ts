import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SaslDialogue, SaslStep } from '../../../../src-main/engine/smtp-in/sasl-mechanism';
import {
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
  verifyProof,
} from '../../../../src-main/engine/smtp-in/scram';
import { createScramDialogue } from '../../../../src-main/engine/smtp-in/scram-log-in';
import { createMeans } from './log-on-means';

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function keysOf(password: string, salt: Buffer, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = hmac(salted, 'Client Key');
  return {
    clientKey,
    storedKey: createHash('sha256').update(clientKey).digest(),
    serverKey: hmac(salted, 'Server Key'),
  };
}

/** A client of its own, by the words of RFC 5802. */
async function converse(
  dialogue: SaslDialogue,
  user: string,
  password: string,
  change: { readonly header?: string; readonly binding?: string; readonly nonce?: string } = {},
): Promise<{ readonly serverFirst: string; readonly last: SaslStep; readonly expected: string }> {
  const { header = 'n,,', binding = header } = change;
  const bare = `n=${user},r=clientnonce`;
  const first = await dialogue.step(Buffer.from(header + bare));
  if (first.kind !== 'challenge') throw new Error(`no challenge but ${first.kind}`);
  const serverFirst = Buffer.from(first.data).toString();
  const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
  const keys = keysOf(password, Buffer.from(salt, 'base64'), Number(iterations));
  const withoutProof = `c=${Buffer.from(binding).toString('base64')},r=${change.nonce ?? nonce}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const proof = hmac(keys.storedKey, authMessage).map((byte, at) => byte ^ (keys.clientKey[at] ?? 0));
  const last = await dialogue.step(Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`));
  return { serverFirst, last, expected: `v=${hmac(keys.serverKey, authMessage).toString('base64')}` };
}

describe('SCRAM-SHA-256', () => {
  it('takes the example of RFC 7677, word for word', () => {
    const first = parseClientFirst(Buffer.from('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'));
    if (typeof first === 'string') throw new Error(first);
    const serverFirst =
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
    expect(
      formatServerFirst({
        nonce: `${first.nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`,
        salt: Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'),
        iterations: 4096,
      }),
    ).toBe(serverFirst);
    const final = parseClientFinal(
      Buffer.from(
        'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      ),
    );
    if (!final) throw new Error('no final message');
    expect(final.binding).toBe(first.header);
    const keys = keysOf('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
    const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`;
    expect(verifyProof(keys, final.proof, authMessage)).toBe(
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    );
    expect(verifyProof(keys, final.proof, `${authMessage} `)).toBeUndefined();
  });

  it.each([
    ['n,,n=ann,r=abc', { header: 'n,,', user: 'ann', actFor: '', nonce: 'abc', bare: 'n=ann,r=abc' }],
    ['y,,n=ann,r=abc,x=1', { header: 'y,,', nonce: 'abc', bare: 'n=ann,r=abc,x=1' }],
    ['n,a=bob,n=ann,r=abc', { header: 'n,a=bob,', actFor: 'bob', user: 'ann' }],
    ['n,,n=a=2Cb=3Dc,r=abc', { user: 'a,b=c' }],
    ['n,,n=J\u00f6rg,r=abc', { user: 'J\u00f6rg' }],
    ['p=tls-unique,,n=ann,r=abc', 'binding'],
    ['n,,n=a=2cb,r=abc', 'malformed'],
    ['n,,n=a=b,r=abc', 'malformed'],
    ['n,,m=x,n=ann,r=abc', 'malformed'],
    ['n,,n=,r=abc', 'malformed'],
    ['n,,n=ann,r=', 'malformed'],
    ['n,,n=ann,r=a b', 'malformed'],
    [`n,,n=ann,r=${'a'.repeat(257)}`, 'malformed'],
    ['x,,n=ann,r=abc', 'malformed'],
    ['', 'malformed'],
  ])('reads the first message "%s"', (text, expected) => {
    const first = parseClientFirst(Buffer.from(text));
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatchObject(expected);
  });

  const proof = Buffer.alloc(32).toString('base64');
  it.each([
    [`c=biws,r=abc,p=${proof}`, true],
    [`c=biws,r=abc,x=1,p=${proof}`, true],
    [`c=biws,r=abc,p=${Buffer.alloc(31).toString('base64')}`, false],
    [`c=biws,r=abc`, false],
    [`r=abc,c=biws,p=${proof}`, false],
    [`c=?,r=abc,p=${proof}`, false],
    ['', false],
  ])('reads the last message "%s": %s', (text, isOne) => {
    expect(parseClientFinal(Buffer.from(text)) !== undefined).toBe(isOne);
  });

  it.each([
    ['n,,', 'ann', 'secret', 'ann'],
    ['y,,', 'ann', 'secret', 'ann'],
    ['n,a=ann,', 'ann', 'secret', 'ann'],
    ['n,,', 'bob', 'two words', 'bob@corp.test'],
  ])(
    'logs in after "%s" as %s, and proves that the server knows too',
    async (header, user, password, account) => {
      const dialogue = createScramDialogue(await createMeans({ defaultLogonDomain: 'corp.test' }));
      const { last, expected } = await converse(dialogue, user, password, { header });
      expect(last).toMatchObject({ kind: 'accepted', account });
      expect(last.kind === 'accepted' && Buffer.from(last.proof ?? []).toString()).toBe(expected);
    },
  );

  it.each([
    ['a wrong password', 'ann', 'Secret', {}],
    ['a header that changed on the way', 'ann', 'secret', { binding: 'y,,' }],
    ['a nonce of another dialogue', 'ann', 'secret', { nonce: 'clientnonceother' }],
    ['nobody', 'eve', 'secret', {}],
  ])('refuses %s', async (_title, user, password, change) => {
    const dialogue = createScramDialogue(await createMeans());
    expect((await converse(dialogue, user, password, change)).last).toEqual({
      kind: 'refused',
      user,
      names: [user, user],
    });
  });

  it.each([
    ['p=tls-unique,,n=ann,r=abc', ''],
    ['n,a=bob,n=ann,r=abc', 'ann'],
  ])('refuses "%s" at once', async (text, user) => {
    const dialogue = createScramDialogue(await createMeans());
    expect(await dialogue.step(Buffer.from(text))).toMatchObject({ kind: 'refused', user });
  });

  const saltFor = async (means: Awaited<ReturnType<typeof createMeans>>, user: string): Promise<string> =>
    /s=([^,]+)/.exec((await converse(createScramDialogue(means), user, 'x')).serverFirst)?.[1] ?? '';

  it.each([
    ['nobody has', 'eve'],
    ['is written without the default domain', 'ann'],
    ['is written with it', 'bob'],
  ])('answers a name that %s with one salt, however it is written', async (_title, bare) => {
    const means = await createMeans({ defaultLogonDomain: 'corp.test' });
    const ways = [bare, `${bare}@corp.test`, `corp.test\\${bare}`];
    const salts = await Promise.all(ways.map((user) => saltFor(means, user)));
    expect(new Set(salts).size).toBe(1);
    expect(salts[0]).not.toBe(await saltFor(means, `${bare}@other.test`));
  });

  it('answers a name that nobody has after a restart as before', async () => {
    const { keyring, ...means } = await createMeans();
    const withSecret = (byte: number) => ({
      ...means,
      keyring: { ...keyring, decoySecret: () => Buffer.alloc(32, byte) },
    });
    const salt = await saltFor(withSecret(1), 'eve');
    expect(await saltFor(withSecret(1), 'eve')).toBe(salt);
    expect(await saltFor(withSecret(2), 'eve')).not.toBe(salt);
  });

  it('answers a name that nobody has like one that somebody has, each time the same', async () => {
    const means = await createMeans();
    const firstOf = async (user: string): Promise<string> =>
      (await converse(createScramDialogue(means, 'servernonce'), user, 'x')).serverFirst;
    const eve = await firstOf('eve');
    expect(eve).toBe(await firstOf('EVE'));
    expect(eve).not.toBe(await firstOf('mallory'));
    const shape = (text: string): string => text.replace(/s=[^,]+/, (salt) => `s:${salt.length}`);
    expect(shape(eve)).toBe(shape(await firstOf('ann')));
  });
});
