/** Current Sessions. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createSessionHandlers(os: Implementer, { engine }: Services) {
  return {
    list: os.sessions.list.handler(({ input }) => {
      const server = engine.server(input.serverId);
      const sessions = server.isRunning ? server.running.listener.sessions() : [];
      return { rows: sessions.slice(input.offset, input.offset + input.limit), total: sessions.length };
    }),
    terminate: os.sessions.terminate.handler(({ input }) => {
      if (!engine.server(input.serverId).running.listener.terminate(input.sessionId)) {
        throw new Problem('not-found', 'This session has ended already.', 'sessionId');
      }
      return {};
    }),
    terminateAll: os.sessions.terminateAll.handler(({ input }) => {
      const { listener } = engine.server(input.serverId).running;
      return { count: listener.sessions().filter((session) => listener.terminate(session.id)).length };
    }),
  };
}
