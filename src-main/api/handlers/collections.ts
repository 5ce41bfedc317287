/** Hosts that are asked for our mail. */
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createCollectionHandlers(os: Implementer, { engine }: Pick<Services, 'engine'>) {
  return {
    list: os.collections.list.handler(({ input }) => {
      const server = engine.server(input.serverId);
      return server.isRunning ? [...server.running.collector.states()] : [];
    }),
    ask: os.collections.ask.handler(({ input }) =>
      engine.server(input.serverId).running.collector.askNow(input.name),
    ),
  };
}
