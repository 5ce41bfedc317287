import { describe, expect, it } from 'vitest';
import type { ConsoleClient } from '../../../../src-renderer/client';
import { resendFile, resendMessages, whyNotSent } from '../../../../src-renderer/resend/resend';
import {
  checkDraft,
  describeDraft,
  draftFor,
  emptyDraft,
  fileInputOf,
  inputOf,
  linesOf,
  recipientsOf,
} from '../../../../src-renderer/resend/resend-draft';
import { checkWay, emptyWay, wayOf } from '../../../../src-renderer/ui/way-choice';

const message = (id: string, serverId = 1) => ({ serverId, folder: 'badmail' as const, id });

describe('the draft of one message', () => {
  const one = { ...emptyDraft, recipients: 'ann@corp.test\n<ben@corp.test>, ann@corp.test' };

  it('has those who did not get it; all where everybody did', () => {
    const recipients = [{ address: 'a@x', outcome: 'relayed' as const }, { address: 'b@x' }];
    expect(recipientsOf({ sender: '', recipients })).toEqual(['b@x']);
    expect(recipientsOf({ sender: '', recipients: recipients.slice(0, 1) })).toEqual(['a@x']);
  });
  it('takes the null sender and each address once', () => {
    expect(checkDraft(one, true)).toBeUndefined();
    expect(linesOf(one.recipients)).toEqual(['ann@corp.test', 'ben@corp.test']);
    expect(inputOf(one, true)).toEqual({ sender: '', recipients: ['ann@corp.test', 'ben@corp.test'] });
    expect(describeDraft(one, 1)).toEqual([
      'From <> to ann@corp.test and 1 more, the way that the settings say.',
    ]);
  });
  it.each([
    [{ ...one, recipients: ' ' }, 'recipients'],
    [{ ...one, recipients: 'ann' }, 'recipients'],
    [{ ...one, sender: 'app' }, 'sender'],
    [{ ...one, way: { ...emptyWay, kind: 'host' as const } }, 'host'],
  ])('says which field is wrong', (draft, field) => {
    expect(checkDraft(draft, true)?.field).toBe(field);
  });
});

it('several messages keep their envelopes but for the address that is replaced', () => {
  const draft = { ...emptyDraft, from: 'old@corp.test', to: 'new@corp.test', isRemovedAfter: true };
  expect(checkDraft(draft, false)).toBeUndefined();
  expect(inputOf(draft, false)).toEqual({
    replaced: [{ from: 'old@corp.test', to: 'new@corp.test' }],
    isRemovedAfter: true,
  });
  expect(inputOf(emptyDraft, false)).toEqual({});
  expect(checkDraft({ ...draft, to: '' }, false)?.field).toBe('to');
  expect(describeDraft(draft, 3)[1]).toBe('new@corp.test gets what was for old@corp.test.');
});

it('a way is checked and taken as the engine knows it', () => {
  const host = { ...emptyWay, kind: 'host' as const, host: ' relay.test ', port: '2525' };
  expect(wayOf(host)).toEqual({ kind: 'host', host: 'relay.test', port: 2525 });
  expect(checkWay({ ...host, port: '70000' })?.field).toBe('port');
  expect(checkWay({ ...emptyWay, kind: 'remote-domain' })?.field).toBe('name');
  expect(wayOf(emptyWay)).toBeNull();
});

describe('sending again', () => {
  const clientWith = (left: number) => {
    const calls: unknown[] = [];
    const client = {
      messages: {
        resend: async (input: { messages: ReturnType<typeof message>[] }) => {
          calls.push(['resend', input]);
          const [first, ...rest] = input.messages;
          return {
            accepted: rest.map((address) => ({ address, serverId: address.serverId, queueId: address.id })),
            refused: [{ address: first, reason: 'It is damaged.' }],
          };
        },
        restore: async (input: unknown) => void calls.push(['restore', input]),
      },
      queue: {
        delete: async (input: unknown) => {
          calls.push(['delete', input]);
          return { count: left };
        },
      },
    };
    return { client: client as unknown as ConsoleClient, calls };
  };
  const three = [message('a'), message('b'), message('c', 2)];

  it('is taken back on each virtual server, and brings back what was put away', async () => {
    const { client, calls } = clientWith(1);
    const { done, refusal } = await resendMessages(client, three, { isRemovedAfter: true });
    expect(refusal).toBe('1 message not sent again. It is damaged.');
    expect(done?.text).toBe('2 messages will be sent in 8 seconds.');
    expect(await done?.undo()).toBe('2 messages not sent.');
    expect(calls.slice(1)).toEqual([
      ['delete', { serverId: 1, chosen: { queueIds: ['b'] } }],
      ['delete', { serverId: 2, chosen: { queueIds: ['c'] } }],
      ['restore', { serverId: 1, folder: 'badmail', ids: ['b'] }],
      ['restore', { serverId: 2, folder: 'badmail', ids: ['c'] }],
    ]);
  });
  it('says so when it is too late, and brings nothing back that was sent', async () => {
    const { client, calls } = clientWith(0);
    const { done } = await resendMessages(client, three, { isRemovedAfter: true });
    expect(await done?.undo()).toMatch(/too late/);
    expect(calls.some((call) => (call as string[])[0] === 'restore')).toBe(false);
  });
});

describe('sending a message from a file', () => {
  const sent: unknown[] = [];
  const clientWith = (count: number) =>
    ({
      messages: {
        resendContent: async (input: unknown) => {
          sent.push(input);
          return { queueId: 'q1' };
        },
      },
      queue: { delete: async () => ({ count }) },
    }) as unknown as ConsoleClient;
  const input = { serverId: 2, sender: '', recipients: ['a@b.test'] };

  it('hands over its bytes as they are, and can be taken back for a moment', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    const done = await resendFile(clientWith(1), new Blob([bytes]), input);
    const contentBase64 = Buffer.from(bytes).toString('base64');
    expect(sent.at(-1)).toEqual({ ...input, contentBase64, delayMs: 8000 });
    expect(await done.undo()).toBe('The message was not sent.');
  });
  it('says when it was too late', async () => {
    const done = await resendFile(clientWith(0), new Blob(['x']), input);
    expect(await done.undo()).toMatch(/too late/);
  });
  it('is refused before it is read where it is too large', async () => {
    const blob = { size: 36 * 1024 * 1024 + 1 } as Blob;
    await expect(resendFile(clientWith(1), blob, input)).rejects.toThrow(/Pickup/);
    expect(whyNotSent(36 * 1024 * 1024)).toBeUndefined();
  });
  it('begins with what the header suggests, and says everything', () => {
    const draft = draftFor({
      name: 'a.eml',
      blob: new Blob(),
      sender: 's@a.test',
      recipients: ['b@c.test', 'd@e.test'],
      serverId: 3,
    });
    expect(fileInputOf(draft, 1)).toEqual({
      serverId: 3,
      sender: 's@a.test',
      recipients: ['b@c.test', 'd@e.test'],
    });
  });
});
