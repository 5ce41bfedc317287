/**
 * Sends messages again and says what came of it. They wait in Queue for a moment, in which all of it can be taken
 * back. Rejects only where the engine refuses everything.
 */
import type { MessageAddress } from '../../src-main/api/contract';
import type { ConsoleClient } from '../client';
import { formatCount, formatSize } from '../ui/format';

/** In which what is sent again can still be taken back. */
export const undoMs = 8000;

export type ResendInput = Omit<Parameters<ConsoleClient['messages']['resend']>[0], 'messages' | 'delayMs'>;

export interface Resent {
  readonly done?: {
    readonly text: string;
    /** Resolves to the sentence that says what was taken back. */
    readonly undo: () => Promise<string>;
    /** After it there is nothing to take back. */
    readonly lastsMs: number;
  };
  /** Of those that the engine did not take. */
  readonly refusal?: string;
}

type Resting = Parameters<ConsoleClient['messages']['resend']>[0]['messages'][number];

/** Mail in Queue is under way already. */
export const restingOf = (messages: readonly MessageAddress[]): Resting[] =>
  messages.flatMap(({ folder, ...rest }) => (folder === 'queue' ? [] : [{ ...rest, folder }]));

export async function resendMessages(
  client: ConsoleClient,
  messages: readonly MessageAddress[],
  input: ResendInput = {},
): Promise<Resent> {
  const { accepted, refused } = await client.messages.resend({
    ...input,
    messages: restingOf(messages),
    delayMs: undoMs,
  });
  const [first] = refused;
  const refusal =
    first === undefined
      ? undefined
      : `${formatCount(refused.length, 'message')} not sent again. ${first.reason}`;
  const undo = async (): Promise<string> => {
    let count = 0;
    for (const [serverId, queueIds] of groupBy(
      accepted,
      (each) => each.serverId,
      (each) => each.queueId,
    ))
      count += (await client.queue.delete({ serverId, chosen: { queueIds } })).count;
    if (count === 0) return 'It was too late: the messages have been sent.';
    if (input.isRemovedAfter === true)
      await restore(
        client,
        accepted.map(({ address }) => address),
      );
    return `${formatCount(count, 'message')} not sent.`;
  };
  return {
    ...(accepted.length > 0 && {
      done: {
        text: `${formatCount(accepted.length, 'message')} will be sent in ${undoMs / 1000} seconds.`,
        undo,
        lastsMs: undoMs,
      },
    }),
    ...(refusal !== undefined && { refusal }),
  };
}

/** A message that was opened from a file, with the envelope that its header suggests. */
export interface SentFile {
  readonly name: string;
  readonly blob: Blob;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Suggested to send it. */
  readonly serverId: number;
}

/** The engine is handed it in one piece, as base64. */
const mostSentBytes = 36 * 1024 * 1024;

/** Why a file of this size is not sent from here; undefined: it can be. */
export function whyNotSent(sizeBytes: number): string | undefined {
  if (sizeBytes <= mostSentBytes) return undefined;
  return `Only messages of up to ${formatSize(mostSentBytes)} can be sent from a file. Put larger ones into Pickup.`;
}

type SentInput = Omit<Parameters<ConsoleClient['messages']['resendContent']>[0], 'contentBase64' | 'delayMs'>;

/** Sends the message in a file. It waits in Queue for a moment, in which it can be taken back. */
export async function resendFile(
  client: ConsoleClient,
  blob: Blob,
  input: SentInput,
): Promise<NonNullable<Resent['done']>> {
  const problem = whyNotSent(blob.size);
  if (problem !== undefined) throw new Error(problem);
  const contentBase64 = await readBase64(blob);
  const { queueId } = await client.messages.resendContent({ ...input, contentBase64, delayMs: undoMs });
  return {
    text: `The message will be sent in ${undoMs / 1000} seconds.`,
    undo: async () => {
      const { serverId } = input;
      const { count } = await client.queue.delete({ serverId, chosen: { queueIds: [queueId] } });
      return count === 0 ? 'It was too late: the message has been sent.' : 'The message was not sent.';
    },
    lastsMs: undoMs,
  };
}

async function readBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  // A multiple of three: pieces join without padding between them.
  const stepBytes = 3 * 8192;
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += stepBytes)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + stepBytes))));
  return pieces.join('');
}

async function restore(client: ConsoleClient, addresses: readonly Resting[]): Promise<void> {
  const places = groupBy(
    addresses,
    ({ serverId, folder }) => `${serverId}/${folder}`,
    (each) => each,
  );
  for (const members of places.values()) {
    const [first] = members;
    if (first === undefined) continue;
    const { serverId, folder } = first;
    await client.messages.restore({ serverId, folder, ids: members.map(({ id }) => id) });
  }
}

function groupBy<Item, Key, Value>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  memberOf: (item: Item) => Value,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(memberOf(item));
    groups.set(keyOf(item), group);
  }
  return groups;
}
