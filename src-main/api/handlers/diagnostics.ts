/** Explain and look up. */
import { explainForServer } from '../../engine/explain';
import { lookUp } from '../../engine/look-up';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createDiagnosticsHandlers(os: Implementer, { engine }: Services) {
  return {
    explain: os.diagnostics.explain.handler(({ input }) =>
      explainForServer(engine.server(input.serverId), engine.clock, input),
    ),
    lookUp: os.diagnostics.lookUp.handler(({ input }) => {
      const servers = input.serverId === undefined ? [] : engine.server(input.serverId).settings.dnsServers;
      return lookUp(input.name, { servers, clock: engine.clock });
    }),
  };
}
