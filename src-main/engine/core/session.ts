import type { DialogueLine } from './dialogue';

/** What an inbound session is doing, in the order of a session's life. */
export const sessionStates = ['connected', 'greeted', 'in-message', 'receiving', 'accepting'] as const;
export type SessionState = (typeof sessionStates)[number];

/** An inbound session as lists show it. */
export interface SessionInfo {
  readonly id: string;
  /** Account when authenticated, else the HELO/EHLO name, else ''. */
  readonly user: string;
  /** Peer's IP address. */
  readonly from: string;
  /** Name from HELO/EHLO, '' before it. */
  readonly hello: string;
  /** "TLSv1.3", or '' while the connection is not encrypted. */
  readonly tls: string;
  readonly state: SessionState;
  readonly connectedAt: number;
  /** Last command seen: '' before the first. */
  readonly command: string;
  readonly messageCount: number;
  readonly receivedBytes: number;
  readonly localPort: number;
}

/** A session that is over. */
export interface EndedSession extends SessionInfo {
  readonly endedAt: number;
  /** The last thing that was said to the client. */
  readonly lastReply: string;
}

/** A session, open or over, with what was said; credentials are masked. */
export interface SessionDialogue {
  readonly session: SessionInfo | EndedSession;
  readonly lines: readonly DialogueLine[];
}
