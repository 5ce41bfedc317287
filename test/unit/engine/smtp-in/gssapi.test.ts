import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../src-main/engine/core/problem';
import type { SecurityContext } from '../../../../src-main/engine/core/security-package';
import { createGssapiDialogue } from '../../../../src-main/engine/smtp-in/gssapi';
import type { SaslDialogue } from '../../../../src-main/engine/smtp-in/sasl-mechanism';
import { createMeans } from './log-on-means';

interface Script {
  readonly principal?: string;
  /** Replies in order; the last one establishes. */
  readonly replies?: readonly string[];
  readonly step?: SecurityContext['step'];
}

/** A system that believes everybody. "W:" is its wrapping. */
async function createDialogue(script: Script = {}, defaultLogonDomain = '') {
  const means = await createMeans({ defaultLogonDomain, keytab: '/etc/smtp.keytab' });
  const replies = [...(script.replies ?? ['ticket accepted'])];
  const log: string[] = [];
  means.keyring.accounts.set('ann@EXAMPLE.TEST', '');
  means.keyring.securityPackage = {
    isUsable: () => true,
    accept(keytab) {
      log.push(`accept ${keytab}`);
      return {
        step:
          script.step ??
          (async (token) => {
            log.push(`token ${Buffer.from(token).toString()}`);
            return { reply: Buffer.from(replies.shift() ?? ''), isEstablished: replies.length === 0 };
          }),
        principal: () => script.principal ?? 'ann@EXAMPLE.TEST',
        wrap: (message) => Buffer.concat([Buffer.from('W:'), message]),
        unwrap(message) {
          if (Buffer.from(message).toString('latin1', 0, 2) !== 'W:')
            throw new Problem('refused', 'The message was not protected.');
          return message.subarray(2);
        },
        close: () => void log.push('close'),
      };
    },
  };
  return { dialogue: createGssapiDialogue(means), means, log };
}

const step = (dialogue: SaslDialogue, text: string) => dialogue.step(Buffer.from(text, 'latin1'));
const challenge = (text: string) => ({ kind: 'challenge', data: Buffer.from(text, 'latin1') });
const layers = challenge('W:\x01\0\0\0');

/** Up to the offer of layers. */
async function begin(dialogue: SaslDialogue): Promise<void> {
  await step(dialogue, 'ticket');
  expect(await step(dialogue, '')).toEqual(layers);
}

describe('AUTH GSSAPI', () => {
  it('goes from the ticket over the layers to the account', async () => {
    const { dialogue, log } = await createDialogue();
    expect(dialogue.prompt).toHaveLength(0);
    expect(await step(dialogue, 'ticket')).toEqual(challenge('ticket accepted'));
    expect(await step(dialogue, '')).toEqual(layers);
    expect(await step(dialogue, 'W:\x01\0\0\0')).toEqual({ kind: 'accepted', account: 'ann@EXAMPLE.TEST' });
    dialogue.end?.();
    dialogue.end?.();
    expect(log).toEqual(['accept /etc/smtp.keytab', 'token ticket', 'close']);
  });

  it('offers the layers at once when the system has nothing more to say', async () => {
    const { dialogue } = await createDialogue({ replies: [''] });
    expect(await step(dialogue, 'ticket')).toEqual(layers);
  });

  it('carries as many tokens as the system wants, within reason', async () => {
    const { dialogue } = await createDialogue({ replies: ['one', 'two', 'three'] });
    expect(await step(dialogue, 'a')).toEqual(challenge('one'));
    expect(await step(dialogue, 'b')).toEqual(challenge('two'));
    expect(await step(dialogue, 'c')).toEqual(challenge('three'));
    expect(await step(dialogue, '')).toEqual(layers);
    const endless = await createDialogue({ replies: Array(20).fill('more') });
    for (let count = 0; count < 10; count++)
      expect(await step(endless.dialogue, 'x')).toEqual(challenge('more'));
    expect(await step(endless.dialogue, 'x')).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['the whole name', 'ann@EXAMPLE.TEST', '', 'ann@EXAMPLE.TEST'],
    ['the bare name in the default domain', 'ann@CORP.TEST', 'corp.test', 'ann'],
    ['no bare name of another realm', 'ann@OTHER.TEST', 'corp.test', undefined],
    ['no bare name without a default domain', 'ann@CORP.TEST', '', undefined],
    ['nobody', 'eve@CORP.TEST', 'corp.test', undefined],
    ['no empty name', '@CORP.TEST', 'corp.test', undefined],
  ])('logs in by %s', async (_title, principal, defaultDomain, account) => {
    const { dialogue } = await createDialogue({ principal }, defaultDomain);
    await begin(dialogue);
    expect(await step(dialogue, 'W:\x01\0\0\0')).toMatchObject(
      account === undefined ? { kind: 'refused', user: principal } : { kind: 'accepted', account },
    );
  });

  it('does not log in an account that does not allow it', async () => {
    const { dialogue, means } = await createDialogue();
    means.keyring.methods.set('ann@EXAMPLE.TEST', ['basic']);
    await begin(dialogue);
    expect(await step(dialogue, 'W:\x01\0\0\0')).toMatchObject({ kind: 'refused', user: 'ann@EXAMPLE.TEST' });
  });

  it.each([
    ['its own name', 'W:\x01\0\0\0Ann@example.test', 'accepted'],
    ['another name', 'W:\x01\0\0\0bob@corp.test', 'refused'],
    ['a layer that was not offered', 'W:\x04\0\0\0', 'refused'],
    ['no layer', 'W:\x00\0\0\0', 'refused'],
    ['what nobody protected', 'X:\x01\0\0\0', 'refused'],
    ['too little', 'W:\x01\0', 'malformed'],
    ['a name that is no text', 'W:\x01\0\0\0\xff', 'malformed'],
  ])('answers the choice of %s', async (_title, message, kind) => {
    const { dialogue } = await createDialogue();
    await begin(dialogue);
    expect(await step(dialogue, message)).toMatchObject({ kind });
  });

  it('takes no empty ticket and no word in place of the empty line', async () => {
    const { dialogue } = await createDialogue();
    expect(await step(dialogue, '')).toEqual({ kind: 'malformed' });
    await step(dialogue, 'ticket');
    expect(await step(dialogue, 'x')).toEqual({ kind: 'malformed' });
  });

  it('refuses whom the system does not believe, and tells it when the system cannot judge', async () => {
    const refused = await createDialogue({
      step: () => Promise.reject(new Problem('refused', 'The ticket is too old.')),
    });
    expect(await step(refused.dialogue, 'ticket')).toEqual({
      kind: 'refused',
      user: '',
      reason: 'The ticket is too old.',
    });
    const broken = await createDialogue({
      step: () => Promise.reject(new Problem('unavailable', 'The key file is gone.')),
    });
    await expect(step(broken.dialogue, 'ticket')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('frees the context only when the call under way is over', async () => {
    let finish: (() => void) | undefined;
    const { dialogue, log } = await createDialogue({
      step: () =>
        new Promise((resolve) => {
          finish = () => resolve({ reply: Buffer.alloc(0), isEstablished: true });
        }),
    });
    const pending = step(dialogue, 'ticket');
    dialogue.end?.();
    expect(log).not.toContain('close');
    finish?.();
    await pending;
    expect(log.filter((line) => line === 'close')).toHaveLength(1);
  });
});
