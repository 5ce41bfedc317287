import type { DialogueLine } from './dialogue';

/** What an inbound session is doing, in the order of a session's life. */
export const sessionStates = [
  'connected',
  'greeted',
  'in-message',
  'receiving',
  'accepting',
  // The connection changed its direction: held mail goes to the client (ATRN, TURN).
  'turned',
] as const;
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
  /** "TLS_AES_256_GCM_SHA384", '' while the connection is not encrypted. */
  readonly cipher: string;
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

/** An address that may not connect for a while, because too many log-ins failed there. */
export interface LockOut {
  /** IPv4 address, or "2001:db8:1:2::/64". */
  readonly address: string;
  readonly failureCount: number;
  readonly lockedAt: number;
  readonly until: number;
  /** The last name that was tried, as the client gave it. */
  readonly lastUser: string;
}

/** A session, open or over, with what was said; credentials are masked. */
export interface SessionDialogue {
  readonly session: SessionInfo | EndedSession;
  readonly lines: readonly DialogueLine[];
}
