/**
 * What every handler file starts from: the contract with the caller's role checked and problems turned
 * into the contract's errors. Arguments are validated by the contract before a handler sees them.
 */
import { implement, ORPCError } from '@orpc/server';
import { Problem, reasonOf } from '../engine/core/problem';
import type { CallRecorder } from './call-recorder';
import {
  type ApiErrorCode,
  type callerVias,
  contract,
  httpStatusOf,
  type Role,
  roles,
  roleWithArticle,
} from './contract';

/** Who calls. Transports establish it; pages and peers cannot. */
export interface Caller {
  readonly role: Role;
  readonly name: string;
  readonly via: (typeof callerVias)[number];
}
export interface ApiContext {
  readonly caller: Caller;
}

/** True when `role` includes the rights of `needed`. */
export function hasRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** A problem as the contract's error; anything unforeseen becomes 'internal' and is logged, not shown. */
export function toApiError(error: unknown, log: (line: string) => void): Error {
  if (error instanceof ORPCError) return error;
  if (error instanceof Problem) {
    const code: ApiErrorCode = error.code;
    const data = error.field === undefined ? {} : { field: error.field };
    return new ORPCError(code, { status: httpStatusOf[code], message: error.message, data });
  }
  log(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`);
  const message = 'Something went wrong inside Mailroot; the log has the details.';
  return new ORPCError('internal', { status: 500, message, data: {} });
}

const isStream = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

/** What goes wrong in the middle of a stream reaches its reader as what goes wrong at once does. */
async function* withApiErrors<T>(
  stream: AsyncIterable<T>,
  log: (line: string) => void,
): AsyncGenerator<T, void> {
  try {
    yield* stream;
  } catch (error) {
    throw toApiError(error, log);
  }
}

const recordNothing: CallRecorder = (_, run) => run();

/** The contract, ready for handlers. `record` is for the engine's own; who forwards calls leaves it to whom they go. */
export function createImplementer(log: (line: string) => void, record = recordNothing) {
  return implement(contract)
    .$context<ApiContext>()
    .use(async ({ context, path, procedure, next }, input) => {
      const needed = procedure['~orpc'].meta.role;
      if (!hasRole(context.caller.role, needed)) {
        const message = `This needs the role ${needed}; you are ${roleWithArticle(context.caller.role)}.`;
        throw new ORPCError('forbidden', { status: 403, message, data: {} });
      }
      try {
        const call = { caller: context.caller, path: path.join('.'), role: needed, input };
        const result = await record(call, async () => next());
        return isStream(result.output)
          ? { ...result, output: withApiErrors(result.output, log) as typeof result.output }
          : result;
      } catch (error) {
        throw toApiError(error, log);
      }
    });
}
export type Implementer = ReturnType<typeof createImplementer>;
