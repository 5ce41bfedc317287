/**
 * A message of any folder as consoles read it: its content piece by piece, and its envelope.
 *
 * Promises: no more of a message in memory than the piece that was asked for; a message that is gone is Problem
 *   'not-found'. Trusts: nothing in the files. What is not known of an envelope is absent.
 */
import type { Envelope, MessageSource, Recipient } from './core/envelope';
import { isQueueId } from './core/ids';
import { Problem, systemCodeOf } from './core/problem';
import type { MessageRow } from './mailroot/message-row';
import { type KnownEnvelope, openOriginal } from './mailroot/original';
import { contentOfQueued, findQueued } from './queue-view';
import type { VirtualServer } from './virtual-server';

export type MessagePlace = {
  readonly folder: 'drop' | 'badmail' | 'pickup' | 'queue';
  readonly id: string;
};

export interface MessagePiece {
  readonly row: MessageRow;
  readonly contentBytes: number;
  readonly piece: Uint8Array;
}

export async function readMessagePiece(
  server: VirtualServer,
  { folder, id }: MessagePlace,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<MessagePiece> {
  if (folder === 'queue') {
    const envelope = await findEnvelope(server, id);
    const piece = await ifThere(contentOfQueued(server, envelope).readRange(offset, limit));
    return { row: rowOfQueued(envelope), contentBytes: envelope.sizeBytes, piece };
  }
  const found = await server.lists[folder].readPiece(id, offset, limit);
  return found ?? gone();
}

/** All that the files say about whom a message is for and how it came. */
export interface MessageEnvelopeView {
  readonly sender: string;
  readonly recipients: readonly Pick<Recipient, 'address' | 'notify' | 'orcpt' | 'outcome'>[];
  readonly queueId?: string;
  readonly arrivedAt?: number;
  readonly source?: MessageSource;
  readonly body?: Envelope['body'];
  readonly isUtf8?: true;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
}

export async function readMessageEnvelope(
  server: VirtualServer,
  { folder, id }: MessagePlace,
): Promise<MessageEnvelopeView> {
  if (folder === 'queue') return viewOf(await findEnvelope(server, id));
  const list = server.lists[folder];
  const files = await list.files(id);
  if (!files) return gone();
  // The name of a file in Drop is that of its message; one in Badmail may be of a message that never had a name.
  const named = folder === 'drop' && isQueueId(id) ? { queueId: id } : {};
  if (folder === 'badmail') {
    const properties = await list.properties(id);
    if (properties?.envelope) return viewOf(properties.envelope);
    if (properties) return { ...bare(properties.sender ?? '', properties.recipients), ...named };
  }
  const original = await ifThere(
    openOriginal(files, {
      settings: server.settings,
      defaultDomain: server.defaultDomain,
      checkEnvelope: () => undefined,
    }),
  );
  await original.close();
  return { ...(original.envelope ? knownOf(original.envelope) : bare('', [])), ...named };
}

const bare = (sender: string, recipients: readonly string[]): MessageEnvelopeView => ({
  sender,
  recipients: recipients.map((address) => ({ address })),
});

function knownOf({ sender, recipients, body, isUtf8, ret, envid }: KnownEnvelope): MessageEnvelopeView {
  return {
    sender,
    recipients: recipients.map(recipientOf),
    ...(body === undefined ? {} : { body }),
    ...(isUtf8 ? { isUtf8 } : {}),
    ...(ret === undefined ? {} : { ret }),
    ...(envid === undefined ? {} : { envid }),
  };
}

function viewOf(envelope: Envelope): MessageEnvelopeView {
  const { queueId, arrivedAt, source } = envelope;
  return { ...knownOf(envelope), queueId, arrivedAt, source };
}

const recipientOf = ({
  address,
  notify,
  orcpt,
  outcome,
}: Partial<Recipient> & Pick<Recipient, 'address'>): MessageEnvelopeView['recipients'][number] => ({
  address,
  ...(notify ? { notify } : {}),
  ...(orcpt === undefined ? {} : { orcpt }),
  ...(outcome === undefined ? {} : { outcome }),
});

async function findEnvelope(server: VirtualServer, id: string): Promise<Envelope> {
  const entry = isQueueId(id) ? await findQueued(server, id) : undefined;
  return entry?.envelope ?? gone();
}

async function ifThere<T>(opened: Promise<T>): Promise<T> {
  try {
    return await opened;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return gone();
    throw error;
  }
}

function gone(): never {
  throw new Problem('not-found', 'This message is no longer there.', 'id');
}

function rowOfQueued(envelope: Envelope): MessageRow {
  return {
    id: envelope.queueId,
    receivedAt: envelope.arrivedAt,
    sizeBytes: envelope.sizeBytes,
    from: envelope.sender,
    subject: envelope.subject,
    sender: envelope.sender,
    recipients: envelope.recipients.map((recipient) => recipient.address),
    hasAttachments: false,
  };
}
