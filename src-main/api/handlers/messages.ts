/** Messages in the folders of a mailroot. */
import { Problem } from '../../engine/core/problem';
import type { VirtualServer } from '../../engine/virtual-server';
import { mostReadBytes } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const missing = (): never => {
  throw new Problem('unavailable', 'This cannot be done.');
};

export function createMessageHandlers(os: Implementer, { engine }: Services) {
  const listOf = (server: VirtualServer, folder: string) => {
    if (folder !== 'drop' && folder !== 'badmail') return missing();
    return server.lists[folder];
  };
  return {
    list: os.messages.list.handler(({ input }) =>
      listOf(engine.server(input.serverId), input.folder).list({ offset: input.offset, limit: input.limit }),
    ),
    content: os.messages.content.handler(async ({ input }) => {
      const list = listOf(engine.server(input.serverId), input.folder);
      const found = await list.read(input.id, mostReadBytes);
      if (!found) throw new Problem('not-found', 'This message is no longer there.', 'id');
      const piece = found.content.subarray(input.offset, input.offset + input.limit);
      return {
        row: found.row,
        contentBytes: found.content.length,
        pieceBase64: Buffer.from(piece).toString('base64'),
      };
    }),
    envelope: os.messages.envelope.handler(missing),
    delete: os.messages.delete.handler(async ({ input }) => ({
      count: await listOf(engine.server(input.serverId), input.folder).delete(input.ids),
    })),
    restore: os.messages.restore.handler(missing),
    resend: os.messages.resend.handler(missing),
    resendContent: os.messages.resendContent.handler(missing),
    causes: os.messages.causes.handler(missing),
    previewRetention: os.messages.previewRetention.handler(missing),
  };
}
