/** Log-ins by dialogue (SCRAM, CRAM-MD5, GSSAPI, PLAIN, LOGIN) with a hostile client; each property stops by itself. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src-main/engine/core/problem';
import { createLoginDialogue, createPlainDialogue } from '../../src-main/engine/smtp-in/basic-log-in';
import { createCramMd5Dialogue, parseCramResponse } from '../../src-main/engine/smtp-in/cram-md5';
import { createGssapiDialogue } from '../../src-main/engine/smtp-in/gssapi';
import { decodeBase64, namesToTry, parsePlain } from '../../src-main/engine/smtp-in/sasl';
import type { LogOnMeans, SaslDialogue, SaslStep } from '../../src-main/engine/smtp-in/sasl-mechanism';
import { parseClientFinal, parseClientFirst } from '../../src-main/engine/smtp-in/scram';
import { createScramDialogue } from '../../src-main/engine/smtp-in/scram-log-in';
import { createMemoryKeyring, type MemoryKeyring } from '../protocol/memory-keyring';

const limits = { interruptAfterTimeLimit: 900, markInterruptAsFailure: false, numRuns: 20_000 };

let keyring: MemoryKeyring;
let means: LogOnMeans;
beforeAll(async () => {
  keyring = createMemoryKeyring();
  await keyring.prepareSecrets();
  means = { keyring, now: () => 0, fqdn: 'mail.local.test', defaultLogonDomain: 'corp.test', keytab: '' };
});

const piece = fc.oneof(
  fc.constantFrom(
    'n,,',
    'y,,',
    'p=tls-unique,,',
    'n,a=ann,',
    'a=',
    'n=',
    'n=ann',
    'r=',
    'r=abc',
    'c=',
    'c=biws',
    'p=',
  ),
  fc.constantFrom(
    'm=x',
    ',',
    '=',
    '=2C',
    '=3D',
    '=2c',
    ' ',
    '\0',
    '\r\n',
    '\ud800',
    '\u00e4',
    'ann',
    'secret',
  ),
  fc.constantFrom(
    '0'.repeat(32),
    'A'.repeat(44),
    'ann '.concat('f'.repeat(32)),
    'W:',
    '\x01\0\0\0',
    'W:\x01\0\0\0',
  ),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const message = fc.oneof(
  fc.array(piece, { maxLength: 10 }).map((pieces) => Buffer.from(pieces.join(''), 'utf8')),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
);
const talk = fc.array(message, { minLength: 1, maxLength: 6 });

/** Steps until the dialogue says how it ended. */
async function converse(dialogue: SaslDialogue, messages: readonly Buffer[]): Promise<SaslStep | undefined> {
  for (const each of messages) {
    const step = await dialogue.step(each);
    if (step.kind !== 'challenge') return step;
  }
  return undefined;
}

describe('a dialogue', () => {
  it.each<[string, (means: LogOnMeans) => SaslDialogue]>([
    ['SCRAM-SHA-256', (each) => createScramDialogue(each)],
    ['CRAM-MD5', (each) => createCramMd5Dialogue(each)],
    ['PLAIN', createPlainDialogue],
    ['LOGIN', createLoginDialogue],
  ])('%s ends with an answer whatever is said, and logs nobody in', async (name, create) => {
    await fc.assert(
      fc.asyncProperty(talk, async (messages) => {
        const last = await converse(create(means), messages);
        // Without the password there is no way in; with PLAIN and LOGIN it may have been guessed.
        const isGuessed = messages.some((each) => each.includes('secret'));
        if (!(isGuessed && /^(?:PLAIN|LOGIN)$/.test(name))) expect(last?.kind).not.toBe('accepted');
      }),
      limits,
    );
  });

  it('reads messages, and never throws', () => {
    fc.assert(
      fc.property(message, fc.string(), (bytes, text) => {
        const first = parseClientFirst(bytes);
        if (typeof first === 'object') expect(`${first.header}${first.bare}`).toBe(bytes.toString('utf8'));
        const final = parseClientFinal(bytes);
        if (final) expect(bytes.toString('utf8').startsWith(`${final.withoutProof},p=`)).toBe(true);
        parseCramResponse(bytes);
        parsePlain(bytes.toString('latin1'));
        expect(namesToTry(text, 'corp.test')[0]).toBe(text);
        const decoded = decodeBase64(text);
        if (decoded) expect(decoded.toString('base64').length).toBe(text.length);
      }),
      limits,
    );
  });
});

/** Bytes of a message put into others: what a hostile client, or somebody in the middle, would change. */
const damage = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 });
function damaged(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy;
}
const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What a client that knows the password of ann says last. */
const salted = new Map<string, Buffer>();
function answerScram(bare: string, serverFirst: string): Buffer {
  const [, nonce = '', salt = '', count = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
  const key =
    salted.get(salt) ?? pbkdf2Sync('secret', Buffer.from(salt, 'base64'), Number(count), 32, 'sha256');
  salted.set(salt, key);
  const clientKey = hmac(key, 'Client Key');
  const storedKey = createHash('sha256').update(clientKey).digest();
  const withoutProof = `c=biws,r=${nonce}`;
  const signature = hmac(storedKey, `${bare},${serverFirst},${withoutProof}`);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`);
}

describe('a proof', () => {
  it('of SCRAM counts as it is, and changed in any byte it does not', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bare = 'n=ann,r=clientnonce';
        const dialogue = createScramDialogue(means);
        const first = await dialogue.step(Buffer.from(`n,,${bare}`));
        if (first.kind !== 'challenge') throw new Error(first.kind);
        const answer = answerScram(bare, Buffer.from(first.data).toString());
        const said = damaged(answer, changes);
        const step = await dialogue.step(said);
        // The last digit of a base64 text has bits that mean nothing.
        const proofOf = (text: Buffer): Buffer => Buffer.from(text.toString('latin1').slice(-44), 'base64');
        const isSame =
          said.toString('latin1').slice(0, -44) === answer.toString('latin1').slice(0, -44) &&
          proofOf(said).equals(proofOf(answer)) &&
          decodeBase64(said.toString('latin1').slice(-44)) !== undefined;
        expect(step.kind === 'accepted').toBe(isSame);
      }),
      limits,
    );
  });

  it('of CRAM-MD5 counts for its challenge alone', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const dialogue = createCramMd5Dialogue(means);
        const digest = (of: SaslDialogue): string =>
          createHmac('md5', 'secret').update(of.prompt).digest('hex');
        const answer = Buffer.from(`ann ${digest(dialogue)}`);
        const said = damaged(answer, changes);
        const isSame = said.toString('latin1').toLowerCase() === answer.toString('latin1');
        // Names are looked up as they are written.
        const isName = said.subarray(0, 3).equals(answer.subarray(0, 3));
        expect((await dialogue.step(said)).kind === 'accepted').toBe(isSame && isName);
        expect((await createCramMd5Dialogue(means).step(answer)).kind).toBe('refused');
      }),
      limits,
    );
  });
});

describe('a dialogue of the system', () => {
  /** What the system says to each token. */
  const system = fc.array(
    fc.record({
      reply: fc.constantFrom('', 'x', 'more'),
      isEstablished: fc.boolean(),
      failure: fc.constantFrom(undefined, undefined, undefined, 'refused', 'unavailable'),
    }),
    { maxLength: 12 },
  );
  const choice = fc.constantFrom(
    '',
    'W:',
    'W:\x01\0\0\0',
    'W:\x01\0\0\0ann',
    'W:\x01\0\0\0bob',
    'W:\x02\0\0\0',
    'x',
  );
  const said = fc.array(
    fc.oneof(
      choice.map((text) => Buffer.from(text, 'latin1')),
      message,
    ),
    { maxLength: 14 },
  );

  it('logs in whom the system knows, without a layer, for itself; and is closed once', async () => {
    await fc.assert(
      fc.asyncProperty(system, said, fc.nat(14), async (answers, messages, endAfter) => {
        let opened = 0;
        let closed = 0;
        let isKnown = false;
        const script = [...answers];
        const accept = () => {
          opened++;
          return {
            async step() {
              expect(closed).toBe(0);
              const answer = script.shift() ?? { reply: '', isEstablished: false, failure: undefined };
              if (answer.failure) throw new Problem(answer.failure as 'refused', 'No.');
              isKnown = answer.isEstablished;
              return { reply: Buffer.from(answer.reply), isEstablished: answer.isEstablished };
            },
            principal: () => 'ann',
            wrap: (text: Uint8Array) => Buffer.concat([Buffer.from('W:'), text]),
            unwrap(text: Uint8Array) {
              if (!Buffer.from(text).toString('latin1').startsWith('W:')) throw new Problem('refused', 'No.');
              return text.subarray(2);
            },
            close: () => void closed++,
          };
        };
        const package_ = { isUsable: () => true, accept };
        const dialogue = createGssapiDialogue({
          ...means,
          keyring: { ...keyring, securityPackage: package_ },
        });
        let last: SaslStep | undefined;
        for (const each of messages.slice(0, endAfter)) {
          try {
            last = await dialogue.step(each);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
            last = undefined;
            break;
          }
          if (last.kind === 'accepted') {
            expect(isKnown).toBe(true);
            expect(last.account).toBe('ann');
            expect(/^W:\x01...(?:ann)?$/is.test(each.toString('latin1'))).toBe(true);
          }
          if (last.kind !== 'challenge') break;
        }
        dialogue.end?.();
        dialogue.end?.();
        expect(closed).toBe(opened);
        expect(opened).toBeLessThanOrEqual(1);
      }),
      limits,
    );
  });
});
