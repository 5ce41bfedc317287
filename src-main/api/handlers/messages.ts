/** Messages in the folders of a mailroot. */
import { Problem } from '../../engine/core/problem';
import { describeSource } from '../../engine/core/source-words';
import { type MessageEnvelopeView, readMessageEnvelope, readMessagePiece } from '../../engine/message-view';
import { resend, resendContent } from '../../engine/resend';
import { describeCauses, previewRetention } from '../../engine/resting-mail';
import type { VirtualServer } from '../../engine/virtual-server';
import type { MessageEnvelope } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const missing = (): never => {
  throw new Problem('unavailable', 'This cannot be done.');
};

export function createMessageHandlers(os: Implementer, { engine, mailIndex, trace }: Services) {
  const listOf = (server: VirtualServer, folder: string) => {
    if (folder !== 'drop' && folder !== 'badmail' && folder !== 'pickup') return missing();
    return server.lists[folder];
  };
  return {
    list: os.messages.list.handler(async ({ input }) => {
      const list = listOf(engine.server(input.serverId), input.folder);
      const cause = input.folder === 'badmail' ? input.cause : undefined;
      if (cause !== undefined) list.table.refreshSoon();
      const { offset, limit } = input;
      const { rows, total } = await list.list({ offset, limit, ...(cause === undefined ? {} : { cause }) });
      const ids = rows.map(({ id }) => id);
      const marks = await mailIndex.marksOf(input.serverId, input.folder, ids);
      return { rows: marks ? rows.map((row, index) => ({ ...row, marks: marks[index] })) : rows, total };
    }),
    content: os.messages.content.handler(async ({ input }) => {
      const { row, contentBytes, piece } = await readMessagePiece(
        engine.server(input.serverId),
        input,
        input,
      );
      const pieceBase64 = Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('base64');
      return { row, contentBytes, pieceBase64 };
    }),
    envelope: os.messages.envelope.handler(async ({ input }) => {
      const envelope = envelopeOf(await readMessageEnvelope(engine.server(input.serverId), input));
      const { queueId } = envelope;
      if (queueId === undefined || envelope.source !== undefined) return envelope;
      return { ...envelope, ...(await readArrival(trace, input.serverId, queueId)) };
    }),
    delete: os.messages.delete.handler(async ({ input }) => ({
      count: await listOf(engine.server(input.serverId), input.folder).delete(input.ids),
    })),
    restore: os.messages.restore.handler(async ({ input }) => ({
      count: await listOf(engine.server(input.serverId), input.folder).restore(input.ids),
    })),
    resend: os.messages.resend.handler(({ input, context }) =>
      resend(engine, { ...input, by: context.caller.name }),
    ),
    resendContent: os.messages.resendContent.handler(async ({ input, context }) => {
      const content = Buffer.from(input.contentBase64, 'base64');
      const target = engine.server(input.serverId);
      return { queueId: await resendContent(target, content, { ...input, by: context.caller.name }) };
    }),
    causes: os.messages.causes.handler(({ input }) => describeCauses(engine.server(input.serverId))),
    previewRetention: os.messages.previewRetention.handler(({ input }) =>
      previewRetention(engine.server(input.serverId), input.folder, input.limits, engine.clock.now()),
    ),
  };
}

function envelopeOf({ source, ...known }: MessageEnvelopeView): MessageEnvelope {
  const recipients = known.recipients.map(({ notify, ...recipient }) => ({
    ...recipient,
    ...(notify ? { notify: [...notify] } : {}),
  }));
  const envelope = { ...known, recipients };
  if (!source) return envelope;
  if (source.kind !== 'smtp') return { ...envelope, source: describeSource(source) };
  const { peer, helo, account } = source;
  return {
    ...envelope,
    source: describeSource(source),
    peer,
    hello: helo,
    ...(account === undefined ? {} : { account }),
  };
}

/** How a message came whose own files do not say it. Nothing when the trace does not know it, or cannot be read. */
async function readArrival(
  trace: Services['trace'],
  serverId: number,
  queueId: string,
): Promise<Partial<MessageEnvelope>> {
  const story = await trace.show(serverId, queueId).catch(() => undefined);
  const first = story?.steps.find(({ kind }) => kind === 'accepted');
  return story && first ? { arrivedAt: first.at, source: story.row.source, ...story.client } : {};
}
