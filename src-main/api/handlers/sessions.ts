/** Current Sessions. */
import { Problem } from '../../engine/core/problem';
import { type SessionInfo, sessionStates } from '../../engine/core/session';
import type { Implementer } from '../implementer';
import { type SortKey, sortRows } from './row-order';
import type { Services } from './services';

/** As many lock-outs as a person can look through. */
const mostLockOuts = 10_000;

/** What the list is sorted by; states in the order of a session's life. */
function sortKeyOf(session: SessionInfo, column: string): SortKey {
  switch (column) {
    case 'user':
      return session.user;
    case 'from':
      return session.from;
    case 'messages':
      return session.messageCount;
    case 'bytes':
      return session.receivedBytes;
    case 'tls':
      return session.tls;
    case 'state':
      return sessionStates.indexOf(session.state);
    default:
      return session.connectedAt;
  }
}

export function createSessionHandlers(os: Implementer, { engine, live }: Services) {
  return {
    list: os.sessions.list.handler(({ input }) => {
      const server = engine.server(input.serverId);
      // As the listener tells them: the oldest connection first.
      const open = server.isRunning ? server.running.listener.sessions() : [];
      const sessions = sortRows(open, input.sort, sortKeyOf);
      return { rows: sessions.slice(input.offset, input.offset + input.limit), total: sessions.length };
    }),
    recent: os.sessions.recent.handler(({ input }) => {
      const server = engine.server(input.serverId);
      const ended = server.isRunning ? server.running.listener.endedSessions() : [];
      return { rows: ended.slice(input.offset, input.offset + input.limit), total: ended.length };
    }),
    dialogue: os.sessions.dialogue.handler(({ input }) => {
      const server = engine.server(input.serverId);
      const found = server.isRunning ? server.running.listener.dialogue(input.sessionId) : undefined;
      if (!found)
        throw new Problem('not-found', 'Nothing is known about this session any more.', 'sessionId');
      return { ...found, lines: [...found.lines] };
    }),
    terminate: os.sessions.terminate.handler(({ input }) => {
      if (!engine.server(input.serverId).running.listener.terminate(input.sessionId)) {
        throw new Problem('not-found', 'This session has ended already.', 'sessionId');
      }
      return {};
    }),
    terminateMany: os.sessions.terminateMany.handler(({ input }) => {
      const { listener } = engine.server(input.serverId).running;
      return { count: input.sessionIds.filter((id) => listener.terminate(id)).length };
    }),
    terminateAll: os.sessions.terminateAll.handler(({ input }) => {
      const { listener } = engine.server(input.serverId).running;
      return { count: listener.sessions().filter((session) => listener.terminate(session.id)).length };
    }),
    lockOuts: os.sessions.lockOuts.handler(({ input }) => {
      const server = engine.server(input.serverId);
      return server.isRunning ? server.running.listener.lockOuts().slice(0, mostLockOuts) : [];
    }),
    liftLockOuts: os.sessions.liftLockOuts.handler(({ input }) => {
      const count = engine.server(input.serverId).running.listener.liftLockOuts(input.addresses);
      // What needs attention is told anew.
      if (count > 0) live.pushSettings();
      return { count };
    }),
  };
}
