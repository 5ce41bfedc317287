/**
 * A router of the contract that answers nothing itself: every call goes on to another host through a client.
 * The desktop uses it when a service already owns the data folder: its window works as if the engine were
 * its own. Arguments and roles are checked here and there; errors and event streams pass through.
 */
import { isContractProcedure } from '@orpc/contract';
import { contract } from '../contract';
import { createImplementer } from '../implementer';
import type { ContractRouter } from './control-channel';
import type { ContractClient } from './control-client';

/** What forwarding needs of a procedure of the implementer and of the client. */
type ForwardCall = (
  input: unknown,
  options: { signal?: AbortSignal; lastEventId?: string },
) => Promise<unknown>;
interface ForwardProcedure {
  handler(
    run: (given: { input: unknown; signal?: AbortSignal; lastEventId?: string }) => Promise<unknown>,
  ): unknown;
}
interface Tree {
  readonly [name: string]: unknown;
}

/** Builds the router; `log` gets what goes wrong on the way and is not an error of the contract. */
export function createForwardingRouter(
  client: ContractClient,
  log: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): ContractRouter {
  const os = createImplementer(log);
  const forward = (branch: Tree, implementers: Tree, calls: Tree): Tree =>
    Object.fromEntries(
      Object.keys(branch).map((name) => {
        const below = branch[name];
        if (!isContractProcedure(below)) {
          return [name, forward(below as Tree, implementers[name] as Tree, calls[name] as Tree)];
        }
        const call = calls[name] as ForwardCall;
        const procedure = implementers[name] as ForwardProcedure;
        return [
          name,
          procedure.handler(({ input, signal, lastEventId }) =>
            call(input, {
              ...(signal ? { signal } : {}),
              ...(lastEventId === undefined ? {} : { lastEventId }),
            }),
          ),
        ];
      }),
    );
  // The contract's shape is the router's shape: the walk above visits each procedure once.
  const tree = forward(contract as unknown as Tree, os as unknown as Tree, client as unknown as Tree);
  return os.router(tree as unknown as Parameters<typeof os.router>[0]) as unknown as ContractRouter;
}
