/**
 * How much one session may ask for. Pure: counters and facts in, counters and verdict out.
 *
 * Promise: every line that a client can send endlessly is counted by one of the two limits. What is not counted
 *   brings a message forward and is bounded by the limits of messages: new recipients, content.
 */

export interface SessionCounters {
  /** Replies with a permanent error. */
  readonly errorCount: number;
  /** Commands since the last accepted message. */
  readonly commandCount: number;
}

export const noCounts: SessionCounters = { errorCount: 0, commandCount: 0 };

export interface AnsweredLine {
  /** Reply code; undefined where the answer has none of ours (EHLO, HELP). */
  readonly code: number | undefined;
  /**
   * 'command' counts; 'progress' is a command that brings a message forward, or a step of a log-in; 'message' is
   * the end of one that was accepted.
   */
  readonly kind: 'command' | 'progress' | 'message';
}

/** Infinity: no limit. */
export interface SessionLimits {
  readonly maxErrors: number;
  readonly maxCommands: number;
}

/** 'too-many-errors': said behind the reply; 'too-many-commands': said instead of it. */
export type SessionVerdict = 'go-on' | 'too-many-errors' | 'too-many-commands';

/** A wrong password has its own, shorter limit. */
const wrongPassword = 535;

/** Counts a line that was answered. */
export function countReply(
  counters: SessionCounters,
  { code, kind }: AnsweredLine,
  limits: SessionLimits,
): { readonly counters: SessionCounters; readonly verdict: SessionVerdict } {
  if (kind === 'message') return { counters: { ...counters, commandCount: 0 }, verdict: 'go-on' };
  const isError = code !== undefined && code >= 500 && code !== wrongPassword;
  const errorCount = counters.errorCount + (isError ? 1 : 0);
  const commandCount = counters.commandCount + (kind === 'command' ? 1 : 0);
  return {
    counters: { errorCount, commandCount },
    verdict:
      commandCount > limits.maxCommands
        ? 'too-many-commands'
        : isError && errorCount >= limits.maxErrors
          ? 'too-many-errors'
          : 'go-on',
  };
}

/** What a sweep looks at. */
export interface SessionAge {
  readonly nowMs: number;
  readonly connectedAt: number;
  /** The last complete line, or content. */
  readonly activeAt: number;
  /** The client waits for us, or for its handshake, which has a limit of its own. */
  readonly isBusy: boolean;
  /** Between DATA and the reply to its content. */
  readonly isInTransfer: boolean;
  /** The message of the transfer was refused already: the rest comes in for nothing. */
  readonly isContentLost: boolean;
  /** Its message comes in more slowly than allowed. */
  readonly isTooSlow: boolean;
}

/** Why a session is to be ended now; undefined: it may go on. */
export function decideEnd(
  session: SessionAge,
  limits: { readonly idleTimeoutMs: number; readonly maxSessionMs: number },
): 'idle' | 'too-old' | 'too-slow' | undefined {
  if (session.isBusy) return undefined;
  if (session.nowMs - session.activeAt >= limits.idleTimeoutMs) return 'idle';
  if (session.isInTransfer && session.isTooSlow) return 'too-slow';
  if (session.isInTransfer && !session.isContentLost) return undefined;
  return session.nowMs - session.connectedAt >= limits.maxSessionMs ? 'too-old' : undefined;
}
