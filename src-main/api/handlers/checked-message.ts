/**
 * A message that is to be checked, and what is known of how it came.
 *
 * Trusts: envelope files and the trace, which are ours; never the header of the message.
 */
import { isIP } from 'node:net';
import type { z } from 'zod';
import { Problem } from '../../engine/core/problem';
import { readMessageEnvelope, readMessagePiece } from '../../engine/message-view';
import { checkLimits } from '../../mail-checks';
import type { checkedMessage, TraceStory } from '../contract';
import type { Services } from './services';

export type CheckedMessage = z.infer<typeof checkedMessage>;

export interface Arrival {
  /** '' is the null reverse-path; absent: nobody knows. */
  readonly sender?: string;
  readonly recipients?: readonly string[];
  /** Address of the host that brought it by SMTP. */
  readonly peer?: string;
  readonly hello?: string;
}

/** The content without envelope lines. Throws Problem 'refused' for one that is too large. */
export async function readChecked(
  { engine }: Pick<Services, 'engine'>,
  message: CheckedMessage,
): Promise<Uint8Array> {
  const tooLarge = new Problem(
    'refused',
    `The message is larger than ${checkLimits.messageBytes / 1024 / 1024} MB, so it is not checked.`,
    'message',
  );
  if ('contentBase64' in message) {
    const bytes = Buffer.from(message.contentBase64, 'base64');
    if (bytes.length > checkLimits.messageBytes) throw tooLarge;
    return bytes;
  }
  const { address } = message;
  const range = { offset: 0, limit: checkLimits.messageBytes };
  const { contentBytes, piece } = await readMessagePiece(engine.server(address.serverId), address, range);
  if (contentBytes > checkLimits.messageBytes) throw tooLarge;
  return piece;
}

/** What is not known is absent: a file of Drop names its sender, and the trace has who brought it. */
export async function findArrival(
  { engine, trace }: Pick<Services, 'engine' | 'trace'>,
  message: CheckedMessage,
): Promise<Arrival> {
  if ('contentBase64' in message) return {};
  const { address } = message;
  const envelope = await readMessageEnvelope(engine.server(address.serverId), address);
  const known = { sender: envelope.sender, recipients: envelope.recipients.map((each) => each.address) };
  const { source, queueId } = envelope;
  if (source) return source.kind === 'smtp' ? { ...known, peer: source.peer, hello: source.helo } : known;
  if (queueId === undefined) return known;
  // Without a story there is nothing to be known; that is an answer, not a failure.
  const story = await trace.show(address.serverId, queueId).catch(() => undefined);
  return story ? { ...known, ...arrivalIn(story) } : known;
}

/** Who brought the message, as its story tells it. */
function arrivalIn({ row, steps }: Pick<TraceStory, 'row' | 'steps'>): Arrival {
  const peer = /^SMTP from ([0-9a-f.:]+)/i.exec(row.source)?.[1]?.replace(/:$/, '');
  if (peer === undefined || isIP(peer) === 0) return {};
  const greetings = steps
    .filter(({ kind }) => kind === 'accepted')
    .flatMap(({ lines }) => lines)
    .flatMap((line) => ('text' in line ? (/^(?:EHLO|HELO) +(\S+)/i.exec(line.text)?.[1] ?? []) : []));
  const hello = greetings.at(-1);
  return { peer, sender: row.sender, ...(hello === undefined ? {} : { hello }) };
}
