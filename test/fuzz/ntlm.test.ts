/** NTLM messages from anybody; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthenticate, parseAvPairs, parseNegotiate } from '../../src-main/engine/ntlm/ntlm-message';
import { parseNtlmV2Response } from '../../src-main/engine/ntlm/ntlm-proof';
import { createNtlmDialogue } from '../../src-main/engine/smtp-in/ntlm';
import { createMemoryKeyring } from '../protocol/memory-keyring';
import { authenticateMessage, negotiateMessage } from '../support/ntlm-client';

const limits = { interruptAfterTimeLimit: 3000, markInterruptAsFailure: false, numRuns: 10_000 };

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const signed = (type: number) =>
  bytes.map((rest) =>
    Buffer.concat([Buffer.from('NTLMSSP\0', 'latin1'), Buffer.from([type, 0, 0, 0]), rest]),
  );
/** Places and values that a hostile client would change. */
const damage = fc.array(fc.tuple(fc.nat(600), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xfe, 0xff)), {
  minLength: 1,
  maxLength: 12,
});

describe('a message that may be NTLM', () => {
  it('is read or is none, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, signed(1), signed(2), signed(3)), (message) => {
        parseNegotiate(message);
        parseAvPairs(message);
        const answer = parseAuthenticate(message);
        parseNtlmV2Response(answer?.ntResponse ?? message);
        for (const part of [answer?.ntResponse, answer?.encryptedSessionKey])
          expect(part?.length ?? 0).toBeLessThanOrEqual(message.length);
      }),
      limits,
    );
  });

  it('logs nobody in when something of it was changed that it proves', async () => {
    const keyring = createMemoryKeyring();
    await keyring.prepareSecrets();
    const means = { keyring, now: () => 0, fqdn: 'mail.local.test', defaultLogonDomain: '', keytab: '' };
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (changes, exchangesKey) => {
        const dialogue = createNtlmDialogue(means);
        const negotiate = negotiateMessage();
        const challenge = await dialogue.step(negotiate);
        if (challenge.kind !== 'challenge') throw new Error('no challenge');
        const client = { user: 'ann', password: 'secret', hasMic: true, exchangesKey };
        const message = authenticateMessage(client, negotiate, Buffer.from(challenge.data));
        const before = Buffer.from(message);
        for (const [at, value] of changes) if (at < message.length) message[at] = value;
        const step = await dialogue.step(message);
        expect(step.kind === 'accepted').toBe(message.equals(before));
      }),
      limits,
    );
  });
});
