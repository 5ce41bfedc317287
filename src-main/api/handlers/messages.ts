/** Messages in Drop and Badmail. */
import { Problem } from '../../engine/core/problem';
import { maxShownBytes } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createMessageHandlers(os: Implementer, { engine }: Services) {
  return {
    list: os.messages.list.handler(({ input }) =>
      engine.server(input.serverId).lists[input.folder].list({ offset: input.offset, limit: input.limit }),
    ),
    content: os.messages.content.handler(async ({ input }) => {
      const found = await engine.server(input.serverId).lists[input.folder].read(input.id, maxShownBytes);
      if (!found) throw new Problem('not-found', 'This message is no longer there.', 'id');
      return {
        row: found.row,
        contentBase64: Buffer.from(found.content).toString('base64'),
        isCut: found.isCut,
      };
    }),
    delete: os.messages.delete.handler(async ({ input }) => ({
      count: await engine.server(input.serverId).lists[input.folder].delete(input.ids),
    })),
  };
}
