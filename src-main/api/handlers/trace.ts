/** Where is my mail? */
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createTraceHandlers(os: Implementer, { trace }: Pick<Services, 'trace'>) {
  return {
    find: os.trace.find.handler(({ input: { offset, limit, ...query } }) =>
      trace.find(query, { offset, limit }),
    ),
    show: os.trace.show.handler(({ input }) => trace.show(input.serverId, input.id)),
    text: os.trace.text.handler(({ input }) => trace.text(input.serverId, input.id, input.hasDialogues)),
  };
}
