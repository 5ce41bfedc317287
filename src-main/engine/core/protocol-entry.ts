/** One line of the protocol log (reference 6.1): a command with its reply, or one side of it for outgoing mail. */

export interface ProtocolEntry {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** 'out-command' and 'out-response' are the two lines that the original wrote for outgoing sessions. */
  readonly direction: 'in' | 'out-command' | 'out-response';
  readonly sessionId: string;
  /** IP address of the other side. */
  readonly remoteAddress: string;
  /** Account or HELO name of an incoming session; '' otherwise. */
  readonly userName: string;
  /** Own address; '' where it is not known. */
  readonly localAddress: string;
  /** Own port of an incoming session, the remote port of an outgoing one. */
  readonly port: number;
  /** "MAIL"; '' for a response. Credentials are never in here. */
  readonly method: string;
  /** Argument of the command, Message-ID for the end of DATA, or the whole text of a response. */
  readonly argument: string;
  /** Reply code; 0 for outgoing lines. */
  readonly status: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** For the command, or since connecting for outgoing lines. */
  readonly timeTakenMs: number;
  /** Length of the session, on the line of QUIT. */
  readonly sessionMs?: number;
  readonly queueId?: string;
}

/** Takes an entry; never throws and never waits. */
export type LogProtocol = (entry: ProtocolEntry) => void;
