/** A few procedures of the contract, for testing the carriers without an engine. */
import { ORPCError } from '@orpc/server';
import type { LiveChange, SystemStatus } from '../../../../src-main/api/contract';
import type { ContractRouter } from '../../../../src-main/api/http/control-channel';
import { type Caller, createImplementer } from '../../../../src-main/api/implementer';
import { Problem } from '../../../../src-main/engine/core/problem';

export const standInStatus: SystemStatus = {
  product: 'Mailroot',
  version: '1.2.3',
  host: 'service',
  computerName: 'host.example',
  dataFolder: '/data',
  processId: 4711,
  startedAt: 1000,
  attention: [],
};

export interface StandIn {
  readonly router: ContractRouter;
  readonly callers: Caller[];
  /** Event streams that are open now. */
  openStreams(): number;
  push(change: Partial<LiveChange>): void;
}

export function createStandIn(): StandIn {
  const os = createImplementer(() => undefined);
  const callers: Caller[] = [];
  const waiting = new Set<(change: LiveChange) => void>();
  let open = 0;
  const router = {
    system: {
      status: os.system.status.handler(({ context }) => {
        callers.push(context.caller);
        return standInStatus;
      }),
      watch: os.system.watch.handler(async function* ({ signal }) {
        open += 1;
        try {
          yield { servers: true, settings: true, changes: true, folders: [], warnings: [] };
          while (!signal?.aborted) {
            yield await new Promise<LiveChange>((resolve, reject) => {
              waiting.add(resolve);
              signal?.addEventListener('abort', () => reject(new Error('gone')));
            });
          }
        } finally {
          open -= 1;
        }
      }),
    },
    servers: {
      start: os.servers.start.handler(() => {
        throw new Problem('port-in-use', 'Port 25 is used by postfix.', 'bindings.0.port');
      }),
      stop: os.servers.stop.handler(() => {
        throw new ORPCError('conflict', { status: 409, message: 'Not now.', data: {} });
      }),
    },
    settings: {
      // Answers with the size, to see that large documents arrive whole.
      validate: os.settings.validate.handler(({ input }) => ({
        faults: [{ field: 'size', reason: String(JSON.stringify(input.document).length) }],
      })),
    },
  };
  return {
    router: router as unknown as ContractRouter,
    callers,
    openStreams: () => open,
    push(change) {
      for (const resolve of waiting)
        resolve({
          servers: false,
          settings: false,
          changes: false,
          index: false,
          folders: [],
          warnings: [],
          ...change,
        });
      waiting.clear();
    },
  };
}
