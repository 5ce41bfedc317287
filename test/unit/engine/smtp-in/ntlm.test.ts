import { describe, expect, it } from 'vitest';
import { md4 } from '../../../../src-main/engine/ntlm/md4';
import {
  formatAvPairs,
  formatChallenge,
  ntlmFlags,
  parseAuthenticate,
  parseAvPairs,
  parseNegotiate,
} from '../../../../src-main/engine/ntlm/ntlm-message';
import {
  ntlmV2Key,
  ntlmV2Proof,
  parseNtlmV2Response,
  rc4,
  sessionKey,
} from '../../../../src-main/engine/ntlm/ntlm-proof';
import { createNtlmDialogue } from '../../../../src-main/engine/smtp-in/ntlm';
import type { LogOnMeans, SaslStep } from '../../../../src-main/engine/smtp-in/sasl-mechanism';
import {
  authenticateMessage,
  type NtlmClient,
  negotiateMessage,
  oemFlags,
  pair,
  targetInfoOf,
} from '../../../support/ntlm-client';
import { createMeans } from './log-on-means';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the arithmetic of NTLM (MS-NLMP 4.2.4)', () => {
  const key = ntlmV2Key(md4(Buffer.from('Password', 'utf16le')), 'User', 'Domain');
  const blob = hex(
    '0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa 00000000 02000c00 44006f006d00610069006e00' +
      '01000c00 530065007200760065007200 00000000 00000000',
  );
  const proof = ntlmV2Proof(key, hex('0123456789abcdef'), blob);

  it('makes NTOWFv2, NTProofStr, the session key and its encrypted form as published', () => {
    expect(key.toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
    expect(proof.toString('hex')).toBe('68cd0ab851e51c96aabc927bebef6a1c');
    const base = sessionKey(key, proof);
    expect(base.toString('hex')).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
    expect(rc4(base, Buffer.alloc(16, 0x55)).toString('hex')).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
  });

  it('finds proof, blob and target info in an answer', () => {
    const response = parseNtlmV2Response(Buffer.concat([proof, blob]));
    expect(response?.proof.equals(proof)).toBe(true);
    expect(
      parseAvPairs(response?.targetInfo ?? Buffer.alloc(0))?.map(({ value }) => value.toString('utf16le')),
    ).toEqual(['Domain', 'Server']);
  });

  it.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
    ['Secret', 'Attack at dawn', '45a01f645fc35b383552544b9bf5'],
  ])('encrypts with RC4 under "%s"', (word, text, cipher) => {
    expect(rc4(Buffer.from(word), Buffer.from(text)).toString('hex')).toBe(cipher);
  });

  it('writes names in capitals as Windows does: one letter for one', () => {
    const hash = Buffer.alloc(16);
    expect(ntlmV2Key(hash, 'J\u00f6rg\u00df', '')).toEqual(ntlmV2Key(hash, 'J\u00d6RG\u00df', ''));
    expect(ntlmV2Key(hash, 'ann', 'Corp')).not.toEqual(ntlmV2Key(hash, 'ann', 'CORP'));
  });
});

describe('messages of NTLM', () => {
  it('are none without signature, type and length', () => {
    const negotiate = negotiateMessage();
    expect(parseNegotiate(negotiate)).toBe(negotiate.readUInt32LE(12));
    expect(parseNegotiate(negotiate.subarray(0, 15))).toBeUndefined();
    expect(parseNegotiate(Buffer.alloc(32))).toBeUndefined();
    expect(parseAuthenticate(negotiate)).toBeUndefined();
    expect(parseAuthenticate(Buffer.alloc(0))).toBeUndefined();
  });

  it.each([20, 28, 36, 52])('with a field at %i that ends behind the message are none', (at) => {
    const challenge = formatChallenge({
      flags: 0,
      challenge: Buffer.alloc(8),
      targetName: Buffer.alloc(0),
      targetInfo: formatAvPairs([]),
    });
    const client = { user: 'ann', domain: 'D', password: 'x', exchangesKey: true };
    const message = authenticateMessage(client, negotiateMessage(), challenge);
    expect(parseAuthenticate(message)).toMatchObject({ user: 'ann', domain: 'D' });
    for (const offset of [message.length, 0xffff_ffff]) {
      const damaged = Buffer.from(message);
      damaged.writeUInt32LE(offset, at + 4);
      expect(parseAuthenticate(damaged)).toBeUndefined();
    }
  });

  it.each([
    ['no end', pair(1, Buffer.alloc(2))],
    ['a length beyond the bytes', hex('01000a000000')],
    [
      'too many facts',
      Buffer.concat([...Array(40).fill(pair(1, Buffer.alloc(0))), pair(0, Buffer.alloc(0))]),
    ],
    ['nothing', Buffer.alloc(0)],
  ])('with %s in their target info are none', (_title, bytes) => {
    expect(parseAvPairs(bytes)).toBeUndefined();
  });
});

async function logOn(
  client: NtlmClient,
  change: Partial<LogOnMeans> & { readonly negotiate?: Buffer; readonly answeredAt?: number } = {},
): Promise<SaslStep> {
  let nowMs = 1_700_000_000_000;
  const { negotiate = negotiateMessage(), answeredAt, ...rest } = change;
  const dialogue = createNtlmDialogue(await createMeans({ now: () => nowMs, ...rest }));
  const challenge = await dialogue.step(negotiate);
  if (challenge.kind !== 'challenge') return challenge;
  nowMs = answeredAt ?? nowMs;
  return dialogue.step(authenticateMessage(client, negotiate, Buffer.from(challenge.data)));
}

const ann = { user: 'ann', password: 'secret' };
const accepted = (account: string) => ({ kind: 'accepted', account });

describe('AUTH NTLM', () => {
  it.each([
    ['the password', ann, {}, 'ann'],
    ['any domain for a bare name', { ...ann, domain: 'anything' }, {}, 'ann'],
    ['messages that are protected', { ...ann, hasMic: true }, {}, 'ann'],
    ['protected messages and a key of its own', { ...ann, hasMic: true, exchangesKey: true }, {}, 'ann'],
    ['its domain', { user: 'carl', domain: 'CORP', password: 'gr\u00fcn' }, {}, 'CORP\\carl'],
    [
      'its domain behind the name',
      { user: 'bob', domain: 'corp.test', password: 'two words' },
      {},
      'bob@corp.test',
    ],
    ['a whole name', { user: 'bob@corp.test', password: 'two words' }, {}, 'bob@corp.test'],
    [
      'the default domain',
      { user: 'carl', password: 'gr\u00fcn' },
      { defaultLogonDomain: 'CORP' },
      'CORP\\carl',
    ],
    [
      'the default domain, whatever domain it says',
      { user: 'carl', domain: 'WORKSTATION', password: 'gr\u00fcn' },
      { defaultLogonDomain: 'CORP' },
      'CORP\\carl',
    ],
    [
      'names in the code page of old systems',
      { ...ann, isOem: true },
      { negotiate: negotiateMessage(oemFlags) },
      'ann',
    ],
  ] as const)('with %s', async (_title, client, change, account) => {
    expect(await logOn(client, change)).toEqual(accepted(account));
  });

  it.each([
    ['a wrong password', { ...ann, password: 'Secret' }, 'ann', undefined],
    ['nobody', { ...ann, user: 'eve', domain: 'CORP' }, 'CORP\\eve', undefined],
    ['version 1', { ...ann, ntResponse: Buffer.alloc(24, 1) }, 'ann', /version 1/],
    ['LM alone', { ...ann, ntResponse: Buffer.alloc(0) }, 'ann', /version 1/],
    ['anonymous', { user: '', password: '', ntResponse: Buffer.alloc(0) }, '', /anonymous/],
    ['a wrong MIC', { ...ann, hasMic: true, mic: Buffer.alloc(16, 1) }, 'ann', undefined],
    [
      'a MIC that is promised and not there',
      { ...ann, hasMic: true, mic: Buffer.alloc(16) },
      'ann',
      undefined,
    ],
    [
      'an answer without target info',
      { ...ann, changeTargetInfo: () => pair(0, Buffer.alloc(0)) },
      'ann',
      /another/,
    ],
    [
      'an answer that was made for another computer',
      { ...ann, changeTargetInfo: (info: Buffer) => Buffer.from(info).fill('X', 4, 6) },
      'ann',
      /another/,
    ],
    ['target info that is none', { ...ann, changeTargetInfo: () => hex('0100ff000000') }, 'ann', /another/],
  ])('refuses %s', async (_title, client, user, reason) => {
    const step = await logOn(client);
    expect(step).toMatchObject({ kind: 'refused', user });
    if (reason) expect(step).toHaveProperty('reason', expect.stringMatching(reason));
  });

  it('refuses an answer to the challenge of another dialogue', async () => {
    const means = await createMeans();
    const [one, other] = [createNtlmDialogue(means), createNtlmDialogue(means)];
    const negotiate = negotiateMessage();
    const [first, second] = [await one.step(negotiate), await other.step(negotiate)];
    if (first.kind !== 'challenge' || second.kind !== 'challenge') throw new Error('no challenge');
    const answer = authenticateMessage(ann, negotiate, Buffer.from(first.data));
    expect(await other.step(answer)).toMatchObject({ kind: 'refused' });
    expect(await one.step(answer)).toEqual(accepted('ann'));
  });

  it('refuses an answer after half an hour', async () => {
    const at = 1_700_000_000_000;
    expect(await logOn(ann, { answeredAt: at + 30 * 60_000 })).toEqual(accepted('ann'));
    expect(await logOn(ann, { answeredAt: at + 30 * 60_000 + 1 })).toMatchObject({ kind: 'refused' });
  });

  it('refuses an account that does not allow it', async () => {
    const means = await createMeans();
    means.keyring.methods.set('ann', ['basic', 'cram-md5']);
    const dialogue = createNtlmDialogue(means);
    const challenge = await dialogue.step(negotiateMessage());
    if (challenge.kind !== 'challenge') throw new Error('no challenge');
    const answer = authenticateMessage(ann, negotiateMessage(), Buffer.from(challenge.data));
    expect(await dialogue.step(answer)).toMatchObject({ kind: 'refused', user: 'ann' });
  });

  it.each([
    ['', 'MAIL', 'mail.local.test', 'local.test', ntlmFlags.targetIsServer],
    ['corp.test', 'CORP', 'mail.local.test', 'corp.test', ntlmFlags.targetIsDomain],
    ['CORP', 'CORP', 'mail.local.test', 'local.test', ntlmFlags.targetIsDomain],
  ])(
    'with the default domain "%s" says that it is of %s',
    async (defaultLogonDomain, target, host, zone, type) => {
      const dialogue = createNtlmDialogue(await createMeans({ defaultLogonDomain }));
      const step = await dialogue.step(negotiateMessage());
      if (step.kind !== 'challenge') throw new Error('no challenge');
      const message = Buffer.from(step.data);
      const facts = parseAvPairs(targetInfoOf(message))?.map(({ value }) => value.toString('utf16le'));
      expect(facts?.slice(0, 4)).toEqual([target, 'MAIL', zone, host]);
      const flags = message.readUInt32LE(20);
      for (const flag of [type, ntlmFlags.extendedSessionSecurity, ntlmFlags.targetInfo, ntlmFlags.unicode])
        expect((flags & flag) >>> 0).toBe(flag);
      // 2023-11-14 22:13:20 in steps of 100 ns since 1601.
      expect(targetInfoOf(message).readBigUInt64LE(targetInfoOf(message).length - 12)).toBe(
        133_444_736_000_000_000n,
      );
    },
  );

  it('that is no NTLM is malformed, at each step', async () => {
    const dialogue = createNtlmDialogue(await createMeans());
    expect(await dialogue.step(Buffer.from('NTLMSSP'))).toEqual({ kind: 'malformed' });
    await dialogue.step(negotiateMessage());
    expect(await dialogue.step(negotiateMessage())).toEqual({ kind: 'malformed' });
  });
});
