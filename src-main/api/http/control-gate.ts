/**
 * Stands before the control channel's routes: finds out who calls, turns away who is not admitted, and cuts off what a
 * person follows who is not admitted any more.
 *
 * Promises: a stranger hears one sentence and no fact about this Mailroot; strangers together hold few connections, so
 *   that they keep nobody out.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Caller } from '../implementer';
import { type Admission, localCaller } from './control-admission';
import { sendRefusal } from './control-answers';

export interface Gate {
  /** To be told of each new connection. */
  welcome(socket: Socket): void;
  /** Who calls; undefined: a stranger, who has been answered. */
  admit(socket: Socket, response: ServerResponse): Caller | undefined;
  /** Ends the streams of those whose role is not what it was when they began. */
  review(): void;
}

/** The time to say what one wants and to read the refusal. */
const strangerMs = 5_000;
const maxStrangers = 16;
const refusal = 'You may not use this Mailroot. Its administrator can admit you: mailroot operator admit.';

/** Without an admission whoever could open the socket is admitted. */
export function createGate(admission: Admission | undefined): Gate {
  const callerOf = (socket: Socket): Caller | undefined =>
    admission ? admission.callerOf(socket) : localCaller;
  const strangers = new Set<Socket>();
  const open = new Map<ServerResponse, { readonly socket: Socket; readonly caller: Caller }>();
  return {
    welcome(socket) {
      if (callerOf(socket)) return;
      if (strangers.size >= maxStrangers) {
        socket.destroy();
        return;
      }
      strangers.add(socket);
      socket.once('close', () => strangers.delete(socket));
      socket.setTimeout(strangerMs);
    },
    admit(socket, response) {
      const caller = callerOf(socket);
      if (!caller) {
        sendRefusal(response, refusal);
        return undefined;
      }
      open.set(response, { socket, caller });
      response.once('close', () => open.delete(response));
      return caller;
    },
    review() {
      for (const [response, { socket, caller }] of open) {
        // A call that is not answered yet is: it may be the one by which somebody leaves.
        if (response.headersSent && callerOf(socket)?.role !== caller.role) response.destroy();
      }
    },
  };
}
