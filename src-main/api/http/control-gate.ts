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
  welcome(socket: Socket): Promise<void>;
  /** Who calls; undefined: a stranger, who has been answered, or nobody any more. */
  admit(socket: Socket, response: ServerResponse): Promise<Caller | undefined>;
  /** Ends the streams of those whose role is not what it was when they began. */
  review(): Promise<void>;
}

/** The time to say what one wants and to read the refusal. */
const strangerMs = 5_000;
const maxStrangers = 16;
const refusal = 'You may not use this Mailroot. Its administrator can admit you: mailroot operator admit.';

/** Of all together while it is found out who they are: a directory that does not answer must not cost memory without end. */
const maxUnknown = 256;

/** Without an admission whoever could open the socket is admitted. */
export function createGate(admission: Admission | undefined): Gate {
  const callerOf = async (socket: Socket): Promise<Caller | undefined> =>
    admission ? admission.callerOf(socket).catch(() => undefined) : localCaller;
  const unknown = new Set<Socket>();
  const strangers = new Set<Socket>();
  const open = new Map<ServerResponse, { readonly socket: Socket; readonly caller: Caller }>();
  return {
    async welcome(socket) {
      const [oldest] = unknown;
      // Not the one that comes: the others have been waiting for an answer about somebody else.
      if (oldest && unknown.size >= maxUnknown) {
        unknown.delete(oldest);
        oldest.destroy();
      }
      unknown.add(socket);
      socket.once('close', () => unknown.delete(socket));
      const caller = await callerOf(socket);
      unknown.delete(socket);
      if (caller || socket.destroyed) return;
      if (strangers.size >= maxStrangers) {
        socket.destroy();
        return;
      }
      strangers.add(socket);
      socket.once('close', () => strangers.delete(socket));
      socket.setTimeout(strangerMs);
    },
    async admit(socket, response) {
      const caller = await callerOf(socket);
      if (response.destroyed) return undefined;
      if (!caller) {
        sendRefusal(response, refusal);
        return undefined;
      }
      open.set(response, { socket, caller });
      response.once('close', () => open.delete(response));
      return caller;
    },
    async review() {
      // A call that is not answered yet is: it may be the one by which somebody leaves.
      const streams = [...open].filter(([response]) => response.headersSent);
      const end = async ([response, { socket, caller }]: (typeof streams)[number]): Promise<void> => {
        if ((await callerOf(socket))?.role !== caller.role) response.destroy();
      };
      await Promise.all(streams.map(end));
    },
  };
}
